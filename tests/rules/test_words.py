"""Every sentence of the room in both languages."""

from __future__ import annotations

import ast
import string
from collections.abc import Callable
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

import hallterm.rules
from hallterm.rules.key_bar import IN_STATE, USUAL
from hallterm.rules.slots import DEFAULT_KEYS, Slot
from hallterm.rules.words import Reason
from tests.rules.conftest import PO

ROOM = Path(hallterm.rules.__file__).parent


def _marked() -> set[str]:
    found: set[str] = set()
    for path in ROOM.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "N_":
                (argument,) = node.args
                assert isinstance(argument, ast.Constant), (path, node.lineno)
                assert isinstance(argument.value, str)
                found.add(argument.value)
    return found


def _translated() -> set[str]:
    """What any catalogue has in Chinese; long tables of the room have one of their own."""
    found: set[str] = set()
    for path in PO.parent.glob("*.po"):
        with path.open("rb") as file:
            found |= {str(message.id) for message in read_po(file, locale="zh_CN") if message.id and message.string}
    return found


def _places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_every_sentence_of_the_room_is_in_chinese_and_no_other(sentences: dict[str, str]) -> None:
    assert set(sentences) <= _marked()
    assert all(sentences.values())
    assert _marked() <= _translated()


def test_a_translation_names_no_value_that_the_sentence_has_not(sentences: dict[str, str]) -> None:
    for source, translated in sentences.items():
        assert _places(translated) <= _places(source), source


def test_chinese_uses_characters_that_old_terminals_have(sentences: dict[str, str]) -> None:
    for translated in sentences.values():
        translated.encode("gb2312")


def test_a_moved_key_is_named_by_its_new_name(speak: Callable[[str], None]) -> None:
    reason = Reason("first {key} to go on", {"key": Slot.PAUSE})
    assert reason.text() == "first F4 to go on"
    speak("zh_CN")
    assert reason.text({Slot.PAUSE: "Del"}) == "先按 Del 继续"


def test_braces_in_a_value_are_shown_as_they_are() -> None:
    assert Reason("Nothing found for {words}. Type a code, pinyin initials or Chinese", {"words": "{x}"}).text() == (
        "Nothing found for {x}. Type a code, pinyin initials or Chinese"
    )


def test_every_slot_has_a_key_and_a_label_that_fits(sentences: dict[str, str]) -> None:
    assert set(DEFAULT_KEYS) == set(USUAL) == set(Slot)
    for meaning in (*USUAL.values(), *IN_STATE.values()):
        assert len(meaning.label) <= 5
        assert len(sentences[meaning.label]) == 2


@pytest.mark.parametrize("path", sorted(ROOM.glob("*.py")), ids=lambda path: path.stem)
def test_no_file_of_the_room_reads_a_clock_or_a_file(path: Path) -> None:
    nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    called = {node.attr for node in nodes if isinstance(node, ast.Attribute)}
    named = {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
    assert not called & {
        "now",
        "today",
        "utcnow",
        "time",
        "time_ns",
        "monotonic",
        "perf_counter",
        "read_text",
        "environ",
    }
    assert not named & {"open", "print", "input"}
