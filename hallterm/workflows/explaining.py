"""Why a level was given: asked after the rating is kept, of its own fact, so that nothing said here can lose a level.

Whatever takes ratings may bring reasons: the second screen by digits, a device that sends codes with its level. Rule 8.3.
"""

from __future__ import annotations

from msgspec import Struct

from hallterm.locale import N_
from hallterm.option_list import shipped_options
from hallterm.rules.option_codes import (
    EXPLAIN_S,
    LATE_S,
    OptionRow,
    codes_refusal,
    needs_one,
    options_on,
    plain_text,
)
from hallterm.rules.ratings import level_of
from hallterm.rules.words import Reason
from hallterm.workflows.desk import Refused
from hallterm.workflows.visit_rating import RATED
from storage.database import Database
from storage.facts import Moment, RatingExplained, Scale
from storage.journal import Journal
from storage.views import ServiceRow, mirror

NO_RATING = Reason(N_("there is no rating to give reasons for"))
SAID_ALREADY = Reason(N_("the reasons of this rating are noted already. Thank you"))
TOO_LATE = Reason(N_("the time to say why is over. Thank you for rating"))


class Why(Struct, frozen=True):
    """A bad level that has no reasons yet, and those that can be given; ``until_t`` wall ms UTC."""

    rating: str
    scale: Scale
    level: int
    options: tuple[OptionRow, ...]
    until_t: int

    @property
    def needed(self) -> bool:
        return needs_one(self.options)

    @property
    def label(self) -> str:
        return level_of(self.scale, self.level).label


def why_asked(db: Database, service: ServiceRow, now: Moment) -> Why | None:
    """What the person may still say of the rating of this service; None when there is nothing to ask."""
    found = mirror.rated(db, service.id, "" if service.rating == RATED else service.visit)
    if found is None or not 0 <= now.t - found.at_t < EXPLAIN_S * 1000:
        return None
    options = options_on(shipped_options(), found.scale, found.level, found.day)
    if not _is_bad(found.scale, found.level) or not options or mirror.reason(db, found.id) is not None:
        return None
    return Why(found.id, found.scale, found.level, options, found.at_t + EXPLAIN_S * 1000)


def _is_bad(scale: Scale, level: int) -> bool:
    try:
        return level_of(scale, level).bad
    except ValueError:
        return False


def explain(
    journal: Journal, rating: str, codes: tuple[str, ...], now: Moment, *, window: str, pad: str, text: str = ""
) -> str:
    """Keep the reasons of a rating given at this window, once; the fact's id. Raises Refused."""
    with journal.write("-", now) as tx:
        found = mirror.rating(tx.database, rating)
        if found is None or found.window != window:
            raise Refused(NO_RATING)
        if mirror.reason(tx.database, rating) is not None:
            raise Refused(SAID_ALREADY)
        if now.t - found.at_t > (EXPLAIN_S + LATE_S) * 1000:
            raise Refused(TOO_LATE)
        refused = codes_refusal(options_on(shipped_options(), found.scale, found.level, found.day), codes)
        if refused is not None:
            raise Refused(refused)
        return tx.record(
            RatingExplained(
                rating=rating,
                service=found.service,
                staff=found.staff,
                day=found.day,
                level=found.level,
                scale=found.scale,
                codes=codes,
                text=plain_text(text),
                pad=pad,
            )
        )
