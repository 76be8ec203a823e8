"""system/vfs/paths: one spelling for each file."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from abi.status import Status, StatusError
from system.vfs.paths import canonical, is_below, join, parent_of


@pytest.mark.parametrize(
    ("given_path", "spelling"),
    [
        ("/", "/"), ("//", "/"), ("/.", "/"), ("/..", "/"), ("/etc//x", "/etc/x"), ("/etc/./x", "/etc/x"),
        ("/etc/../bin/./ls.py", "/bin/ls.py"), ("/a/b/", "/a/b"), ("/../../etc/passwd.toml", "/etc/passwd.toml"),
        ("/.hidden/..x", "/.hidden/..x"), ("/a b/ü", "/a b/ü"),
    ],
)
def test_every_spelling_of_a_path_leads_to_one(given_path: str, spelling: str) -> None:
    """Double slashes, dots and a slash at the end do not make another file of it."""
    assert canonical(given_path) == spelling


@pytest.mark.parametrize("path", ["", "etc", "./x", "/a\0b", b"/etc", None, 7, "/" + "a" * 5000, "/a" * 200, "/\ud800"])
def test_what_is_no_absolute_path_is_refused(path: object) -> None:
    """601, with a word on what to do."""
    with pytest.raises(StatusError) as refused:
        canonical(path)
    assert refused.value.status is Status.INVALID_PARAMETER
    assert "path" in refused.value.detail


@given(st.text(st.sampled_from("/.ab"), max_size=20))
def test_a_canonical_path_is_its_own(path: str) -> None:
    """Asking twice changes nothing, and nothing is left to collapse."""
    once = canonical("/" + path)
    assert canonical(once) == once
    assert not set(once.split("/")[1:]) & {".", ".."}
    assert once == "/" or "" not in once.split("/")[1:]


def test_below_means_part_by_part() -> None:
    """/bootx is not below /boot."""
    assert is_below("/boot/x", "/boot") and is_below("/boot", "/boot") and is_below("/x", "/")
    assert not is_below("/bootx", "/boot")
    assert parent_of("/a/b") == "/a" and parent_of("/a") == "/" == parent_of("/")
    assert join("/", "a") == "/a" and join("/a", "b") == "/a/b"
