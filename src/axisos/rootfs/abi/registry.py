"""What can be watched of a registry key; the numbers are those of NT's RegNotifyChangeKeyValue."""

from __future__ import annotations

NOTIFY_NAME = 0x1  # keys made and deleted
NOTIFY_VALUE = 0x4  # values set and deleted
NOTIFY_OWNER = 0x8  # whose a key is
NOTIFY_ALL = NOTIFY_NAME | NOTIFY_VALUE | NOTIFY_OWNER
