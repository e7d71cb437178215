"""Keeping what was learnt of a reader in ``keys.toml``: its key belongs to it from then on, and what was there moves."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from hallterm.actions import ACTIONS, Place, ReservedKey
from hallterm.config import KEYS_FILE, Settings, read_machine_file
from hallterm.key_trial import Learnt
from hallterm.keys import KeyMap, key_name, resolve
from hallterm.locale import _
from hallterm.machine_files import write_machine_file
from hallterm.reader_settings import TypingReader

EVERY_WINDOW = "*"


class Kept(Struct, frozen=True):
    """What holds now: the file, the keys and the reader of the window; ``moves`` are sentences about moved actions."""

    path: Path
    key_map: KeyMap
    reader: TypingReader
    moves: tuple[str, ...]


def keep(settings: Settings, learnt: Learnt) -> Kept:
    """Write ``keys.toml``. KeyMapError (an explicit binding is on the reader's key; nothing is written), OSError."""
    window = settings.window.code or EVERY_WINDOW
    device = _("card reader")
    place = Place(str(settings.machine_folder / KEYS_FILE))
    new = (ReservedKey(window, learnt.header, device, place),) if learnt.header else ()
    key_map = resolve(settings.keys, (*settings.reserved, *new), settings.window.code)
    content = with_reader(read_machine_file(settings, KEYS_FILE), window, device, learnt)
    path = write_machine_file(settings.machine_folder, KEYS_FILE, content)
    reader = msgspec.convert({"window": window, **content["reader"][window]}, TypingReader)
    return Kept(path, key_map, reader, _moves(key_map, learnt.header))


def _moves(key_map: KeyMap, header: str) -> tuple[str, ...]:
    """Which action has left the reader's key, and where it went."""
    told = []
    for move in key_map.moved:
        if move.key == header:
            text = _("{action} has moved from {key} to {to}") if move.to else _("{action} has lost {key}: use the menu")
            title = _(ACTIONS[move.action].title)
            told.append(text.format(action=title, key=key_name(move.key), to=key_name(move.to)))
    return tuple(told)


def with_reader(table: Mapping[str, Any], window: str, device: str, learnt: Learnt) -> dict[str, Any]:
    """The content of ``keys.toml`` with what was learnt; the rest stays as it is."""
    content = {name: dict(section) for name, section in table.items()}
    if learnt.header:
        reserved = content.setdefault("reserved", {})
        reserved[window] = {**reserved.get(window, {}), learnt.header: device}
    readers = content.setdefault("reader", {})
    before = readers.get(window, {})
    after = {**before, "gap_ms": learnt.gap_ms, "average_ms": learnt.average_ms}
    if learnt.pattern:
        after["patterns"] = [*dict.fromkeys([*before.get("patterns", ()), learnt.pattern])]
    readers[window] = after
    return content
