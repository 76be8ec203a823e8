"""Tests of the firmware: phase 1 of the boot."""
