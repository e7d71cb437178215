"""``hallterm keys``: the keys of a window, what clashes, what the terminal swallows; ``--try`` learns a reader's keys.

Nothing of what a reader sends is shown or kept: only its first key, how many characters, and how fast they came.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from contextlib import closing
from itertools import chain
from typing import Any

import click
import msgspec

from hallterm.actions import ACTIONS, Place, ReservedKey
from hallterm.config import KEYS_FILE, Settings, read_machine_file, write_machine_file
from hallterm.key_trial import KeyTrial, Learnt, Told
from hallterm.keys import KeyMap, KeyMapError, key_name, key_report, resolve, terminals_at_hand
from hallterm.locale import N_, _
from hallterm.reader_settings import TypingReader, reader_of

OK, BAD_INPUT = 0, 2
EVERY_WINDOW = "*"
LEAVE, SAVE = "ctrl+q", "f8"

INTRODUCTION = (
    N_("Press one key after another: each is shown as it arrives. Let the reader read something."),
    N_("Nothing of what it reads is shown or kept. F8 saves what was learnt, Ctrl+Q leaves."),
)


def main(settings: Settings, as_json: bool = False, trying: bool = False) -> int:
    """The exit code."""
    if trying:
        return try_keys(settings)
    key_map = resolve(settings.keys, settings.reserved, settings.window.code)
    reader = reader_of(settings.readers, settings.window.code, settings.window.typing_reader)
    if as_json:
        click.echo(msgspec.json.encode(findings(key_map, settings.window.code, reader, os.environ)).decode())
        return OK
    for line in key_report(key_map, os.environ, settings.window.code):
        click.echo(line)
    if reader is not None:
        click.echo("")
        click.echo(reader_line(reader))
    return OK


def findings(
    key_map: KeyMap, window: str, reader: TypingReader | None, environ: Mapping[str, str]
) -> dict[str, object]:
    """The same for a machine."""
    here = terminals_at_hand(environ)
    return {
        "window": window,
        "keys": key_map.keys,
        "moved": key_map.moved,
        "reserved": key_map.reserved,
        "typing_reader": reader,
        "terminals": [terminal.name for terminal in here],
        "swallowed": [
            {"terminal": terminal.name, "key": key, "action": action}
            for terminal in here
            for key in terminal.swallows
            if (action := key_map.action_of(key))
        ],
    }


def reader_line(reader: TypingReader) -> str:
    """What is known of the reader of this window."""
    words = _(
        "A reader types here: up to {gap} ms between two characters, {average} ms on average; {count} code patterns"
    )
    return words.format(gap=reader.gap_ms, average=reader.average_ms, count=len(reader.patterns))


def try_keys(settings: Settings) -> int:
    """Show what arrives until somebody leaves; F8 saves what was learnt of a reader."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        click.echo(_("hallterm keys --try needs a terminal (standard input and output); over SSH use ssh -t"), err=True)
        return BAD_INPUT
    from hallterm.key_input import keys_arriving
    from hallterm.platform import quiet_terminal

    trial = KeyTrial()
    key_map = resolve(settings.keys, settings.reserved, settings.window.code)
    with quiet_terminal(0, every_key=True), closing(keys_arriving(lambda: trial.due_ms)) as keys:
        for line in INTRODUCTION:
            click.echo(_(line))
        for told in chain.from_iterable(map(trial.take, keys)):
            if told.name == SAVE and trial.learnt is not None:
                save(settings, trial.learnt)
                return OK
            if told.name == LEAVE:
                return OK
            click.echo(told_line(told, key_map))
    return OK


def told_line(told: Told, key_map: KeyMap) -> str:
    """One line of ``--try``."""
    if told.name:
        action = key_map.action_of(told.name)
        meaning = _(ACTIONS[action].title) if action else _("does nothing at the counter")
        return f"  {key_name(told.name):<12} {meaning}"
    if told.learnt is None:
        return "  " + _("{count} characters, typed or composed").format(count=told.count)
    words = _("  a reader: {count} characters, {gap:.0f} ms between two at most; F8 saves this")
    if told.learnt.header:
        words = _("  a reader: {key} and {count} characters, {gap:.0f} ms between two at most; F8 saves this")
    return words.format(key=key_name(told.learnt.header), count=told.count, gap=told.learnt.slowest_ms)


def save(settings: Settings, learnt: Learnt) -> None:
    """Write ``keys.toml`` and say what moved; an explicit binding on the reader's key is told and nothing is written."""
    window = settings.window.code or EVERY_WINDOW
    device = _("card reader")
    place = Place(str(settings.machine_folder / KEYS_FILE))
    new = (ReservedKey(window, learnt.header, device, place),) if learnt.header else ()
    try:
        key_map = resolve(settings.keys, (*settings.reserved, *new), settings.window.code)
    except KeyMapError as error:
        click.echo(str(error))
        click.echo(_("Nothing was saved: give these actions another key first"))
        return
    content = with_reader(read_machine_file(settings, KEYS_FILE), window, device, learnt)
    path = write_machine_file(settings.machine_folder, KEYS_FILE, content)
    click.echo(_("Saved in {file}; terminals that are open now follow when they are opened again").format(file=path))
    for move in key_map.moved:
        if move.key == learnt.header:
            message = (
                _("{action} has moved from {key} to {to}") if move.to else _("{action} has lost {key}: use the menu")
            )
            title = _(ACTIONS[move.action].title)
            click.echo(message.format(action=title, key=key_name(move.key), to=key_name(move.to)))


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
