"""The second view of the page of the nodes: what was done twice while two PCs of a hall were cut off from each other."""

from __future__ import annotations

from collections.abc import Mapping

from hallterm.locale import N_, _
from hallterm.rules.day import local
from hallterm.screens.technician_page import rule
from hallterm.widgets.cells import cut, fit, folded
from hallterm.widgets.lines import Ink, Row
from hallterm.workflows.doubles_look import Twice
from hallterm.workflows.sync_look import SyncLook

DAY, PLACE, WHAT, SUBJECT, SERVICE = 6, 13, 17, 8, 17
WORDS: Mapping[str, str] = {
    "ticket": N_("ticket twice"),
    "number": N_("number twice"),
    "clerk": N_("clerk at two"),
    "window": N_("window, two"),
}
TODO = N_(
    "Both are kept and both count: nothing was lost. Ask both clerks what happened, and see why the number host was away"
)


def double_rows(look: SyncLook, cells: int, height: int) -> list[Row]:
    """A header, the rows from the newest on, and what to do."""
    more = max(0, cells - 80)
    heads = [fit(_("Day"), DAY), fit(_("Place"), PLACE + more), fit(_("Done twice"), WHAT), fit(_("Whose"), SUBJECT)]
    rows: list[Row] = [" " + "".join(heads) + fit(_("First"), SERVICE) + _("Second")]
    todo = [f" {text}" for text in folded(_(TODO), cells - 2, 2)]
    room = max(1, height - len(todo) - 3)
    rows += [((_row(one, more), Ink.YELLOW),) for one in look.twice[:room]]
    if not look.twice:
        rows.append(" " + _("Nothing was done twice in the last {days} days").format(days=look.twice_days))
    rows += [""] * (height - len(rows) - len(todo) - 1)
    return [cut(row, cells) if isinstance(row, str) else row for row in (*rows, rule(cells), *todo)]


def _row(one: Twice, more: int) -> str:
    what = _(WORDS[one.what]) if one.what in WORDS else one.what
    head = [fit(one.day[5:], DAY), fit(cut(one.place, PLACE + more - 1), PLACE + more), fit(cut(what, WHAT - 1), WHAT)]
    first, second = (_service(*service) for service in (one.first, one.second))
    return " " + "".join(head) + fit(one.subject, SUBJECT) + fit(first, SERVICE) + cut(second, SERVICE)


def _service(window: str, name: str, start_t: int, _end_t: int) -> str:
    """``3 张晓梅 10:12``."""
    return cut(f"{window} {name} {local(start_t):%H:%M}", SERVICE - 1) if start_t else "--"


def twice_text(look: SyncLook, key: str) -> str:
    """One line that says there is such a list; empty without one."""
    if not look.twice:
        return ""
    return _("Done twice while cut off: {count}, the last on {day} ({key} shows them)").format(
        count=len(look.twice), day=look.twice[0].day[5:], key=key
    )
