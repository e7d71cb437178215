"""The vectors of bad ratings through facts, sums and reports; R09, R16 and R17."""

from __future__ import annotations

from decimal import Decimal
from itertools import count

from hallterm.reports.make import make
from hallterm.reports.model import Report
from hallterm.rules.ratings import Satisfaction, satisfaction
from storage import facts as f
from storage.facts import CaseResult, ContactResult, Moment, Scale
from storage.views.figures import added, sums
from tests.hallterm.workflows.founded import HALL, at
from tests.hallterm.workflows.shift import MEI, W1, WEI, Shift
from tests.rules.vectors import vectors

DAY, MONTH = "2026-11-24", "2026-11"
SCALE = Scale.FIVE_NATIONAL


def record(shift: Shift, *bodies: f.Fact, when: Moment | None = None) -> list[str]:
    with shift.stores.journal.write("0101", when or shift.clock.after(1)) as tx:
        return [tx.record(body) for body in bodies]


def given(number: int, level: int, staff: str = MEI) -> f.RatingGiven:
    return f.RatingGiven(
        service=f"s{number}", visit=f"v{number}", window=W1, staff=staff, code="B01", day=DAY, wid=number, pad="P",
        key=1, level=level, scale=SCALE, t_ms=1500, held_ms=100, map_hash="0", ask="", frees_window=False,
    )  # fmt: skip


def revoked(rating: str, body: f.RatingGiven) -> f.RatingRevoked:
    return f.RatingRevoked(
        rating=rating, service=body.service, visit=body.visit, window=body.window, staff=body.staff, hall=HALL,
        code=body.code, day=body.day, level=body.level, scale=body.scale, appeal="a", reason="video",
    )  # fmt: skip


def opened(number: int, rating: str, *, named: bool, staff: str = MEI) -> f.CaseOpened:
    return f.CaseOpened(
        number=f"202611-{number:04d}", rating=rating, service=f"s{number}", visit=f"v{number}", window=W1, staff=staff,
        code="B01", day=DAY, level=2, scale=SCALE, real_name=named, contact_by_t=1, measure_by_t=2,
    )  # fmt: skip


def figures(shift: Shift, key: str) -> Satisfaction:
    total = added(sums(shift.db, [key], [HALL], ("staff",)))
    levels = {level: getattr(total, f"level_{level}") for level in (5, 4, 3, 2, 1)}
    return satisfaction(SCALE, levels, total.unrated, total.exempt)


def seen(found: Satisfaction) -> dict[str, object]:
    names = ("due", "rated", "evaluation_rate_pct", "evaluation_ok", "satisfaction_rate_pct", "satisfaction_score")
    return {name: getattr(found, name) for name in names}


def report(shift: Shift, id: str, period: str = MONTH) -> Report:
    return make(shift.db, id, period, HALL, at("17:00"))


def test_a_revoked_rating_leaves_the_rated_and_the_due(shift: Shift) -> None:
    (vector,) = vectors("bad_rating.revoke")
    numbers = count(1)
    bodies = [
        given(next(numbers), int(level)) for level, times in vector.inputs["counts"].items() for _ in range(times)
    ]
    ids = dict(zip(record(shift, *bodies), bodies, strict=True))
    for key in (DAY, MONTH):
        assert seen(figures(shift, key)) == vector.expected["before"]
    for level, times in vector.inputs["revoke"].items():
        of_level = [id for id, body in ids.items() if body.level == int(level)][:times]
        record(shift, *(revoked(id, ids[id]) for id in of_level))
    for key in (DAY, MONTH):
        assert seen(figures(shift, key)) == vector.expected["after"]
    rated = report(shift, "R01")
    assert rated.sum_of("rated") == vector.expected["after"]["rated"]
    assert shift.db.value("SELECT count(*) FROM rating") == 100, "the rows stay"
    shift.check()


def test_the_loop_of_cases_in_the_report(shift: Shift) -> None:
    (vector,) = vectors("bad_rating.loop")
    v = vector.inputs
    cases = [opened(n + 1, f"r{n}", named=n < v["real_name"]) for n in range(v["bad"])]
    ids = record(shift, *cases)
    called = [f.CaseContacted(id, ContactResult.REACHED, in_time=n > 0) for n, id in enumerate(ids[: v["called_back"]])]
    ends = [CaseResult.RECTIFIED] * v["rectified_or_explained"] + [CaseResult.REVOKED] * v["revoked_on_appeal"]
    record(shift, *called, *(f.CaseClosed(id, end, in_time=True) for id, end in zip(ids, ends, strict=False)))
    made = report(shift, "R09")
    assert made.notes[0].values["called_pct"] == str(vector.expected["real_name_callback_pct"]) + "0"
    assert made.notes[0].values["closed_pct"] == str(vector.expected["real_name_closed_pct"]) + "0"
    assert made.notes[0].values["counted"] == vector.expected["counted_bad"]
    assert len(made.rows) == v["bad"]
    assert made.values("called")[:2] == ["no", "yes"]
    assert made.values("called")[-1] is None, "nobody is called after an anonymous rating"
    assert made.sum_of("open") == v["bad"] - len(ends)
    shift.check()


def test_the_week_with_its_comments(shift: Shift) -> None:
    for number in (MEI, WEI):
        record(shift, f.GrantSet(number, f.Role.CLERK, HALL))
    record(shift, given(1, 5), given(2, 2), given(3, 4, WEI))
    record(shift, f.CommentWritten(MEI, "2026-W48", "first"), f.CommentWritten(MEI, "2026-W47", "other week"))
    record(shift, f.CommentWritten(MEI, "2026-W48", "careful"))
    made = report(shift, "R16", "2026-W48")
    assert made.values("staff") == [MEI, WEI]
    assert made.values("comment") == ["careful", None]
    assert made.values("rated") == [2, 1]
    assert made.sum_of("bad") == 1
    shift.check()


def test_only_what_is_published_is_told(shift: Shift) -> None:
    kinds = (f.RewardKind.REWARD, f.RewardKind.PENALTY, f.RewardKind.REWARD, f.RewardKind.REWARD)
    ids = record(
        shift, *(f.RewardGiven(MEI, MONTH, kind, f"ground {n}", 10_050 * (n + 1)) for n, kind in enumerate(kinds))
    )
    record(shift, *(f.RewardPublished(id, MEI, MONTH) for id in ids[:3]))
    record(shift, f.RewardWithdrawn(ids[2], MEI, MONTH, "wrong"))
    made = report(shift, "R17")
    assert made.values("ground") == ["ground 0", "ground 1"]
    assert made.values("amount") == [Decimal("100.50"), Decimal("-201.00")]
    assert made.sum_of("amount") == Decimal("-100.50")
    assert made.notes[0].values == {"count": 1, "withdrawn": 1}
    assert made.values("published") == [DAY, DAY]
    shift.check()
