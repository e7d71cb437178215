"""R03: services, quantity and credit of each clerk or hall, by matter."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from hallterm.locale import N_
from hallterm.reports.asked import KEY_OF, Asked, named_columns
from hallterm.reports.model import By, Cell, Column, Drill, Kind, Row, Table
from hallterm.rules.exact import half_up
from hallterm.rules.reconciliation import verified_share as share_of
from storage.views.figures import Key, Sums, added

WANTED = ("services", "quantity", "std_milliminutes", "verified_yes", "verified_no", "verified_outside", "errors")
FIGURES = (
    Column("services", N_("Services"), Kind.COUNT),
    Column("quantity", N_("Quantity"), Kind.COUNT),
    Column("std_minutes", N_("Credit"), Kind.MINUTES, N_("min")),
    Column("verified_share", N_("Verified"), Kind.SHARE, "%"),
    Column("errors", N_("Errors"), Kind.COUNT),
)


def build(asked: Asked) -> Table:
    """Rows by hall or clerk and matter, or by matter alone; a hall without any is one empty row."""
    keys: tuple[Key, ...] = ("code",) if asked.by is By.MATTER else (KEY_OF[asked.by], "code")
    found = [one for one in asked.sums(*keys, wanted=WANTED) if one.staff or asked.by is not By.CLERK]
    by = () if asked.by is By.MATTER else named_columns(asked.by)
    labels = (*(one.key for one in by[1:]), "code_name")
    rows = [Row((*_names(asked, one), *cells(one)), Drill(one.hall, one.staff, one.code)) for one in found]
    if asked.by is By.HALL:
        rows += [_empty(asked, hall) for hall in set(asked.scope.halls) - {one.hall for one in found}]
        rows.sort(key=lambda row: (str(row.cells[0]), str(row.cells[2] or "")))
    blank = ("",) * (len(by) + 2)
    total = Row((*blank, *cells(added(found)))) if found else Row((*blank, *(None,) * len(FIGURES)))
    return Table((*by, *named_columns(By.MATTER), *FIGURES), tuple(rows), total, chart="services", labels=labels)


def _empty(asked: Asked, hall: str) -> Row:
    return Row((hall, asked.name_of(By.HALL, hall), None, None, *(None,) * len(FIGURES)), Drill(hall=hall))


def _names(asked: Asked, one: Sums) -> tuple[Cell, ...]:
    unit = "" if asked.by is By.MATTER else getattr(one, KEY_OF[asked.by])
    before = (unit, asked.name_of(asked.by, unit)) if unit else ()
    return (*before, one.code, asked.name_of(By.MATTER, one.code))


def cells(sums: Sums) -> tuple[Cell, ...]:
    """Everything after the names."""
    return sums.services, sums.quantity, minutes(sums.std_milliminutes), verified_share(sums), sums.errors


def verified_share(sums: Sums) -> Cell:
    """Services that the tax software knows, per cent of all that it could know; without a comparison it is absent."""
    compared = sums.verified_yes + sums.verified_no
    return share_of(sums.verified_yes, sums.services, sums.verified_outside) if compared else None


def minutes(std_milliminutes: int) -> Decimal:
    """Standard minutes, exact to the thousandth that they are counted in, shown with two decimals."""
    return half_up(Fraction(std_milliminutes, 1000))
