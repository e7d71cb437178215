"""``hallterm bundle``: facts go to the centre on a stick, and its receipt comes back. Where it runs decides what is done."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import click
import msgspec

from hallterm import __version__
from hallterm.bundle_words import WRITING, Imported, Way, sentence
from hallterm.cli_errors import BAD_INPUT, OK, STOPPED
from hallterm.config import Settings
from hallterm.locale import N_, _

if TYPE_CHECKING:
    from storage.journal import Journal

HALL = "hall.db"
STEP = 5
NO_HALL = N_("{folder} holds no hall yet: run hallterm setup first.")
NOT_ENROLLED = N_("This PC is not enrolled at a centre: run hallterm enrol first (by files, if there is no line).")
NO_BOX = N_("The centre enrolled this PC with an older program: enrol it again, then export.")
WRITTEN = N_(
    "{facts} facts in {files} files are on the stick in {folder}. It may be pulled out. Losing it does no harm, and "
    "nothing is counted twice."
)
NOTHING_THERE = N_("There is no bundle (.hts) and no receipt (.htr) for here: check the stick.")


class Steps:
    """One line on a terminal that counts in steps of five per cent."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._shown = -1

    def __call__(self, done: int, whole: int) -> None:
        """So much of the whole is done."""
        percent = 100 if done >= whole else done * 100 // whole // STEP * STEP
        if percent > self._shown and self._stream.isatty():
            self._shown = percent
            self._stream.write(f"\r{percent:3} %")
            self._stream.flush()

    def end(self) -> None:
        """Leave the line."""
        if self._shown >= 0:
            self._stream.write("\n")
        self._shown = -1


def export(settings: Settings, folder: Path, as_json: bool) -> int:
    """Write what waits; the exit code."""
    from storage.clock import now
    from storage.journal import Journal
    from sync.bundle import BundleError
    from sync.export import export as write
    from sync.keys import load_or_make

    path = settings.data.path / HALL
    if not path.exists():
        return _told(_(NO_HALL).format(folder=settings.data.path), STOPPED)
    steps, journal = Steps(sys.stderr), Journal.open(path)
    try:
        done = write(journal, load_or_make(settings.data.path), folder, now(), app=__version__, progress=steps)
    except BundleError as error:
        steps.end()
        known = {"not-enrolled": NOT_ENROLLED, "no-box": NO_BOX}
        text = known.get(error.code) or WRITING.get(error.code, WRITING["not-written"])
        return _told(_(text).format(file=folder), STOPPED)
    finally:
        journal.close()
    steps.end()
    if as_json:
        click.echo(msgspec.json.encode({"facts": done.facts, "files": [str(one) for one in done.files]}).decode())
    else:
        click.echo(_(WRITTEN).format(facts=done.facts, files=len(done.files), folder=folder))
    return OK


def import_(settings: Settings, paths: tuple[Path, ...], database: str, as_json: bool) -> int:
    """Take in, take back, or forward each file; the exit code."""
    from hallterm.centre import CannotServe

    missing = [path for path in paths if not path.exists()]
    if missing:
        return _told(_(WRITING["gone"]).format(file=missing[0]), BAD_INPUT)
    found: list[Imported] = []
    with ExitStack() as stack:
        try:
            for done in _each(settings, paths, database, stack):
                found.append(done)
                if not as_json:
                    click.echo(sentence(done), err=not done.ok)
        except CannotServe as reason:
            return _told(str(reason), STOPPED)
    if as_json:
        click.echo(msgspec.json.encode(found).decode())
    elif not found:
        return _told(_(NOTHING_THERE), BAD_INPUT)
    return OK if all(one.ok for one in found) and found else STOPPED


def _each(settings: Settings, paths: tuple[Path, ...], database: str, stack: ExitStack) -> Iterator[Imported]:
    """Bundles first, so that a receipt is never older than it need be."""
    from hallterm import bundle_ways as ways
    from hallterm.centre import FILE

    is_centre = bool(database) or (settings.data.path / FILE).exists()
    journal = _hall(settings, stack)
    own = journal.identity.node if journal is not None and journal.is_set_up else ""
    if is_centre:
        centre = ways.open_centre(settings, database, stack)
        steps = Steps(sys.stderr)
        for path in ways.bundles(paths):
            done = ways.take_in(centre, path, steps)
            steps.end()
            yield done
    else:
        for path in ways.foreign_bundles(paths, own):
            yield ways.forward(settings, path)
    if journal is not None:
        for path in ways.receipts(paths, own):
            yield ways.take_back(settings, journal, path)
    elif not is_centre:
        for path in paths:
            if path.suffix == ".htr":
                yield Imported(file=path.name, way=Way.RETURNED, ok=False, result="not-enrolled")


def _hall(settings: Settings, stack: ExitStack) -> Journal | None:
    from storage.journal import Journal

    path = settings.data.path / HALL
    if not path.exists():
        return None
    journal = Journal.open(path)
    stack.callback(journal.close)
    return journal


def _told(text: str, exit_code: int) -> int:
    print(text, file=sys.stderr)
    return exit_code
