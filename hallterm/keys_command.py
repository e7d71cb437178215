"""``hallterm keys``: the keys of a window, what clashes, what the terminal swallows; ``--try`` learns a reader's keys.

Nothing of what a reader sends is shown or kept: only its first key, how many characters, and how fast they came.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from contextlib import closing
from itertools import chain

import click
import msgspec

from hallterm.actions import ACTIONS
from hallterm.config import Settings
from hallterm.key_saving import keep
from hallterm.key_trial import KeyTrial, Learnt, Told
from hallterm.keys import KeyMap, KeyMapError, key_name, key_report, resolve, terminals_at_hand
from hallterm.locale import N_, _
from hallterm.reader_settings import TypingReader, reader_of

OK, BAD_INPUT = 0, 2
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
    try:
        kept = keep(settings, learnt)
    except KeyMapError as error:
        click.echo(str(error))
        click.echo(_("Nothing was saved: give these actions another key first"))
        return
    saved = _("Saved in {file}; terminals that are open now follow when they are opened again")
    click.echo(saved.format(file=kept.path))
    for sentence in kept.moves:
        click.echo(sentence)
