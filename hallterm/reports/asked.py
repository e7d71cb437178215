"""What a builder is given, and the words it takes from reference data."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property

from hallterm.locale import N_, language
from hallterm.reports.model import By, Column, Drill, Kind
from hallterm.reports.period import sum_keys
from hallterm.reports.scope import Scope
from hallterm.rules import masks
from hallterm.rules.periods import Period
from storage.database import Database
from storage.facts import Moment
from storage.views import reporting
from storage.views.figures import SUMMED, Key, Sums, sums

KEY_OF: dict[By, Key] = {By.HALL: "hall", By.CLERK: "staff", By.MATTER: "code"}


class Asked:
    """One report that is to be made: read with ``db``, of ``scope`` and ``period``, rows by ``by``.

    ``masked``: who asks may see figures, but no names of people.
    """

    def __init__(
        self, db: Database, scope: Scope, period: Period, by: By, now: Moment, today: str, *, masked: bool = False
    ) -> None:
        self.db = db
        self.scope = scope
        self.period = period
        self.by = by
        self.now = now
        self.today = today
        self.masked = masked

    def sums(self, *by: Key, wanted: Sequence[str] = SUMMED, period: Period | None = None) -> list[Sums]:
        """The sums of the period, grouped."""
        keys = sum_keys(period or self.period)
        return sums(self.db, keys, self.scope.halls, by, wanted=wanted, staff=self.scope.staff)

    @property
    def span(self) -> tuple[str, str, str]:
        """Hall, first and last day, for what is read from the tables of a hall's days."""
        return self.scope.halls[0], self.period.first, self.period.last

    @cached_property
    def hall_names(self) -> dict[str, str]:
        return {one.code: one.name for one in reporting.places(self.db)}

    @cached_property
    def staff_names(self) -> dict[str, str]:
        people = reporting.people(self.db)
        return {number: masks.name(one.name) if self.masked else one.name for number, one in people.items()}

    @cached_property
    def matter_names(self) -> dict[str, str]:
        names = reporting.matter_names(self.db)
        return {
            code: (english or chinese) if language() == "en" else chinese for code, (chinese, english) in names.items()
        }

    def name_of(self, by: By, code: str) -> str:
        """The name of a hall, a clerk or a matter; its code where nobody named it."""
        names: dict[By, Callable[[], dict[str, str]]] = {
            By.HALL: lambda: self.hall_names,
            By.CLERK: lambda: self.staff_names,
            By.MATTER: lambda: self.matter_names,
        }
        return names[by]().get(code, "") or code


HEADINGS: dict[By, tuple[str, str, int]] = {
    By.HALL: (N_("Code"), N_("Unit"), 14),
    By.CLERK: (N_("Number"), N_("Name"), 10),
    By.MATTER: (N_("Code"), N_("Matter"), 24),
}
KEYS: dict[By, tuple[str, str]] = {
    By.HALL: ("hall", "hall_name"),
    By.CLERK: ("staff", "staff_name"),
    By.MATTER: ("code", "code_name"),
}


def named_columns(by: By) -> tuple[Column, Column]:
    """The two columns that say what a row stands for: its code and its name."""
    first, second, widest = HEADINGS[by]
    code, name = KEYS[by]
    return Column(code, first, Kind.TEXT, widest=12), Column(name, second, Kind.TEXT, widest=widest)


def drill(by: By, code: str, hall: str = "") -> Drill:
    """What stands behind a row."""
    return Drill(
        hall=code if by is By.HALL else hall,
        staff=code if by is By.CLERK else "",
        code=code if by is By.MATTER else "",
    )
