"""What the counter tells once, on row 22, when it begins to be so: a device that went, a pause that must be confirmed."""

from __future__ import annotations

from hallterm.locale import _
from hallterm.rules.day import day_clock_text
from hallterm.widgets.health_news import health_news
from hallterm.workflows.seen import CounterView


def counter_news(before: CounterView | None, view: CounterView, now_t: int) -> tuple[str, bool]:
    """The sentence, or none, and whether it needs a person."""
    if view.confirm_until_t and before is not None and not before.confirm_until_t:
        text = _("This fault pause counts unless the duty leader confirms it until {time}")
        return text.format(time=day_clock_text(view.confirm_until_t)), True
    return health_news(before.health if before is not None else None, view.health, now_t)
