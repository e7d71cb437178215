"""Facts of what follows a rating: bad-rating cases, appeals, revoked and paper ratings, comments, rewards.

Who the rater is stands in the vault, never here. Due moments are wall ms UTC; money is fen.
"""

from __future__ import annotations

from storage.facts.base import Fact, kind
from storage.facts.hall_sets import AppealDecision, BadRatingClass, CaseResult, ContactResult, RewardKind
from storage.facts.sets import Scale

# bad-rating cases


@kind("case.opened")
class CaseOpened(Fact, frozen=True):
    """A bad rating opens its case by itself, also offline. ``number`` is for people: ``202611-0004``, per hall and month.

    ``contact_by_t`` is 0 when nobody can be called back (anonymous): the case is judged by its record.
    """

    number: str
    rating: str
    service: str
    visit: str
    window: str
    staff: str
    code: str
    day: str
    level: int
    scale: Scale
    real_name: bool
    contact_by_t: int
    measure_by_t: int
    options: tuple[str, ...] = ()
    provisional: bool = False


@kind("case.contacted")
class CaseContacted(Fact, frozen=True):
    """One call-back; ``in_time``: before its due moment."""

    case: str
    result: ContactResult
    in_time: bool
    note: str = ""


@kind("case.classified")
class CaseClassified(Fact, frozen=True):
    """What the rating turned out to be; a complex one has the longer term ``measure_by_t``."""

    case: str
    cls: BadRatingClass
    measure_by_t: int
    cause: str = ""
    provisional: bool = False


@kind("case.measured")
class CaseMeasured(Fact, frozen=True):
    """What is done about it; for a complex one a plan with the day it will be done."""

    case: str
    measure: str
    plan_day: str = ""


@kind("case.closed")
class CaseClosed(Fact, frozen=True):
    """``told``: the rater was told the outcome. ``in_time``: before the due moment of the measure.

    ``after`` are the steps of handling that whoever closed it saw: a case with another one is open again. None, of older
    programs and where an appeal ended it: it stays closed.
    """

    case: str
    result: CaseResult
    in_time: bool
    told: bool = False
    note: str = ""
    after: tuple[str, ...] | None = None


@kind("case.rated_again")
class CaseRatedAgain(Fact, frozen=True):
    """The second rating after the correction: stored beside the first, never instead, and in no figure."""

    case: str
    level: int
    scale: Scale
    text: str = ""


@kind("rater.revealed")
class RaterRevealed(Fact, frozen=True):
    """Somebody looked at the rater's name and number, and why."""

    case: str
    reason: str


# appeals


@kind("appeal.filed")
class AppealFiled(Fact, frozen=True):
    """The rated clerk objects; ``evidence`` names papers and records."""

    case: str
    rating: str
    staff: str
    text: str
    decide_by_t: int
    evidence: tuple[str, ...] = ()
    provisional: bool = False


@kind("appeal.withdrawn")
class AppealWithdrawn(Fact, frozen=True):
    appeal: str
    case: str


@kind("appeal.forwarded")
class AppealForwarded(Fact, frozen=True):
    """The director hands it on, with his word; he does not decide."""

    appeal: str
    case: str
    note: str = ""


@kind("appeal.decided")
class AppealDecided(Fact, frozen=True):
    appeal: str
    case: str
    rating: str
    decision: AppealDecision
    reason: str


# ratings after the fact


@kind("rating.revoked")
class RatingRevoked(Fact, frozen=True):
    """The rating leaves every count, on both sides; the row stays. ``hall`` is the service's, wherever it was decided.

    ``counted``: it was in the figures; a card of a frozen month was in none.
    """

    rating: str
    service: str
    visit: str
    window: str
    staff: str
    hall: str
    code: str
    day: str
    level: int
    scale: Scale
    appeal: str
    reason: str
    counted: bool = True


@kind("rating.card_entered")
class RatingCardEntered(Fact, frozen=True):
    """A paper card, or a late rating, entered by somebody who did not serve. ``card`` is the number on the paper.

    ``replaces`` is the reason for which the service had been unrated. ``frozen``: its month is closed, so that the rating
    is an adjustment and in no figure.
    """

    service: str
    visit: str
    window: str
    staff: str
    code: str
    day: str
    level: int
    scale: Scale
    card: str
    options: tuple[str, ...] = ()
    replaces: str = ""
    exempt_withdrawn: bool = False
    late: bool = False
    frozen: bool = False


# what leaders say and give


@kind("comment.written")
class CommentWritten(Fact, frozen=True):
    """The weekly word on a clerk's work; ``week`` is ISO, ``2026-W48``. A later one for the same week replaces it."""

    staff: str
    week: str
    text: str


@kind("comment.drafted")
class CommentDrafted(Fact, frozen=True):
    """What an assessor proposes to say of a week; nobody but leaders reads it before one of them writes it."""

    staff: str
    week: str
    text: str


@kind("reward.given")
class RewardGiven(Fact, frozen=True):
    """A reward or penalty of a month (``YYYY-MM``), in money or in words."""

    staff: str
    month: str
    reward: RewardKind
    ground: str
    amount_fen: int = 0
    text: str = ""


@kind("reward.published")
class RewardPublished(Fact, frozen=True):
    """Made known inside the hall."""

    reward: str
    staff: str
    month: str


@kind("reward.withdrawn")
class RewardWithdrawn(Fact, frozen=True):
    reward: str
    staff: str
    month: str
    reason: str
