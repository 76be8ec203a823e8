"""Colours: the game's quantisation, by its own vectors."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from axisos.machine import colour


@pytest.mark.parametrize(
    ("value", "index", "shown"),
    [
        (0x00AAAA, 44, 0x00B6BF), (0xFF5555, 227, 0xFF4940), (0xC0C0C0, 12, 0xC3C3C3),
        (0x0000AA, 19, 0x0000BF), (0xAAAAAA, 10, 0xA5A5A5), (0x55FF55, 132, 0x66FF40),
        (0x000000, 16, 0x000000), (0xFFFFFF, 255, 0xFFFFFF), (0x0F0F0F, 0, 0x0F0F0F),
    ],
)  # fmt: skip
def test_eight_bits(value: int, index: int, shown: int) -> None:
    """The palette of greys first, then the cube."""
    palette = colour.default_palette(8)
    assert colour.quantise(8, palette, value) == index
    assert colour.table(8, palette)[index] == shown


@pytest.mark.parametrize(
    ("value", "index"), [(0xFFFFFF, 0), (0x000000, 15), (0xFE3232, 14), (0x336698, 9), (0x808080, 3)]
)
def test_four_bits(value: int, index: int) -> None:
    """The nearest of sixteen, by what the eye sees."""
    assert colour.quantise(4, colour.default_palette(4), value) == index


def test_one_bit() -> None:
    """Black, and everything else."""
    assert [colour.quantise(1, [], value) for value in (0, 1, 0xFFFFFF)] == [0, 1, 1]


@given(st.integers(0, 0xFFFFFF), st.sampled_from([4, 8]))
def test_no_other_index_looks_nearer_than_a_palette_hit(value: int, depth: int) -> None:
    """What is shown, asked for again, is shown again."""
    palette = colour.default_palette(depth)
    table = colour.table(depth, palette)
    shown = table[colour.quantise(depth, palette, value)]
    assert table[colour.quantise(depth, palette, shown)] == shown


def test_ties_go_to_the_first_of_the_palette() -> None:
    """Two equal entries: the lower index."""
    palette = [0x101010] * 16
    assert colour.quantise(4, palette, 0x202020) == 0
    assert colour.quantise(8, [0xFF0000] * 16, 0xFF0000) == 0, "the palette wins against the cube"
