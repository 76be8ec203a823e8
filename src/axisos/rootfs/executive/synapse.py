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


PROCESS_GROUPS = (4, 4, 4, 4)
HANDLE_GROUPS = (6, 5, 4, 4)
SHOWN_DIGITS = 2
HEXADECIMAL = frozenset("0123456789abcdef")


def new_process_token(token_hex: Callable[[int], str]) -> str:
    """`SYN-` and four groups of four hexadecimal digits, from the machine's entropy."""
    digits = token_hex(8)
    return f"SYN-{digits[0:4]}-{digits[4:8]}-{digits[8:12]}-{digits[12:16]}"


def new_handle_token(token_hex: Callable[[int], str]) -> str:
    """`H-` and groups of six, five, four and four hexadecimal digits, from the machine's entropy."""
    digits = token_hex(10)
    return f"H-{digits[0:6]}-{digits[6:11]}-{digits[11:15]}-{digits[15:19]}"


def redacted(text: str) -> str:
    """*text* with the tokens in it cut after their first digits: they open things, and logs are read by many."""
    for mark, groups in (("SYN-", PROCESS_GROUPS), ("H-", HANDLE_GROUPS)):
        size = len(mark) + sum(groups) + len(groups) - 1
        at = text.find(mark)
        while at >= 0:
            parts = text[at + len(mark) : at + size].split("-")
            if tuple(map(len, parts)) == groups and HEXADECIMAL.issuperset("".join(parts)):
                text = text[: at + len(mark) + SHOWN_DIGITS] + "..." + text[at + size :]
            at = text.find(mark, at + len(mark))
    return text


def bypasses(process: Process) -> bool:
    """Whether the token check is waived: ring 0, and system processes (pid < 20, ring <= 2)."""
    return process.ring == 0 or (process.pid < FIRST_USER_PID and process.ring <= 2)
