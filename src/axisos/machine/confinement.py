"""The wall around a host process that is a machine's own: how much memory it may take, and how deep its stack may go.

Python keeps its C stack from overflowing where Python code calls Python code, but not where objects of C are nested in
each other: hashing a million nested tuples, or dropping a million nested slices, goes a million levels down. What can
be nested is bounded by the heap, and a level of the heap is larger than half a level of the stack. So a stack of
STACK_SHARE times the heap's limit cannot overflow before the program gets MemoryError.

Called by   the command line and the terminal, in the child that becomes the machine, before it boots.
Always so   a host that does not know one of these limits, or has a tighter one already, keeps its own.
"""

from __future__ import annotations

import resource

STACK_SHARE = 8  # measured: at most 1.5 bytes of stack for each byte of the heap that nested objects take
HOST_BYTES = 256 << 20  # for the machine itself: code, services, what is on its way to the host
MIN_STACK_GAP = 64 << 20  # bytes that stay free between the stack's limit and what is mapped below it


def confine(memory_bytes: int) -> None:
    """Bound this process: its heap by the machine's memory (in bytes), its stack by a multiple of that."""
    heap_bytes = memory_bytes + HOST_BYTES
    stack_bytes = min(STACK_SHARE * heap_bytes, _room_below_stack())
    _lower(resource.RLIMIT_CORE, 0)
    if stack_bytes > 0:
        _raise_soft(resource.RLIMIT_STACK, stack_bytes)
    mapped, data = _sizes()
    if data:
        _lower(resource.RLIMIT_DATA, data + heap_bytes)
    # Also counts the stack, and reservations that are never touched: the last wall on hosts where the other is none.
    _lower(resource.RLIMIT_AS, mapped + heap_bytes + max(stack_bytes, 0))


def _sizes() -> tuple[int, int]:
    """Bytes that this process has mapped, and those of its heap; 0 for what the host does not tell."""
    try:
        with open("/proc/self/statm", encoding="ascii") as file:
            fields = file.read().split()
    except OSError:
        return 0, 0
    page = resource.getpagesize()
    return int(fields[0]) * page, int(fields[5]) * page


def _room_below_stack() -> int:
    """Bytes into which the main thread's stack can grow: down to the next mapping, with some distance."""
    below = 0
    try:
        with open("/proc/self/maps", encoding="ascii", errors="replace") as file:
            for line in file:
                _start, end = (int(part, 16) for part in line.split(" ", 1)[0].split("-"))
                if line.rstrip().endswith("[stack]"):
                    return end - below - MIN_STACK_GAP
                below = end
    except OSError:
        pass  # no such file: not a Linux host
    return 0


def _lower(limit: int, value: int) -> None:
    """Bring one limit down to *value*, soft and hard."""
    _set(limit, value, value)


def _raise_soft(limit: int, value: int) -> None:
    """Let one limit go up to *value*, as far as the hard one allows."""
    soft, hard = resource.getrlimit(limit)
    if hard != resource.RLIM_INFINITY:
        value = min(value, hard)
    if soft != resource.RLIM_INFINITY and value > soft:
        _set(limit, value, hard)


def _set(limit: int, soft: int, hard: int) -> None:
    try:
        resource.setrlimit(limit, (soft, hard))
    except (OSError, ValueError):
        pass  # the host does not let us, or has a tighter limit
