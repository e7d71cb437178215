"""The page of the matters in a centre's editor: what holds for a place and all below it, from which day on."""

from __future__ import annotations

import msgspec

from hallterm.locale import N_, _, language
from hallterm.rules.words import Reason
from hallterm.screens.editor_page import Input, Item, Page, Texts
from hallterm.screens.editor_pages import NOT_A_LIMIT
from hallterm.screens.editor_settings import DAYS
from hallterm.widgets.cells import right
from hallterm.workflows import centre_editing
from hallterm.workflows.centre_lists import CentreLists, MatterLine
from hallterm.workflows.desk import Desk, Done, Refused
from hallterm.workflows.reference import as_fact, checked_matter, read_matter
from hallterm.workflows.setting_changes import TODAY, today_of
from storage import views
from storage.access import Action
from storage.facts import Moment, ServiceTypeSet
from storage.vault import Vault

LATER = N_("from {day}: {name}, {limit} min")
HIDDEN_LATER = N_("from {day}: hidden")
BEGINS = N_("begins on {day}")
NOT_A_CHOICE = Reason(N_("places below: 1 may have their own, 2 may not"))
YES, NO = "1", "2"
OWN = Input("own", N_("Below: 1 own, 2 not"), 2)
FROM = Input("from", N_("From 1 today, 2 tomorrow"), 11)


def _matter_items(view: CentreLists) -> list[Item]:
    return [
        Item(
            one.matter.code,
            (
                one.matter.code,
                one.matter.name_zh if language() == "zh_CN" else one.matter.name_en,
                right(str(one.matter.limit_min), 5),
                _holds_from(one),
                one.at or "*",
                _("yes") if one.may_override else _("no"),
            ),
            not one.matter.hidden,
            {
                "code": one.matter.code,
                "name": one.matter.name_zh,
                "limit": str(one.matter.limit_min),
                "ref": one.matter.tax_core_ref,
                "from": one.later_day if one.later is None and one.later_day else "1",
                "own": YES if one.may_override else NO,
                "place": view.place,
            },
            about=_later(one),
            digits=("from", "own"),
        )
        for one in view.matters
    ]


def _holds_from(one: MatterLine) -> str:
    return one.since or _("always")


def _later(one: MatterLine) -> tuple[str, ...]:
    """What is decided for a later day, in words."""
    if one.later is None:
        return (_(BEGINS).format(day=one.later_day),) if one.later_day else ()
    if one.later.hidden:
        return (_(HIDDEN_LATER).format(day=one.later_day),)
    name = one.later.name_zh if language() == "zh_CN" else one.later.name_en or one.later.name_zh
    return (_(LATER).format(day=one.later_day, name=name, limit=one.later.limit_min),)


def _save_matter(desk: Desk, _vault: Vault, now: Moment, texts: Texts, is_new: bool) -> Done:
    limit = texts["limit"].strip()
    if not (limit.isascii() and limit.isdigit() and len(limit) <= 4):
        raise Refused(NOT_A_LIMIT)
    code = texts["code"].strip().upper()
    if is_new:
        words = {"code": code, "name_zh": texts["name"], "name_en": "", "limit_min": limit}
        fact = read_matter({**words, "tax_core_ref": texts["ref"].strip()})
    else:
        ref = texts["ref"].strip()
        changed = {"limit_min": int(limit), "name_zh": texts["name"].strip(), "tax_core_ref": ref}
        fact = checked_matter(msgspec.structs.replace(_known_matter(desk, texts["place"], code, now), **changed))
    first = texts["from"].strip() or TODAY
    return _put_matter(desk, fact, texts["place"], own_below(texts["own"]), now, DAYS.get(first, first))


def _toggle_matter(desk: Desk, now: Moment, item: Item) -> Done:
    fact = msgspec.structs.replace(_known_matter(desk, item.texts["place"], item.key, now), hidden=item.active)
    return _put_matter(desk, fact, item.texts["place"], item.texts["own"] == YES, now)


def _known_matter(desk: Desk, place: str, code: str, now: Moment) -> ServiceTypeSet:
    """What holds today, else what will."""
    db = desk.journal.database
    known = views.matter(db, place, code, day=today_of(db, desk.hall, now)) or views.matter(db, place, code)
    if known is None:
        raise Refused(Reason(centre_editing.NO_MATTER, {"code": code[:4]}))
    return as_fact(known)


def _put_matter(
    desk: Desk, fact: ServiceTypeSet, place: str, may_override: bool, now: Moment, first: str = TODAY
) -> Done:
    return Done(
        centre_editing.put_matters(
            desk.journal, [fact], place, now, may_override=may_override, first=first, by=desk.staff
        )
    )


def own_below(text: str) -> bool:
    """Whether places below may have their own; raises Refused."""
    if text.strip() not in (YES, NO):
        raise Refused(NOT_A_CHOICE)
    return text.strip() == YES


MATTERS_PAGE = Page(
    N_("Matters"),
    Action.EDIT_CATALOGUE,
    (N_("Code"), N_("Matter"), N_("Limit"), N_("From day"), N_("Set at"), N_("Own")),
    (5, 30, 5, 10, 11, 4),
    (
        Input("code", N_("Code"), 5, fixed=True),
        Input("name", N_("Matter"), 50),
        Input("limit", N_("Limit"), 5),
        Input("ref", N_("Tax software's name (- none)"), 32),
        FROM,
        OWN,
    ),
    _matter_items,
    _save_matter,
    _toggle_matter,
    N_("Hide {key}? {again} again within 3 seconds"),
    lambda: _("own matters take codes from 50 up, such as B50; limit 1-240 minutes"),
)
