"""Access masks: what the holder of a handle may do with the object (manual, chapter 6)."""

from __future__ import annotations

READ = 0x01
WRITE = 0x02
EXECUTE = 0x04
DEVICE_CONTROL = 0x08
DELETE = 0x10
READ_ATTRIBUTES = 0x20
SYNCHRONIZE = 0x40
ALL = 0x7F

GENERIC_READ = READ | READ_ATTRIBUTES
GENERIC_WRITE = WRITE
GENERIC_EXECUTE = EXECUTE
GENERIC_ALL = ALL
