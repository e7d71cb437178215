"""Projections of what follows a rating: cases, appeals, revoked and paper ratings, comments, rewards.

A fact of a case may be recorded at another place than the hall: rows are keyed by the id alone.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from storage import facts as f
from storage.figures import add_sums
from storage.projections.counter import SERVICE_RATING
from storage.projections.ratings import UNRATED_NOW
from storage.projections.register import Placed, projects
from storage.statements import Step, largest, latest, opening

ID = ("id",)
SEEN = "-"
"""Before the steps that a closing names, so that one that names none differs from one that cannot tell."""
CASE = "rating_case"
OPENED = opening(
    CASE,
    ID,
    (
        *("hall", "number", "rating", "service", "visit", "window", "staff", "code", "day", "level", "scale"),
        *("real_name", "options", "contact_by_t", "measure_by_t", "opened_provisional", "opened_t"),
    ),
)
CONTACTED = latest(CASE, ID, ("contact", "contacted_t"), "contact_ord")
IN_TIME = largest(CASE, ID, "contact_in_time")
CLASSIFIED = latest(CASE, ID, ("cls", "cause", "due_t", "due_provisional"), "class_ord")
MEASURED = latest(CASE, ID, ("measure", "plan_day", "measured_t"), "measure_ord")
CLOSED = latest(CASE, ID, ("result", "closed_in_time", "told", "closed_t", "after_steps"), "close_ord")
AGAIN = latest(CASE, ID, ("again_level", "again_text", "again_t"), "again_ord")
STEP = opening("case_step", ID, ("case_id", "kind", "word", "note", "by", "at_t", "after_steps", "step_ord"))
FILED = opening(
    "appeal",
    ID,
    ("case_id", "rating", "staff", "text", "evidence", "decide_by_t", "provisional", "filed_t", "filed_ord"),
)
WITHDRAWN = largest("appeal", ID, "withdrawn_t")
FORWARDED = latest("appeal", ID, ("forwarded_t", "forwarded_by", "forward_note"), "forward_ord")
DECIDED = latest("appeal", ID, ("decision", "reason", "decided_by", "decided_t"), "decide_ord")
REVOKED = latest("revoked_rating", ("rating",), ("service", "hall", "day", "reason", "by", "at_t"))
CARD = opening(
    "rating_card",
    ID,
    (
        *("hall", "service", "visit", "window", "staff", "code", "day", "level", "scale", "card", "options"),
        *("late", "frozen", "by", "at_t"),
    ),
)
COMMENT = latest("weekly_comment", ("hall", "staff", "week"), ("text", "by", "at_t"))
DRAFT = latest("weekly_comment", ("hall", "staff", "week"), ("draft", "draft_by", "draft_t"), order="draft_ord")
GIVEN = opening("reward", ID, ("hall", "staff", "month", "reward", "ground", "amount_fen", "text", "by", "given_t"))
PUBLISHED = latest("reward", ID, ("published_t", "published_by"), "publish_ord")
TAKEN_BACK = latest("reward", ID, ("withdrawn_t", "withdrawn_reason"), "withdraw_ord")


def step(p: Placed, case: str, word: str = "", note: str = "", after: str = "") -> Step:
    """A line of the case's course; ``after``: the steps that a closing has seen."""
    return Step(STEP, (p.id, case, p.fact.kind, word, note, p.actor, p.t, after, p.ord))


# cases


@projects(f.CaseOpened)
def case_opened(p: Placed) -> Iterator[Step]:
    d = p.fact
    what = (d.number, d.rating, d.service, d.visit, d.window, d.staff, d.code, d.day, d.level, d.scale.value)
    terms = (int(d.real_name), " ".join(d.options), d.contact_by_t, d.measure_by_t, int(d.provisional))
    yield Step(OPENED, (p.id, p.hall, *what, *terms, p.t))
    yield step(p, p.id)


@projects(f.CaseContacted)
def case_contacted(p: Placed) -> Iterator[Step]:
    d = p.fact
    yield Step(CONTACTED, (d.case, d.result.value, p.t, p.ord))
    yield Step(IN_TIME, (d.case, int(d.in_time)))
    yield step(p, d.case, d.result.value, d.note)


@projects(f.CaseClassified)
def case_classified(p: Placed) -> Iterator[Step]:
    d = p.fact
    yield Step(CLASSIFIED, (d.case, d.cls.value, d.cause, d.measure_by_t, int(d.provisional), p.ord))
    yield step(p, d.case, d.cls.value, d.cause)


@projects(f.CaseMeasured)
def case_measured(p: Placed) -> Iterator[Step]:
    d = p.fact
    yield Step(MEASURED, (d.case, d.measure, d.plan_day, p.t, p.ord))
    yield step(p, d.case, d.plan_day, d.measure)


