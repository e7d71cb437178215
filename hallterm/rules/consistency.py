"""What must add up between reports, checked on their rows. Business rule 17.

Each check takes rows of a report and yields what does not fit; nothing means that the reports agree.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Protocol

from msgspec import Struct

from hallterm.locale import N_
from hallterm.rules.averages import city_mean

LEVELS = N_("R01: levels and unrated are due and exempt")
SUMS = N_("R01: the parts add to the whole")
WORK = N_("R03 and R04: services are timed, suspicious and entered afterwards")
QUEUE = N_("R05: tickets are handled, no-show, cancelled, abandoned, rebooked and open")
CITY_MEAN = N_("R02: the city's mean is over its clerks")
CATEGORIES = N_("R21: the categories add to the accepted calls")


class Misfit(Struct, frozen=True):
    """A check that does not hold for one unit: what should be there, and what is."""

    check: str
    unit: str
    expected: Fraction | int | None
    found: Fraction | int | None


class SatisfactionRow(Protocol):
    """A line of R01."""

    @property
    def unit(self) -> str: ...
    @property
    def due(self) -> int: ...
    @property
    def levels(self) -> Sequence[int]: ...
    @property
    def unrated(self) -> int: ...
    @property
    def exempt(self) -> int: ...


class WorkRow(Protocol):
    """A line of R03 beside its line of R04."""

    @property
    def unit(self) -> str: ...
    @property
    def services(self) -> int: ...
    @property
    def timed(self) -> int: ...
    @property
    def suspicious(self) -> int: ...
    @property
    def back_entries(self) -> int: ...


class QueueRow(Protocol):
    """A line of R05."""

    @property
    def unit(self) -> str: ...
    @property
    def tickets(self) -> int: ...
    @property
    def handled(self) -> int: ...
    @property
    def no_shows(self) -> int: ...
    @property
    def cancelled(self) -> int: ...
    @property
    def abandoned(self) -> int: ...
    @property
    def rebooked(self) -> int: ...
    @property
    def still_open(self) -> int: ...


def levels_fit(rows: Iterable[SatisfactionRow]) -> Iterator[Misfit]:
    """R01: the ratings of all levels and the unrated are what was due and what is exempt."""
    for row in rows:
        expected, found = row.due + row.exempt, sum(row.levels) + row.unrated
        if expected != found:
            yield Misfit(LEVELS, row.unit, expected, found)


def sums_fit(whole: SatisfactionRow, parts: Iterable[SatisfactionRow]) -> Iterator[Misfit]:
    """R01: the clerks add to their hall, the halls to their city, in every column."""
    sums = [0] * (len(whole.levels) + 3)
    for row in parts:
        sums = [before + value for before, value in zip(sums, _columns(row), strict=True)]
    for expected, found in zip(_columns(whole), sums, strict=True):
        if expected != found:
            yield Misfit(SUMS, whole.unit, expected, found)


def _columns(row: SatisfactionRow) -> list[int]:
    return [row.due, row.unrated, row.exempt, *row.levels]


def work_fits(rows: Iterable[WorkRow]) -> Iterator[Misfit]:
    """R03 against R04: each finished service is timed, suspicious, or was entered afterwards."""
    for row in rows:
        found = row.timed + row.suspicious + row.back_entries
        if row.services != found:
            yield Misfit(WORK, row.unit, row.services, found)


def queue_fits(rows: Iterable[QueueRow]) -> Iterator[Misfit]:
    """R05: each ticket has one end, or none yet."""
    for row in rows:
        ended = row.handled + row.no_shows + row.cancelled + row.abandoned + row.rebooked
        if row.tickets != ended + row.still_open:
            yield Misfit(QUEUE, row.unit, row.tickets, ended + row.still_open)


def city_mean_fits(
    unit: str, shown: Fraction | None, totals: Mapping[str, Sequence[Fraction | None]]
) -> Iterator[Misfit]:
    """R02: what is shown for the city is the mean over its clerks with a total."""
    expected = city_mean(totals)
    if expected != shown:
        yield Misfit(CITY_MEAN, unit, expected, shown)


def categories_fit(unit: str, accepted: int, by_category: Iterable[int]) -> Iterator[Misfit]:
    """R21: each accepted call is of one category."""
    found = sum(by_category)
    if accepted != found:
        yield Misfit(CATEGORIES, unit, accepted, found)
