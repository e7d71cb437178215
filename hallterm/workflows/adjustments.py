"""Adjustments of frozen months are noted: by the station in the night, or when somebody asks. Noting twice changes nothing."""

from __future__ import annotations

from collections.abc import Sequence

from hallterm.adjusting import changes
from hallterm.locale import N_
from hallterm.rules.day import business_day
from hallterm.rules.periods import month_before
from hallterm.rules.words import Reason
from hallterm.workflows import month_words as words
from hallterm.workflows.months import MonthDone
from storage.facts import AdjustmentMade, Moment, Part
from storage.journal import Journal

LOOKED_BACK = 13
"""So many months: what is older is not looked at again."""
BY_ITSELF = N_("counted anew after the month was frozen")


def note_adjustments(journal: Journal, halls: Sequence[str], now: Moment, actor: str = "-") -> MonthDone:
    """Record what would be otherwise in the frozen months of these halls."""
    months, node = _months(now), journal.identity.node
    if not changes(journal.database, halls, months, now, frozen_by=node):
        return MonthDone(words.NOTHING_ADJUSTED)
    with journal.write(actor, now) as tx:
        found = changes(tx.database, halls, months, now, frozen_by=node)
        for one in found:
            tx.record(
                AdjustmentMade(
                    hall=one.hall,
                    month=one.month,
                    staff=one.staff,
                    adjustment=one.adjustment,
                    reason=BY_ITSELF,
                    part=Part(one.part) if one.part else None,
                    before_centi=one.before_centi,
                    after_centi=one.after_centi,
                )
            )
    return MonthDone(Reason(words.ADJUSTED, {"count": len(found)}))


def _months(now: Moment) -> list[str]:
    this = business_day(now.t)[:7]
    return [month_before(this, back) for back in range(LOOKED_BACK, 0, -1)]
