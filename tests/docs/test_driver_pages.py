"""The pages of single drivers name what these drivers have."""

from __future__ import annotations

import re

import pytest
from netrig import NetRig

from docs.pages import ROOT
from drivers.internet.rules import KEYS

PAGE = (ROOT / "docs" / "drivers" / "internet.md").read_text()


def named_in_tables(text: str) -> set[str]:
    """Every name in code type in the first column of a table."""
    rows = re.findall(r"^\| (`.*?) \|", text, re.MULTILINE)
    return {name for row in rows for name in re.findall(r"`(\w+)", row)}


@pytest.mark.parametrize("name", sorted({*NetRig().service.controls._methods, *KEYS}))
def test_the_page_of_the_network_driver_names_it(name: str) -> None:
    """Each control method, and each key of a rule, has its row."""
    assert name in named_in_tables(PAGE)
