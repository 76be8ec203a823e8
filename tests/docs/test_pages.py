"""Links lead somewhere, the index names what exists, and the map of the house has the right sizes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from docs.pages import ROOT, script

floor_sizes = script("floor_sizes")
DOCS = ROOT / "docs"
PAGES = [
    ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted(DOCS.rglob("*.md")), *sorted((ROOT / "changes").glob("*.md")),
]  # fmt: skip
LINK = re.compile(r"\[[^\]]*\]\((?P<target>[^)\s]+)\)")
FENCE = re.compile(r"^```.*?^```$", re.DOTALL | re.MULTILINE)
HEADING = re.compile(r"^#+ +(.+)$", re.MULTILINE)
SLACK = 0.1  # a size may be this far off before the table must be made anew
SLACK_LINES = 60  # or this many lines, for the small floors


def anchors(text: str) -> set[str]:
    """The anchors of a page's headings, as the usual renderers make them."""
    headings = HEADING.findall(FENCE.sub("", text))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def links(page: Path) -> list[str]:
    return [found["target"] for found in LINK.finditer(FENCE.sub("", page.read_text()))]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_relative_links_resolve(page: Path) -> None:
    """To a file or folder of this tree, and to a heading that the page has."""
    for target in links(page):
        if "://" in target or target.startswith("mailto:"):
            continue
        name, _, anchor = target.partition("#")
        place = (page.parent / name).resolve() if name else page
        assert place.exists() and place.is_relative_to(ROOT), f"{page.name}: {target} leads nowhere"
        if anchor:
            assert anchor in anchors(place.read_text()), f"{page.name}: {target}: there is no such heading"


def test_the_index_names_seventeen_chapters_and_links_those_that_exist() -> None:
    """What is not written is said to be so; what is written can be reached."""
    rows = re.findall(r"^\| (\d+) \| (.+?) \|", (DOCS / "README.md").read_text(), re.MULTILINE)
    assert [int(number) for number, _ in rows] == list(range(1, 18))
    linked = {found["target"] for _, title in rows for found in LINK.finditer(title)}
    assert linked == {path.name for path in DOCS.glob("[0-9][0-9]-*.md")}


def test_the_map_of_the_house_has_the_right_sizes() -> None:
    """`python scripts/floor_sizes.py --write` puts them right."""
    stated = floor_sizes.stated((ROOT / "README.md").read_text())
    counted = floor_sizes.sizes()
    assert stated.keys() == counted.keys()
    for floor, lines in counted.items():
        off = abs(stated[floor] - lines)
        assert off <= max(SLACK * lines, SLACK_LINES), f"{floor}: README.md says {stated[floor]} lines, it has {lines}"
