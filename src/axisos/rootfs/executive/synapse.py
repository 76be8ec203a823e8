"""Synapse tokens (sMLTR): what binds a handle to the process that opened it (manual, chapter 7).

A process has one token, shared by its threads. Each handle remembers the token of its owner; using a handle takes the
same token again. Rotating a process's token therefore invalidates all its handles at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from abi.names import FIRST_USER_PID

if TYPE_CHECKING:
    from collections.abc import Callable

    from executive.process import Process


def new_process_token(token_hex: Callable[[int], str]) -> str:
    """`SYN-` and four groups of four hexadecimal digits, from the machine's entropy."""
    digits = token_hex(8)
    return f"SYN-{digits[0:4]}-{digits[4:8]}-{digits[8:12]}-{digits[12:16]}"


def new_handle_token(token_hex: Callable[[int], str]) -> str:
    """`H-` and groups of six, five, four and four hexadecimal digits, from the machine's entropy."""
    digits = token_hex(10)
    return f"H-{digits[0:6]}-{digits[6:11]}-{digits[11:15]}-{digits[15:19]}"


def bypasses(process: Process) -> bool:
    """Whether the token check is waived: ring 0, and system processes (pid < 20, ring <= 2)."""
    return process.ring == 0 or (process.pid < FIRST_USER_PID and process.ring <= 2)
