"""Every example of the documentation runs and prints what the page says that it prints."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from docs.pages import ROOT, script

doc_examples = script("doc_examples")
PAGES = doc_examples.pages()


def label(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", doc_examples.examples(), ids=label)
def test_an_example_prints_what_stands_beside_it(path: Path) -> None:
    """Programs of the guest run in a seeded machine, the others as the reader would run them."""
    if path.suffix == ".console" and shutil.which("bash") is None:
        pytest.skip("a scene needs bash")
    assert doc_examples.actual(path) == doc_examples.expected(path)


@pytest.mark.parametrize("page", PAGES, ids=label)
def test_a_page_shows_its_files_as_they_are(page: Path) -> None:
    """`python scripts/doc_examples.py` brings a page up to date."""
    text = page.read_text()
    assert doc_examples.refreshed(text) == text
    assert text.count("<!-- file: ") == len(doc_examples.shown(text)), "a mark without its fenced block"


def test_every_example_is_shown_somewhere() -> None:
    """A file that no page shows is read by nobody; so are outputs without a program."""
    shown = {doc_examples.DOCS / name for page in PAGES for name in doc_examples.shown(page.read_text())}
    for path in doc_examples.examples():
        assert path in shown, f"{label(path)} is on no page"
    for path in doc_examples.EXAMPLES.rglob("*.out"):
        assert path in shown and path.with_suffix(".py").exists(), f"{label(path)} is on no page, or nothing prints it"


def test_a_wrong_page_is_found() -> None:
    """The check itself: a block that differs from its file is put right by `refreshed`."""
    page = "# Title\n\n<!-- file: examples/tour/hello.py -->\n\n```python\nprint('old')\n```\n\nThe end.\n"
    file = (doc_examples.EXAMPLES / "tour" / "hello.py").read_text()
    assert doc_examples.refreshed(page) == page.replace("print('old')\n", file)
