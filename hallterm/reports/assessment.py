"""R02: the four parts and the total of each clerk, or the means of each hall, on one page. Business rule 9.

A mean is over clerks with a total, never over halls; clerks without a record are in none.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from fractions import Fraction

from hallterm.assessing import Assessed, Assessment, assess
from hallterm.locale import N_, _
from hallterm.reports.asked import Asked, drill, named_columns
from hallterm.reports.model import PROVISIONAL, By, Cell, Column, Kind, Row, Table
from hallterm.rules.assessment import NO_RECORD, Rule, mean_of
from hallterm.rules.averages import Standing, best_clerk, counted, ranks
from hallterm.rules.day import day_clock_text
from hallterm.rules.exact import half_up, percent
from hallterm.rules.periods import before
from hallterm.rules.words import Reason
from storage.facts import Part
from storage.views import assessment as rows_of
from storage.views import reporting

PARTS = (
    Column("rating", N_("E rating"), Kind.SCORE),
    Column("business", N_("B business"), Kind.SCORE),
    Column("efficiency", N_("F efficiency"), Kind.SCORE),
    Column("attendance", N_("A attendance"), Kind.SCORE),
)
TOTAL = Column("total", N_("Total"), Kind.SCORE)
BEST = N_("best clerk")
PART_MISSING = Reason(N_("* a part is missing; the total is of the others"))
WEIGHTS = N_("weights {weights}")
DIFFERENT_WEIGHTS = Reason(N_("weights differ by hall"))
FROZEN = N_("frozen {at}")
SOME_FROZEN = N_("{count} of {of} months of halls are frozen")


def build(asked: Asked) -> Table:
    """Clerks of a hall, or halls of a wider place; ranks of the city only where the city was asked for."""
    found = assess(asked.db, asked.scope.halls, asked.period, asked.now)
    notes = tuple(_notes(asked, found))
    if asked.by is By.HALL:
        return _halls(asked, found, notes)
    return _clerks(asked, found, notes)


def _notes(asked: Asked, found: Assessment) -> Iterable[Reason]:
    """What the marks mean, by which weights, and what of it is frozen."""
    if any(one.score.renormalised for one in found.people):
        yield PART_MISSING
    weights = {weights_text(rule) for rule in found.rules.values()}
    yield Reason(WEIGHTS, {"weights": min(weights)}) if len(weights) == 1 else DIFFERENT_WEIGHTS
    cells = len(asked.scope.halls) * len(asked.period.months)
    if len(found.freezes) == cells == 1:
        (freeze,) = found.freezes.values()
        yield Reason(FROZEN, {"at": day_clock_text(freeze.at_t)})
    elif found.freezes:
        yield Reason(SOME_FROZEN, {"count": len(found.freezes), "of": cells})


def weights_text(rule: Rule) -> str:
    """``30/25/20/25``."""
    return "/".join(str(rule.weights[part]) for part in Part)


CLERK_COLUMNS = (
    *(*named_columns(By.CLERK), Column("hall_name", N_("Unit"), Kind.TEXT, widest=12), *PARTS, TOTAL),
    Column("hall_rank", N_("In hall"), Kind.COUNT),
    Column("city_rank", N_("In city"), Kind.COUNT),
    Column("votes", N_("Votes"), Kind.COUNT),
    Column("marks", N_("Marks"), Kind.TEXT),
)


def _clerks(asked: Asked, found: Assessment, notes: tuple[Reason, ...]) -> Table:
    people = _of(asked, found)
    by_hall: dict[str, list[Standing]] = defaultdict(list)
    for one in found.people:
        by_hall[one.hall].append(one.standing)
    in_hall = {staff: rank for standings in by_hall.values() for staff, rank in ranks(standings).items()}
    whole = len(asked.scope.halls) > 1
    in_all = ranks(one.standing for one in found.people) if whole else {}
    best, votes = _best(asked, found, by_hall), _votes(asked)
    rank = in_all or in_hall
    rows = tuple(
        Row(
            (
                *(one.staff, asked.name_of(By.CLERK, one.staff), asked.name_of(By.HALL, one.hall)),
                *_points(one),
                *(in_hall.get(one.staff), in_all.get(one.staff), votes.get((one.hall, one.staff)), _marks(one, best)),
            ),
            drill(By.CLERK, one.staff, one.hall),
            PROVISIONAL if one.pending else "",
        )
        for one in sorted(people, key=lambda one: (rank.get(one.staff, len(people) + 1), one.staff))
    )
    total = Row((None, _people(people), None, *_means(people), None, None, None, None))
    return Table(CLERK_COLUMNS, rows, total, notes, "total", ("staff_name",))


def _of(asked: Asked, found: Assessment) -> tuple[Assessed, ...]:
    """Everybody, or the one person that was asked for; the ranks are among everybody."""
    return tuple(one for one in found.people if asked.scope.staff in ("", one.staff))


def _best(asked: Asked, found: Assessment, by_hall: dict[str, list[Standing]]) -> set[str]:
    """The best clerk of each hall in a month: as it was frozen, else as it stands."""
    if len(asked.period.months) != 1:
        return set()
    best = set()
    for hall, standings in by_hall.items():
        freeze = found.frozen_month(hall, asked.period)
        now = best_clerk(standings, found.rules[hall].duty_pct) if freeze is None else None
        best.add(freeze.best_clerk if freeze else now.staff if now else "")
    return best - {""}


def _votes(asked: Asked) -> dict[tuple[str, str], int]:
    """The votes of a month that were counted, by hall and staff number; they are never inside a score."""
    if len(asked.period.months) != 1:
        return {}
    rounds = rows_of.vote_rounds(asked.db, asked.scope.halls, asked.period.months[0])
    return {(one.hall, vote.staff): vote.votes for one in rounds if one.counted_t for vote in one.votes}


def _marks(one: Assessed, best: set[str]) -> str:
    marks = ["*"] if one.score.renormalised else []
    if one.score.total is None:
        marks.append(_(NO_RECORD))
    return " ".join([*marks, *([_(BEST)] if one.staff in best else [])])


def _people(found: Sequence[Assessed]) -> str:
    return _("{count} people").format(count=counted(one.score.total for one in found))


def _points(one: Assessed) -> tuple[Cell, ...]:
    return (*(_shown(one.score.parts[part]) for part in Part), _shown(one.score.total))


def _shown(points: Fraction | None) -> Cell:
    return None if points is None else half_up(points)


def _means(found: Sequence[Assessed]) -> tuple[Cell, ...]:
    """Of each part the mean of those that have it, and the mean of the totals."""
    parts = (mean_of(p for one in found if (p := one.score.parts[part]) is not None) for part in Part)
    return (*map(_shown, parts), _shown(_mean_total(found)))


def _mean_total(found: Iterable[Assessed]) -> Fraction | None:
    return mean_of(one.score.total for one in found if one.score.total is not None)


HALL_COLUMNS = (
    *(*named_columns(By.HALL), Column("people", N_("People"), Kind.COUNT), *PARTS, TOTAL),
    Column("change", N_("Change"), Kind.SCORE),
    Column("evaluation_rate", N_("Evaluated"), Kind.SHARE, "%"),
    Column("last_day", N_("Data to"), Kind.DAY),
)


def _halls(asked: Asked, found: Assessment, notes: tuple[Reason, ...]) -> Table:
    earlier = _by_hall(assess(asked.db, asked.scope.halls, before(asked.period), asked.now).people)
    now = _by_hall(found.people)
    reaches = reporting.reaches(asked.db, asked.scope.halls)
    rows = [
        Row(
            (
                *(hall, asked.name_of(By.HALL, hall)),
                *_hall_cells(now.get(hall, []), earlier.get(hall, [])),
                reaches[hall].last_day or None,
            ),
            drill(By.HALL, hall),
        )
        for hall in asked.scope.halls
    ]
    rows.sort(key=lambda row: (row.cells[7] is None, -(_number(row.cells[7])), str(row.cells[0])))
    everybody = [one for many in earlier.values() for one in many]
    total = Row((None, None, *_hall_cells(found.people, everybody), None))
    return Table(HALL_COLUMNS, tuple(rows), total, notes, "total", ("hall_name",))


def _number(cell: Cell) -> Fraction:
    return Fraction(0) if cell is None or isinstance(cell, str) else Fraction(cell)


def _by_hall(found: Iterable[Assessed]) -> dict[str, list[Assessed]]:
    halls: dict[str, list[Assessed]] = defaultdict(list)
    for one in found:
        halls[one.hall].append(one)
    return halls


def _hall_cells(found: Sequence[Assessed], earlier: Sequence[Assessed]) -> tuple[Cell, ...]:
    """People, parts, total, change, evaluation rate; all absent where nobody has a record."""
    if not found:
        return (None,) * (len(HALL_COLUMNS) - 3)
    mean, then = _mean_total(found), _mean_total(earlier)
    change = None if mean is None or then is None else half_up(mean - then)
    rated = sum(one.work.ratings.rated for one in found)
    due = sum(one.work.ratings.due for one in found)
    return (counted(one.score.total for one in found), *_means(found), change, percent(rated, due))
