"""The image that is flashed: small enough, complete, and the same every time."""

from __future__ import annotations

import ast
import zlib
from pathlib import Path

import pytest

from axisos import firmware

SOURCE = Path(firmware.__file__).with_name("boot.py").read_text()


class WithoutAnnotations(ast.NodeTransformer):
    """The program that is left of a source when nobody reads it or checks its types."""

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef:
        self.generic_visit(node)
        if ast.get_docstring(node) is not None:
            node.body = node.body[1:]
        node.returns = None
        for argument in node.args.args:
            argument.annotation = None
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.Assign:
        assert node.value is not None
        return ast.Assign([node.target], node.value)


def test_the_image_fits_the_chip_and_unpacks_to_the_program() -> None:
    """What the machine gets is the source's own program, less comments, docstrings and annotations."""
    image = firmware.plain_rom()
    assert len(image) <= 4096
    assert image[:4] == b"AXZ1"

    packed = zlib.decompress(image[4:]).decode()
    wanted = WithoutAnnotations().visit(ast.parse(SOURCE.partition("\n# ROM")[2].partition("\n")[2]))
    assert ast.dump(ast.parse(packed)) == ast.dump(wanted)


def test_the_image_is_built_once_and_always_the_same() -> None:
    assert firmware.plain_rom() is firmware.plain_rom()
    assert firmware.pack(SOURCE) == firmware.plain_rom()


def test_a_comment_costs_nothing_but_a_program_that_does_not_fit_is_refused() -> None:
    import random

    noise = random.Random(1).randbytes(9000).hex()
    assert firmware.pack(SOURCE + f"# {noise}\n") == firmware.plain_rom()
    with pytest.raises(AssertionError, match="the EEPROM holds 4096"):
        firmware.pack(SOURCE + f"x = '{noise}'\n")
