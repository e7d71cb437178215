"""The page of the calendar in a centre's editor: announced years from a table, and days on which a hall is closed."""

from __future__ import annotations

from pathlib import Path

from hallterm.locale import N_, _
from hallterm.rules.words import Reason
from hallterm.screens.editor_page import Input, Item, Page, Texts
from hallterm.workflows.centre_calendar import import_calendar, set_closing_day
from hallterm.workflows.centre_lists import CentreLists
from hallterm.workflows.desk import Desk, Done, Refused
from storage.access import Action
from storage.facts import Moment
from storage.vault import Vault

ONLY_AGAIN = Reason(N_("an announced year is replaced by importing its table again"))


def _items(view: CentreLists) -> list[Item]:
    closing = [
        Item(
            f"{one.hall} {one.day}",
            (one.day, one.name or "--", _("closed")),
            True,
            {"day": one.day, "name": one.name, "place": one.hall},
        )
        for one in view.closing
    ]
    years = [
        Item(
            f"{one.year} {one.scope}",
            (
                str(one.year),
                one.source or "--",
                _("{count} days, {scope}").format(count=len(one.days), scope=one.scope),
            ),
            True,
            {},
            refused=ONLY_AGAIN,
        )
        for one in view.years
    ]
    return [*closing, *years]


def _save(desk: Desk, _vault: Vault, now: Moment, texts: Texts, _is_new: bool) -> Done:
    file = texts["file"].strip()
    if file:
        return Done(import_calendar(desk.journal, Path(file), texts["place"], now, by=desk.staff))
    day, name = texts["day"].strip(), texts["name"]
    return Done(set_closing_day(desk.journal, texts["place"], day, now, name=name, by=desk.staff))


def _open_again(desk: Desk, now: Moment, item: Item) -> Done:
    if item.refused is not None:
        raise Refused(item.refused)
    texts = item.texts
    done = set_closing_day(desk.journal, texts["place"], texts["day"], now, closed=False, by=desk.staff)
    return Done(done)


DAYS_PAGE = Page(
    N_("Days off"),
    Action.EDIT_SETTINGS,
    (N_("Day or year"), N_("Name or file"), N_("What it is")),
    (12, 38, 22),
    (
        Input("day", N_("Closed on"), 12, fixed=True),
        Input("name", N_("Why it is closed"), 30),
        Input("file", N_("Or a table (CSV)"), 44),
    ),
    _items,
    _save,
    _open_again,
    N_("{key}: work as usual? {again} again within 3 seconds"),
    lambda: _("a day of this hall, or the path of a table of a year: columns day, kind, name"),
)
