"""The system library of ring 3: thin, typed wrappers over the system calls.

`from axis import filesystem` is `/lib/axis/filesystem.py`. Every function raises the builtin exception that fits
(`FileNotFoundError`, `PermissionError`, `TimeoutError`, …); each of them is also a `StatusError` with `.status`.
"""
