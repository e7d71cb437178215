"""Screens of plain text that the launcher prints on the ordinary screen when the program cannot run.

80 columns, no colour needed, no data of a person. Sentences about damaged data, versions and configuration are made
by those who found the fault; here they are laid out. Each function returns a text that ends with a newline.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from rich.cells import cell_len, chop_cells, set_cell_size

from hallterm.locale import _
from hallterm.rules.day import ZONE

COLUMNS: Final = 80
LABEL_COLUMNS: Final = 10


@dataclass(frozen=True, slots=True)
class IncidentFacts:
    """What is known to be safe when the program has stopped; whatever is not known is None or False."""

    stopped_at: datetime
    record_folder: str
    last_saved_at: datetime | None = None
    last_saved_seq: int | None = None
    open_ticket: str | None = None
    station_runs: bool = False


def incident_screen(number: str, facts: IncidentFacts) -> str:
    """The screen after a crash; ``number`` as given by ``record_incident``. Enter restarts."""
    lines = [*_head(_("hallterm has stopped."), number, facts.stopped_at)]
    if facts.last_saved_at is not None and facts.last_saved_seq is not None:
        saved = _("All that was saved is there: the last entry is of {time} (no. {seq}). Nothing to enter again.")
        lines += _row("", saved.format(time=f"{_here(facts.last_saved_at):%H:%M:%S}", seq=facts.last_saved_seq))
    else:
        lines += _row("", _("All that was saved is there: each step is saved when it is done."))
    if facts.open_ticket:
        kept = _("{ticket} is not lost: open again and go on. The time in between does not count.")
        lines += _row("", kept.format(ticket=facts.open_ticket))
    if facts.station_runs:
        lines += _row("", _("The rating pad, the displays and the other windows are not affected."))
    lines.append("")
    lines += _row(_("Do now"), _("Press Enter to open again"))
    again = _("Call the technician and give the incident number; go on with paper forms, enter them later")
    lines += _row(_("If again"), again)
    record = _("{folder}: without names, identity numbers or amounts")
    lines += _row(_("Kept in"), record.format(folder=facts.record_folder))
    return _text(lines)


def damaged_screen(number: str, found_at: datetime, findings: Sequence[tuple[str, str]], choices: Sequence[str]) -> str:
    """The screen for a damaged data file: findings as (label, sentence), choices numbered from 1.

    Whoever reads the keys acts when the same digit is pressed twice within 3 s.
    """
    lines = [*_head(_("The data file is damaged; kept unchanged."), number, found_at)]
    for label, sentence in findings:
        lines += _row(label, sentence)
    lines.append("")
    for digit, choice in enumerate(choices, start=1):
        lines += _indented(f" {digit}  ", choice)
    lines.append("")
    lines += _row("", _("Press a digit, and the same digit again within 3 seconds"))
    return _text(lines)


def damaged_progress_line(done: int, total: int, step: int, steps: int) -> str:
    """One line, without a newline, for a repair under way: entries done, and the step of several."""
    filled = 20 * done // total if total else 20
    bar = "#" * filled + "." * (20 - filled)
    words = _("{done} / {total} found   step {step} of {steps}   a power cut is safe")
    return f" [{bar}] " + words.format(done=done, total=total, step=step, steps=steps)


def newer_version_screen(sentence: str) -> str:
    """The screen when a newer program wrote the data; the sentence says which, and what to install."""
    return _text([*_indented("X ", sentence)])


def broken_config_screen(sentences: Sequence[str]) -> str:
    """The screen when the configuration cannot be used; each sentence names file, line, key and what is expected."""
    return _text([line for sentence in sentences for line in _indented("X ", sentence)])


def _head(title: str, number: str, at: datetime) -> Iterator[str]:
    place = _("Incident {number}").format(number=number) + f"   {_here(at):%m-%d %H:%M:%S}"
    left = f" {title}"
    if cell_len(left) + 2 + cell_len(place) <= COLUMNS:
        yield set_cell_size(left, COLUMNS - cell_len(place)) + place
    else:
        yield from _indented(" ", title)
        yield " " * (COLUMNS - cell_len(place)) + place
    yield "-" * COLUMNS


def _here(at: datetime) -> datetime:
    """As the hall's clocks show it, whatever zone the machine has; without a zone it is that already."""
    return at.astimezone(ZONE) if at.tzinfo else at


def _row(label: str, sentence: str) -> Iterator[str]:
    if not label:
        return _indented(" ", sentence)
    padded = set_cell_size(label, LABEL_COLUMNS) if cell_len(label) < LABEL_COLUMNS else f"{label} "
    return _indented(f" {padded}", sentence)


def _indented(head: str, sentence: str) -> Iterator[str]:
    """The sentence behind its head, continued below itself where it is too long."""
    indent = " " * cell_len(head)
    for n, part in enumerate(_fold(sentence, COLUMNS - len(indent))):
        yield (indent if n else head) + part


def _fold(sentence: str, columns: int) -> Iterator[str]:
    """Parts of at most so many cells, cut at spaces where there are any, as Chinese has none."""
    line = ""
    for word in sentence.split(" "):
        candidate = f"{line} {word}" if line else word
        if cell_len(candidate) <= columns:
            line = candidate
            continue
        # A long Chinese run fills the line it starts on, a long word starts on its own.
        whole = candidate if not word.isascii() else word
        if whole is word and line:
            yield line
        *parts, line = chop_cells(whole, columns)
        yield from parts
    if line:
        yield line


def _text(lines: Sequence[str]) -> str:
    return "".join(f"{line.rstrip()}\n" for line in lines)
