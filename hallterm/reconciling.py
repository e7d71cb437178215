"""Between a file of the tax software and the comparison: its lines, and what is said of them before anything is recorded."""

from __future__ import annotations

import msgspec

from hallterm.core_file import CoreFile
from hallterm.locale import N_, _
from hallterm.workflows.reconciling import CoreInput, DayPreview, Preview

LINE = N_("line {line}: {sentence}")
DAY_WORDS = N_(
    "{day}  lines {lines}  services {services}  match {yes} ({share} %)  by number {by_number}  not found {no}"
)
CHANGES = N_("credit comes {gains}, goes {losses}; lines without a service {only_core}")
MOST_LINES = 10


def inputs(file: CoreFile) -> tuple[CoreInput, ...]:
    """The lines of a file as they are compared."""
    return tuple(msgspec.convert(one, CoreInput, from_attributes=True) for one in file.lines)


def faults(file: CoreFile, found: Preview) -> list[str]:
    """What keeps the list from being recorded, by line."""
    said = [(one.line, one.sentence) for one in file.problems]
    said += [(one.line, one.reason.text()) for one in found.faults]
    return [_(LINE).format(line=line, sentence=sentence) for line, sentence in sorted(said)]


def remarks(found: Preview) -> list[str]:
    """What is told and does no harm."""
    return [_(LINE).format(line=one.line, sentence=one.reason.text()) for one in found.remarks]


def day_words(day: DayPreview) -> str:
    """A day in one row."""
    return _(DAY_WORDS).format(
        day=day.day,
        lines=day.lines,
        services=day.services,
        yes=day.yes,
        share="--" if day.share is None else day.share,
        by_number=day.by_number,
        no=day.no,
    )


def day_changes(day: DayPreview) -> str:
    """What recording it would change."""
    if day.known:
        return _("taken in already")
    nowhere = ", ".join(map(str, day.only_core[:MOST_LINES])) or "--"
    more = " .." if len(day.only_core) > MOST_LINES else ""
    words = _(CHANGES).format(gains=day.gains, losses=day.losses, only_core=nowhere + more)
    return words if day.in_time else f"{words}  {_('late: due the next working day')}"
