"""Every label of a key bar fits its place at 80 columns, in both languages: a cut word tells nobody anything."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.cells import cell_len

import hallterm
from hallterm.actions import Slot
from hallterm.keys import resolve
from hallterm.locale import _, use
from hallterm.screens.cases_words import SHORT
from hallterm.widgets.bars import _CELLS, slot_key

MAKES_A_KEY = frozenset({"Key", "slot", "SlotView"})


def labels() -> Iterator[tuple[str, Slot, str]]:
    """``(file:line, slot, msgid)`` of every label that stands beside its slot in the source."""
    for file in Path(str(hallterm.__file__)).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call) and len(node.args) > 1 and called(node) in MAKES_A_KEY:
                slot, label = node.args[0], node.args[1]
                if isinstance(slot, ast.Attribute) and slot.attr in Slot.__members__:
                    yield from ((f"{file.name}:{node.lineno}", Slot[slot.attr], text) for text in texts(label))


def called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def texts(label: ast.expr) -> Iterator[str]:
    """The translated strings of an expression; of a choice, all of them."""
    for node in ast.walk(label):
        if isinstance(node, ast.Call) and called(node) in ("_", "N_") and isinstance(node.args[0], ast.Constant):
            yield str(node.args[0].value)


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_no_label_of_a_key_is_cut(language: str) -> None:
    use(language)
    key_map, rooms = resolve(), dict(zip(Slot, _CELLS[language], strict=True))
    found = list(labels())
    long = [(at, _(text)) for at, slot, text in found if cell_len(slot_key(key_map, slot) + _(text)) > rooms[slot]]
    steps = [_(text) for text in SHORT.values() if cell_len(slot_key(key_map, Slot.F6) + _(text)) > rooms[Slot.F6]]
    use("en")
    assert steps == []
    assert len(found) > 100
    assert long == []
