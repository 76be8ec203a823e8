"""Types that nobody can change: what the kernel may hand to a ring-3 program.

A class with the metaclass `Sealed` refuses every assignment and deletion on the class itself, so that one process
cannot alter what another one, or the kernel, sees.
"""

from __future__ import annotations


class Sealed(type):
    """Metaclass of classes whose attributes are fixed when their module has run."""

    def __setattr__(cls, name: str, value: object) -> None:
        raise TypeError(f"{cls.__name__} is sealed: its attribute {name!r} cannot be set")

    def __delattr__(cls, name: str) -> None:
        raise TypeError(f"{cls.__name__} is sealed: its attribute {name!r} cannot be deleted")