@projects(f.CaseClosed)
def case_closed(p: Placed) -> Iterator[Step]:
    """Whether a step was not seen is told when the case is read: steps and closings may come in any order."""
    d = p.fact
    after = "" if d.after is None else " ".join((SEEN, *d.after))
    yield Step(CLOSED, (d.case, d.result.value, int(d.in_time), int(d.told), p.t, after, p.ord))
    yield step(p, d.case, d.result.value, d.note, after)


@projects(f.CaseRatedAgain)
def case_rated_again(p: Placed) -> Iterator[Step]:
    d = p.fact
    yield Step(AGAIN, (d.case, d.level, d.text, p.t, p.ord))
    yield step(p, d.case, str(d.level), d.text)


@projects(f.RaterRevealed)
def rater_revealed(p: Placed) -> Iterator[Step]:
    yield step(p, p.fact.case, "", p.fact.reason)


# appeals


@projects(f.AppealFiled)
def appeal_filed(p: Placed) -> Iterator[Step]:
    d = p.fact
    terms = (" ".join(d.evidence), d.decide_by_t, int(d.provisional), p.t, p.ord)
    yield Step(FILED, (p.id, d.case, d.rating, d.staff, d.text, *terms))
    yield step(p, d.case, "", d.text)


@projects(f.AppealWithdrawn)
def appeal_withdrawn(p: Placed) -> Iterator[Step]:
    yield Step(WITHDRAWN, (p.fact.appeal, p.t))
    yield step(p, p.fact.case)


@projects(f.AppealForwarded)
def appeal_forwarded(p: Placed) -> Iterator[Step]:
    d = p.fact
    yield Step(FORWARDED, (d.appeal, p.t, p.actor, d.note, p.ord))
    yield step(p, d.case, "", d.note)


@projects(f.AppealDecided)
def appeal_decided(p: Placed) -> Iterator[Step]:
    d = p.fact
    yield Step(DECIDED, (d.appeal, d.decision.value, d.reason, p.actor, p.t, p.ord))
    yield step(p, d.case, d.decision.value, d.reason)


# ratings after the fact


@projects(f.RatingRevoked)
def rating_revoked(p: Placed) -> Iterator[Step]:
    """It leaves the rated and the due alike: the sums lose it on both sides."""
    d = p.fact
    yield Step(REVOKED, (d.rating, d.service, d.hall, d.day, d.reason, p.actor, p.t, p.ord))
    if d.counted:
        yield from add_sums(replace(p, hall=d.hall), {"rated": -1, f"level_{d.level}": -1})


@projects(f.RatingCardEntered)
def rating_card_entered(p: Placed) -> Iterator[Step]:
    """One of a closed month is in no figure: what it would change is an adjustment."""
    d = p.fact
    what = (d.service, d.visit, d.window, d.staff, d.code, d.day, d.level, d.scale.value, d.card, " ".join(d.options))
    yield Step(CARD, (p.id, p.hall, *what, int(d.late), int(d.frozen), p.actor, p.t))
    yield Step(SERVICE_RATING, (d.service, "rated", p.ord))
    if d.replaces and not d.frozen:
        yield Step(UNRATED_NOW, (d.service, d.replaces, int(d.exempt_withdrawn), "", "", 1, p.ord))
    if not d.frozen:
        sums = {"rated": 1, f"level_{d.level}": 1}
        if d.replaces:
            sums |= {"unrated": -1, "exempt": -int(d.exempt_withdrawn)}
        yield from add_sums(p, sums)


# what leaders say and give


@projects(f.CommentWritten)
def comment_written(p: Placed) -> Iterator[Step]:
    d = p.fact
    yield Step(COMMENT, (p.hall, d.staff, d.week, d.text, p.actor, p.t, p.ord))


@projects(f.CommentDrafted)
def comment_drafted(p: Placed) -> Iterator[Step]:
    d = p.fact
    yield Step(DRAFT, (p.hall, d.staff, d.week, d.text, p.actor, p.t, p.ord))


@projects(f.RewardGiven)
def reward_given(p: Placed) -> Iterator[Step]:
    d = p.fact
    what = (d.staff, d.month, d.reward.value, d.ground, d.amount_fen, d.text)
    yield Step(GIVEN, (p.id, p.hall, *what, p.actor, p.t))


@projects(f.RewardPublished)
def reward_published(p: Placed) -> Iterator[Step]:
    yield Step(PUBLISHED, (p.fact.reward, p.t, p.actor, p.ord))


@projects(f.RewardWithdrawn)
def reward_withdrawn(p: Placed) -> Iterator[Step]:
    yield Step(TAKEN_BACK, (p.fact.reward, p.t, p.fact.reason, p.ord))
