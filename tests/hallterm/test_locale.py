"""Every sentence of hallterm is translated once, fully, with the same {values}; no translation is left over."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from functools import cache
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.pofile import read_po

from hallterm.locale import CATALOGUE, HERE, LANGUAGES, N_, _, compile_catalogues, language, use

ROOM = HERE.parent
KEYWORDS = {"_", "N_"}
LEFT_OUT = {"after {key}": {"key"}}
"""Values that a translation needs no place for: its words name the key already."""
SAME_IN_BOTH = re.compile(r"[A-Za-z0-9 .:,;/()\[\]{}_<>=%+*#|-]*")


@cache
def source_messages() -> dict[str, str]:
    """Every msgid of the source with the first place it stands at."""
    found: dict[str, str] = {}
    for path in sorted(ROOM.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in KEYWORDS:
                message = node.args[0]
                if isinstance(message, ast.Constant) and isinstance(message.value, str):
                    found.setdefault(message.value, f"{path.relative_to(ROOM.parent)}:{node.lineno}")
    return found


@cache
def translations() -> dict[str, list[tuple[str, str]]]:
    """msgid -> (file, msgstr) for every entry of every catalogue; fuzzy ones count as not translated."""
    entries: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for path in sorted((HERE / "zh_CN").glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file, locale="zh_CN", abort_invalid=True):
                if message.id:
                    assert isinstance(message.id, str)
                    assert isinstance(message.string, str)
                    entries[message.id].append((path.name, "" if message.fuzzy else message.string))
    return dict(entries)


def values(text: str) -> set[str]:
    return {name.partition(".")[0].partition("[")[0] for _text, name, _spec, _conv in Formatter().parse(text) if name}


def test_the_source_has_messages_at_all() -> None:
    assert len(source_messages()) > 100


def test_no_translation_is_missing_or_empty() -> None:
    missing = [
        f"{place}: {message!r}"
        for message, place in source_messages().items()
        if not any(text for _file, text in translations().get(message, []))
    ]
    assert not missing, "not translated:\n" + "\n".join(missing)


def test_no_translation_is_unused() -> None:
    unused = [
        f"{file}: {message!r}"
        for message, entries in translations().items()
        for file, _text in entries
        if message not in source_messages() and message != "hallterm"
    ]
    assert not unused, "in no source file:\n" + "\n".join(unused)


def test_no_message_is_translated_in_two_ways() -> None:
    double = [
        f"{message!r}: " + ", ".join(f"{file} {text!r}" for file, text in entries)
        for message, entries in translations().items()
        if len({text for _file, text in entries}) > 1
    ]
    assert not double, "one msgid, several translations (the last file would win):\n" + "\n".join(double)


def test_translations_have_the_same_values() -> None:
    differing = [
        f"{file}: {message!r} has {sorted(values(message))}, its translation {sorted(values(text))}"
        for message, entries in translations().items()
        for file, text in entries
        if text and values(message) - LEFT_OUT.get(message, set()) != values(text)
    ]
    assert not differing, "differing {values}:\n" + "\n".join(differing)


def test_translations_are_of_gb2312_characters_and_have_no_control_characters() -> None:
    """Every glyph is ASCII or of GB 2312: one or two cells on every terminal and in every font."""
    odd = [
        f"{file}: {text!r}: {''.join(sorted(set(filter(_is_odd, text))))!r}"
        for entries in translations().values()
        for file, text in entries
        if any(map(_is_odd, text))
    ]
    assert not odd, "not GB 2312:\n" + "\n".join(odd)


def _is_odd(character: str) -> bool:
    if character == "\n" or " " <= character <= "~":
        return False
    try:
        return len(character.encode("gb2312")) != 2
    except UnicodeEncodeError:
        return True


def test_messages_are_literal_so_that_they_can_be_extracted() -> None:
    """``_(f"...")`` and ``_("a" + b)`` would never be found in a catalogue."""
    bad = []
    for path in sorted(ROOM.rglob("*.py")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if re.search(r"""(?<![\w.])N?_\(\s*f["']""", line):
                bad.append(f"{path.relative_to(ROOM.parent)}:{number}: {line.strip()}")
    assert not bad, "not literal:\n" + "\n".join(bad)


def test_the_catalogue_is_compiled_and_used() -> None:
    before = language()
    path: Path = compile_catalogues()
    try:
        use("zh_CN")
        assert path == CATALOGUE
        assert (_("Call"), language()) == ("叫号", "zh_CN")
        assert N_("Call") == "Call"
        assert _("no such message in any catalogue") == "no such message in any catalogue"[:]
        assert _("") == ""
        use("en")
        assert _("Call") == "Call"
        with pytest.raises(ValueError, match="fr"):
            use("fr")
    finally:
        use(before)
    assert LANGUAGES == ("zh_CN", "en")
