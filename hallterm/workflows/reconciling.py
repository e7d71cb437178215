"""The comparison with the tax software: shown first, recorded by who may import, one day of a hall after the other.

A file imported again changes nothing; another file of a day replaces what the one before said. Business rules 9, 16.9.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from hallterm.locale import N_
from hallterm.rules.day import business_day, midnight_t
from hallterm.rules.deadlines import DeadlineId, due
from hallterm.rules.reconciliation import (
    NOT_IN_CORE,
    CoreLine,
    Handled,
    credit_change,
    matched,
    verdict,
    verified_share,
)
from hallterm.rules.words import Reason
from hallterm.workflows.desk import Desk, Refused
from hallterm.workflows.rights import refuse_unless_allowed
from hallterm.workflows.workdays import hall_hours, term_hours
from storage import views
from storage.access import Action
from storage.database import Database
from storage.facts import CoreRow, Moment, ReconciliationImported, ServiceVerified, Verified
from storage.journal import Write
from storage.views.reconciliation import (
    ImportRow,
    ServiceToVerify,
    imports,
    is_imported,
    matter_codes,
    services_to_verify,
)

PART_ROWS: Final = 30
"""Lines of a part: the longest names and numbers of so many fit the line of a fact."""
LONGEST_TEXT: Final = 32

AT_THE_HALL = Reason(N_("lists of the tax software are taken in at a PC of the hall they are of"))
NOT_OVER = N_("{day} is not over yet: take in its list tomorrow")
OTHER_HALL = N_("it is of {hall}, not of this hall")
DOUBLE = N_("number {number} stands already on line {first}: it counts once")
TOO_LONG = N_("number, staff, matter and ticket have at most {most} characters")
HAS_FAULTS = Reason(N_("the list has lines that cannot be used: mend them first, nothing is recorded"))
RECORDED = N_("{day}: {yes} of {services} services match, {no} are not credited")
KNOWN = N_("{day}: this list was taken in already, nothing is changed")


class CoreInput(Struct, frozen=True):
    """One line of the list; ``line`` is where it stands, ``matter`` a code or its name in the tax software."""

    line: int
    day: str
    number: str
    staff: str
    matter: str
    at_t: int
    hall: str = ""
    ticket: str = ""


class Remark(Struct, frozen=True):
    """What is to be said of a line."""

    line: int
    reason: Reason


class DayPreview(Struct, frozen=True):
    """A day: ``services`` here, ``yes`` of them found, ``by_number`` of these by number; ``only_core`` are the lines of the
    file that nothing here matches. ``gains`` and ``losses`` are services whose credit comes or goes by it.
    """

    day: str
    lines: int
    services: int
    yes: int
    by_number: int
    only_core: tuple[int, ...]
    gains: int
    losses: int
    known: bool
    in_time: bool

    @property
    def no(self) -> int:
        """Services that the tax software does not know."""
        return self.services - self.yes

    @property
    def share(self) -> Decimal | None:
        """The verified share, per cent; None without a service."""
        return verified_share(self.yes, self.services)


class Preview(Struct, frozen=True):
    """What a list would say; ``faults`` keep it from being recorded, ``remarks`` do not."""

    days: tuple[DayPreview, ...]
    faults: tuple[Remark, ...]
    remarks: tuple[Remark, ...]


class Recorded(Struct, frozen=True):
    """What became of one day."""

    day: str
    words: Reason
    changed: int


class _Compared(Struct, frozen=True):
    """A day with its pairs: service id -> line; ``outside``: the matters that the tax software does not have."""

    day: str
    lines: tuple[CoreInput, ...]
    codes: Mapping[str, str]
    services: tuple[ServiceToVerify, ...]
    pairs: Mapping[str, int]
    outside: frozenset[str]

    def verdict_of(self, one: ServiceToVerify) -> Verified:
        return verdict(reconciled=True, found=one.id in self.pairs, outside=one.code in self.outside)

    @property
    def left_out(self) -> int:
        """Services of matters that the tax software does not have, and that are not in the list."""
        return sum(self.verdict_of(one) is Verified.OUTSIDE for one in self.services)

    def credit_change(self, one: ServiceToVerify) -> int:
        before = Verified(one.verified)
        return credit_change(before, self.verdict_of(one), one.std_milliminutes, suspicious=one.suspicious)


def compared_days(desk: Desk, _now: Moment) -> tuple[ImportRow, ...]:
    """The days that were compared, the newest first; raises Refused."""
    _refuse(desk)
    return tuple(imports(desk.journal.database, desk.hall))


def preview(desk: Desk, now: Moment, lines: Sequence[CoreInput], file_hash: str) -> Preview:
    """What the list would say; nothing is recorded. Raises Refused for who may not import."""
    _refuse(desk)
    return foreseen(desk.journal.database, desk.hall, now, lines, file_hash)


def foreseen(db: Database, hall: str, now: Moment, lines: Sequence[CoreInput], file_hash: str) -> Preview:
    """The same for whoever may read the files of this PC."""
    faults = [*_faults(hall, now, lines)]
    single, doubles = _single(lines)
    codes = matter_codes(db)
    days = [_preview(db, hall, now, _compared(db, hall, day, of_day, codes), file_hash) for day, of_day in single]
    return Preview(tuple(days), tuple(faults), tuple(doubles))


def record_day(desk: Desk, now: Moment, lines: Sequence[CoreInput], file_hash: str, day: str) -> Recorded:
    """Record one day of the list in one transaction; raises Refused."""
    _refuse(desk)
    if any(_faults(desk.hall, now, lines)):
        raise Refused(HAS_FAULTS)
    of_day = dict(_single(lines)[0])[day]
    with desk.journal.write(desk.staff, now) as tx:
        if is_imported(tx.database, desk.hall, day, file_hash):
            return Recorded(day, Reason(KNOWN, {"day": day}), 0)
        compared = _compared(tx.database, desk.hall, day, of_day, matter_codes(tx.database))
        return _recorded(tx, desk, now, compared, file_hash)


def days_of(lines: Iterable[CoreInput]) -> tuple[str, ...]:
    """The days of a list, in order."""
    return tuple(sorted({one.day for one in lines}))


def _refuse(desk: Desk) -> None:
    if not desk.hall:
        raise Refused(AT_THE_HALL)
    refuse_unless_allowed(desk.journal.database, desk, Action.IMPORT)


def _faults(hall: str, now: Moment, lines: Iterable[CoreInput]) -> Iterable[Remark]:
    today = business_day(now.t)
    for one in lines:
        if one.day >= today:
            yield Remark(one.line, Reason(NOT_OVER, {"day": one.day}))
        if one.hall and one.hall != hall:
            yield Remark(one.line, Reason(OTHER_HALL, {"hall": one.hall}))
        if max(map(len, (one.number, one.staff, one.matter, one.ticket))) > LONGEST_TEXT:
            yield Remark(one.line, Reason(TOO_LONG, {"most": LONGEST_TEXT}))


def _single(lines: Sequence[CoreInput]) -> tuple[list[tuple[str, tuple[CoreInput, ...]]], list[Remark]]:
    """The lines of each day, each number of it once, and what is said of the others."""
    first: dict[tuple[str, str], int] = {}
    days: dict[str, list[CoreInput]] = defaultdict(list)
    doubles = []
    for one in lines:
        before = first.setdefault((one.day, one.number), one.line)
        if before == one.line:
            days[one.day].append(one)
        else:
            doubles.append(Remark(one.line, Reason(DOUBLE, {"number": one.number, "first": before})))
    return [(day, tuple(days[day])) for day in sorted(days)], doubles


def _compared(db: Database, hall: str, day: str, lines: tuple[CoreInput, ...], codes: Mapping[str, str]) -> _Compared:
    services = tuple(services_to_verify(db, hall, day))
    known = {one.matter: codes.get(one.matter, one.matter) for one in lines}
    core = [CoreLine(one.number, one.staff, known[one.matter], one.at_t, one.ticket) for one in lines]
    seen = Counter(one.number for one in services)
    handled = [
        Handled(one.id, one.staff, one.code, one.start_t, one.end_t, _numbers(one, only=seen[one.number] == 1))
        for one in services
    ]
    outside = frozenset(one.code for one in views.matters(db, hall, day) if one.tax_core_ref == NOT_IN_CORE)
    return _Compared(day, lines, known, services, matched(core, handled).pairs, outside)


def _numbers(one: ServiceToVerify, *, only: bool) -> frozenset[str]:
    """What the tax software may know it by: its own number of an earlier list, and the ticket if it had one matter."""
    return frozenset(number for number in (one.tax_core_no, one.number if only else "") if number)


def _preview(db: Database, hall: str, now: Moment, day: _Compared, file_hash: str) -> DayPreview:
    used = set(day.pairs.values())
    numbers = {one.id: {one.tax_core_no, one.number} - {""} for one in day.services}
    by_number = sum(bool({day.lines[at].number, day.lines[at].ticket} & numbers[id]) for id, at in day.pairs.items())
    changes = [day.credit_change(one) for one in day.services]
    return DayPreview(
        day=day.day,
        lines=len(day.lines),
        services=len(day.services) - day.left_out,
        yes=len(day.pairs),
        by_number=by_number,
        only_core=tuple(one.line for at, one in enumerate(day.lines) if at not in used),
        gains=sum(one > 0 for one in changes),
        losses=sum(one < 0 for one in changes),
        known=is_imported(db, hall, day.day, file_hash),
        in_time=_in_time(db, hall, day.day, now),
    )


def _in_time(db: Database, hall: str, day: str, now: Moment) -> bool:
    """By the end of its term (K25), the next working day unless the hall has another."""
    row = views.hall(db, hall)
    if row is None:
        return True
    until = replace(term_hours(db, row, day), closing=hall_hours(row).closing_pm)
    return now.t <= due(DeadlineId.K25, midnight_t(day), until).t


def _recorded(tx: Write, desk: Desk, now: Moment, day: _Compared, file_hash: str) -> Recorded:
    service_of = {at: id for id, at in day.pairs.items()}
    rows = [
        CoreRow(one.number, one.staff, day.codes[one.matter], one.at_t, one.ticket, service_of.get(at, ""))
        for at, one in enumerate(day.lines)
    ]
    parts = [rows[start : start + PART_ROWS] for start in range(0, len(rows), PART_ROWS)]
    in_time = _in_time(tx.database, desk.hall, day.day, now)
    ids = [
        tx.record(
            ReconciliationImported(
                hall=desk.hall,
                day=day.day,
                file_hash=file_hash,
                rows=tuple(part),
                part=number,
                parts=len(parts),
                in_time=in_time,
            )
        )
        for number, part in enumerate(parts, 1)
    ]
    changed = sum(_verified(tx, desk, day, one, ids[0]) for one in day.services)
    yes, services = len(day.pairs), len(day.services) - day.left_out
    return Recorded(
        day.day, Reason(RECORDED, {"day": day.day, "yes": yes, "services": services, "no": services - yes}), changed
    )


def _verified(tx: Write, desk: Desk, day: _Compared, one: ServiceToVerify, reconciliation: str) -> bool:
    """Record what is said of a service, if that is news."""
    at = day.pairs.get(one.id)
    number = day.lines[at].number if at is not None else ""
    after = day.verdict_of(one)
    if (after, number) == (Verified(one.verified), one.tax_core_no):
        return False
    tx.record(
        ServiceVerified(
            service=one.id,
            hall=desk.hall,
            staff=one.staff,
            code=one.code,
            day=day.day,
            verified=after,
            before=Verified(one.verified),
            tax_core_no=number,
            credit_change_milliminutes=day.credit_change(one),
            reconciliation=reconciliation,
        )
    )
    return True
