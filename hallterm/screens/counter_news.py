"""What the counter tells once, on row 22, when it begins to be so: a device that went, a pause that must be confirmed."""

from __future__ import annotations

from hallterm.locale import N_, _
from hallterm.rules.day import clock_text, day_clock_text
from hallterm.widgets.health_news import health_news
from hallterm.workflows.seen import CounterView

ENTRY_RIGHT = N_("{time} the taxpayer has checked the entry: it is right")
ENTRY_WRONG = N_("{time} the taxpayer says the entry is WRONG: ask what, correct it, show it again")


def counter_news(before: CounterView | None, view: CounterView, now_t: int) -> tuple[str, bool]:
    """The sentence, or none, and whether it needs a person."""
    if view.confirm_until_t and before is not None and not before.confirm_until_t:
        text = _("This fault pause counts unless the duty leader confirms it until {time}")
        return text.format(time=day_clock_text(view.confirm_until_t)), True
    told = _entry_news(before, view)
    if told:
        return told
    return health_news(before.health if before is not None else None, view.health, now_t)


def _entry_news(before: CounterView | None, view: CounterView) -> tuple[str, bool] | None:
    """What the person has just said of the entry he was shown."""
    now, then = view.entry, before.entry if before is not None else None
    if now is None or then is None or now.id != then.id or then.answer or not now.answer:
        return None
    wrong = now.answer == "wrong"
    text = ENTRY_WRONG if wrong else ENTRY_RIGHT
    return _(text).format(time=clock_text(now.answered_t)), wrong
