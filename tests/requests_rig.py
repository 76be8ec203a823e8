"""Who stands behind a forwarded call, for tests that make requests themselves."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any


def sender(pid: int, ring: float, uid: int, gid: int | None = None, groups: tuple[int, ...] = ()) -> Any:
    """A process as far as a request tells of it; the gid is the uid's number unless given."""
    return SimpleNamespace(
        pid=pid, ring=ring, uid=uid, gid=uid if gid is None else gid, groups=groups, token="SYN-0000-0000-0000-0000"
    )
