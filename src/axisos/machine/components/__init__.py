"""The boards, one file each."""
