"""What the person shall check, on the mirror: the number he was noted under, what the clerk entered, and his answer."""

from __future__ import annotations

from hallterm.locale import N_, _
from hallterm.screens.counter_words import hh_mm
from hallterm.widgets.cells import cut, fit, width
from hallterm.widgets.lines import Row
from hallterm.workflows.mirror import MirrorView

LABEL_CELLS = 14
ANSWER = N_("Press 1 if it is right, 2 if not; then please tell the clerk")
TELL = N_("If that is wrong, please tell the clerk")
IS_RIGHT = N_("{time} you said: right. Thank you")
IS_WRONG = N_("{time} you said: not right. Please tell the clerk what is wrong")
KEYS = N_("Keys: 1 = right   2 = not right   other keys do nothing")
PRESS_AGAIN = N_("Not noted. Please press again")
RIGHT_KEY, WRONG_KEY = 1, 2


def waits(view: MirrorView) -> bool:
    """Whether the person is asked and his keys count."""
    return view.rates and view.shown is not None and not view.shown.answer


def check_rows(view: MirrorView, cells: int) -> list[Row]:
    """Nothing where there is nothing to check."""
    number = _("Tax number {number}").format(number=view.taxpayer) if view.taxpayer else ""
    text = view.shown.text if view.shown is not None else ""
    if not (number or text):
        return []
    word = f"  {_('Please check')}"
    label = fit(word, max(LABEL_CELLS, width(word) + 2))
    both = "    ".join(part for part in (number, text) if part)
    lines = [both] if width(both) < cells - width(label) else [number, text]
    rows: list[Row] = [
        (label if place == 0 else " " * width(label)) + cut(line, cells - width(label) - 1)
        for place, line in enumerate(lines)
    ]
    return [*rows, "  " + _said(view)]


def _said(view: MirrorView) -> str:
    shown = view.shown
    if shown is None or (not shown.answer and not view.rates):
        return _(TELL)
    if not shown.answer:
        return _(ANSWER)
    return _(IS_RIGHT if shown.answer == "right" else IS_WRONG).format(time=hh_mm(shown.answered_t))
