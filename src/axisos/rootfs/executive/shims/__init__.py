"""Stand-ins for modules of the standard library that would reach the host or keep state for all processes."""

from __future__ import annotations

SOURCES: dict[str, str] = {}
