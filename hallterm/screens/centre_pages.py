"""The pages of a centre's editor as data: places, people, roles, matters, settings; each change holds from a place down."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from hallterm.locale import N_, _, language
from hallterm.rules.words import Reason
from hallterm.screens.centre_days import DAYS_PAGE
from hallterm.screens.editor_page import Input, Item, Page, Texts
from hallterm.screens.editor_pages import NOT_A_LIMIT, ROLE_NAMES
from hallterm.screens.editor_settings import DAYS, setting_item
from hallterm.widgets.cells import right
from hallterm.workflows import centre_editing
from hallterm.workflows.centre_lists import CentreLists
from hallterm.workflows.desk import Desk, Done, Refused
from hallterm.workflows.reference import as_fact, read_matter
from hallterm.workflows.setting_changes import SettingDone, SettingDraft, change_setting
from storage import views
from storage.access import Action, Level, level
from storage.facts import HallKind, Moment, Role, ServiceTypeSet
from storage.vault import Vault
from storage.views import HallRow

KINDS: Mapping[str, HallKind] = {"1": HallKind.HALL, "2": HallKind.POINT}
KIND_NAMES: Mapping[HallKind, str] = {HallKind.HALL: N_("hall"), HallKind.POINT: N_("point")}
LEVEL_NAMES: Mapping[Level, str] = {Level.CITY: N_("city"), Level.DISTRICT: N_("district")}
ROLES: tuple[Role, ...] = (
    *(Role.CLERK, Role.GUIDE, Role.DUTY_LEADER, Role.HALL_DIRECTOR, Role.ASSESSOR, Role.TECHNICIAN, Role.POINT_CLERK),
    *(Role.ADMIN, Role.BUREAU_LEADER, Role.COLLECTION_DEPT),
)
"""By digit: 1-9, and 0 for the last."""
NAMES: Mapping[Role, str] = {
    **ROLE_NAMES,
    Role.BUREAU_LEADER: N_("bureau"),
    Role.COLLECTION_DEPT: N_("collection"),
}
YES, NO = "1", "2"
NOT_A_KIND = Reason(N_("1 is a hall, 2 a service point"))
NOT_A_ROLE = Reason(N_("a role is one digit of the list above the fields"))
NOT_A_CHOICE = Reason(N_("places below: 1 may have their own, 2 may not"))


def _done(reason: Reason) -> Done:
    return Done(reason)


# places


def _place_items(view: CentreLists) -> list[Item]:
    return [
        Item(
            one.hall.code,
            (one.hall.code, one.hall.name, _kind(one.hall), one.parent or "--"),
            True,
            {
                "code": one.hall.code,
                "name": one.hall.name,
                "kind": "2" if one.hall.hall_kind is HallKind.POINT else "1",
                "parent": one.parent,
            },
            about=(_("F4 works at this place: its people, roles, matters, settings"),),
            digits=("kind",),
        )
        for one in view.places
    ]


def _kind(hall: HallRow) -> str:
    height = level(hall.code)
    return _(LEVEL_NAMES[height]) if height in LEVEL_NAMES else _(KIND_NAMES[hall.hall_kind])


def _save_place(desk: Desk, _vault: Vault, now: Moment, texts: Texts, _is_new: bool) -> Done:
    kind = KINDS.get(texts["kind"].strip())
    if kind is None:
        raise Refused(NOT_A_KIND)
    code, parent = texts["code"].strip(), texts["parent"].strip()
    return _done(
        centre_editing.put_hall(desk.journal, code, texts["name"], parent, now, kind=kind.value, by=desk.staff)
    )


# people


def _people_items(view: CentreLists) -> list[Item]:
    return [
        Item(
            one.number,
            (one.number, one.name, one.hall),
            one.active,
            {"number": one.number, "name": one.name, "hall": one.hall},
        )
        for one in view.people
    ]


def _save_person(desk: Desk, vault: Vault, now: Moment, texts: Texts, is_new: bool) -> Done:
    number = texts["number"].strip().upper()
    known = views.staff(desk.journal.database, number)
    if is_new and known is not None:
        raise Refused(Reason(centre_editing.NUMBER_TAKEN, {"number": number, "name": known.name}))
    return _done(
        centre_editing.put_staff(
            desk.journal,
            vault,
            number,
            texts["name"],
            texts["hall"].strip() or ("" if known else texts["place"]),
            now,
            active=known is None or known.active,
            password=texts["password"],
            by=desk.staff,
        )
    )


def _toggle_person(desk: Desk, now: Moment, item: Item) -> Done:
    return _done(
        centre_editing.put_staff(
            desk.journal,
            _vault_of(desk),
            item.key,
            item.texts["name"],
            item.texts["hall"],
            now,
            active=not item.active,
            password="",
            by=desk.staff,
        )
    )


def _vault_of(desk: Desk) -> Vault:
    assert desk.vault is not None  # the desk of a screen has one
    return desk.vault


# roles


def _grant_items(view: CentreLists) -> list[Item]:
    return [
        Item(
            f"{one.number} {one.role} {one.place}",
            (one.number, one.name, _(NAMES[Role(one.role)]) if one.role in _ROLE_VALUES else one.role, one.place),
            True,
            {"number": one.number, "role": one.role, "at": one.place},
            refused=ONLY_ENDED,
        )
        for one in view.grants
    ]


_ROLE_VALUES = frozenset(role.value for role in NAMES)
ONLY_ENDED = Reason(N_("a role is given or ended, not changed"))


def _save_grant(desk: Desk, _vault: Vault, now: Moment, texts: Texts, _is_new: bool) -> Done:
    digit = texts["role"].strip()
    if not (len(digit) == 1 and digit in "1234567890"):
        raise Refused(NOT_A_ROLE)
    role = ROLES[(int(digit) - 1) % 10]
    number, place = texts["number"].strip().upper(), texts["at"].strip() or texts["place"]
    return _done(centre_editing.put_grant(desk.journal, number, role.value, place, now, by=desk.staff))


def _end_grant(desk: Desk, now: Moment, item: Item) -> Done:
    texts = item.texts
    return _done(
        centre_editing.put_grant(
            desk.journal, texts["number"], texts["role"], texts["at"], now, ended=True, by=desk.staff
        )
    )


def _role_help() -> str:
    return " ".join(f"{n % 10}{_(NAMES[role])}" for n, role in enumerate(ROLES, 1))


# matters


def _matter_items(view: CentreLists) -> list[Item]:
    return [
        Item(
            one.matter.code,
            (
                one.matter.code,
                one.matter.name_zh if language() == "zh_CN" else one.matter.name_en,
                right(str(one.matter.limit_min), 5),
                one.at or "*",
                _("yes") if one.may_override else _("no"),
            ),
            not one.matter.hidden,
            {
                "code": one.matter.code,
                "name": one.matter.name_zh,
                "limit": str(one.matter.limit_min),
                "own": YES if one.may_override else NO,
                "place": view.place,
            },
            digits=("own",),
        )
        for one in view.matters
    ]


def _save_matter(desk: Desk, _vault: Vault, now: Moment, texts: Texts, is_new: bool) -> Done:
    limit = texts["limit"].strip()
    if not (limit.isascii() and limit.isdigit() and len(limit) <= 4):
        raise Refused(NOT_A_LIMIT)
    code = texts["code"].strip().upper()
    if is_new:
        fact = read_matter({"code": code, "name_zh": texts["name"], "name_en": "", "limit_min": limit})
    else:
        changed = {"limit_min": int(limit), "name_zh": texts["name"].strip()}
        fact = msgspec.structs.replace(_known_matter(desk, texts["place"], code), **changed)
    return _put_matter(desk, fact, texts["place"], _may_override(texts["own"]), now)


def _toggle_matter(desk: Desk, now: Moment, item: Item) -> Done:
    fact = msgspec.structs.replace(_known_matter(desk, item.texts["place"], item.key), hidden=item.active)
    return _put_matter(desk, fact, item.texts["place"], item.texts["own"] == YES, now)


def _known_matter(desk: Desk, place: str, code: str) -> ServiceTypeSet:
    known = views.matter(desk.journal.database, place, code)
    if known is None:
        raise Refused(Reason(centre_editing.NO_MATTER, {"code": code[:4]}))
    return as_fact(known)


def _put_matter(desk: Desk, fact: ServiceTypeSet, place: str, may_override: bool, now: Moment) -> Done:
    return _done(centre_editing.put_matters(desk.journal, [fact], place, now, may_override=may_override, by=desk.staff))


def _may_override(text: str) -> bool:
    if text.strip() not in (YES, NO):
        raise Refused(NOT_A_CHOICE)
    return text.strip() == YES


# settings


def _setting_items(view: CentreLists) -> list[Item]:
    found = [setting_item(line, view.settings_refused) for line in view.settings]
    return [msgspec.structs.replace(one, texts={**one.texts, "own": NO}, digits=(*one.digits, "own")) for one in found]


def _save_setting(desk: Desk, _vault: Vault, now: Moment, texts: Texts, _is_new: bool) -> SettingDone:
    first = texts["from"].strip()
    draft = SettingDraft(
        texts["key"], texts["value"], DAYS.get(first, first), texts["place"], _may_override(texts["own"])
    )
    return change_setting(desk, draft, now)


OWN = Input("own", N_("Below: 1 own, 2 not"), 2)
CENTRE_PAGES: tuple[Page, ...] = (
    Page(
        N_("Places"),
        Action.EDIT_STAFF,
        (N_("Code"), N_("Place name"), N_("Kind"), N_("Under")),
        (12, 34, 12, 12),
        (
            Input("code", N_("Code"), 12, fixed=True),
            Input("name", N_("Place name"), 30),
            Input("kind", N_("1 hall, 2 point"), 2),
            Input("parent", N_("Under"), 12),
        ),
        _place_items,
        _save_place,
        None,
        "",
        lambda: _("a city or district has 6 digits, a hall 9; what it stands under only if its code does not say"),
        grows=True,
    ),
    Page(
        N_("Staff"),
        Action.EDIT_STAFF,
        (N_("Staff no."), N_("Name"), N_("Belongs to")),
        (12, 44, 16),
        (
            Input("number", N_("Staff no."), 12, fixed=True),
            Input("name", N_("Name"), 20),
            Input("hall", N_("Belongs to"), 12),
            Input("password", N_("First password"), 16, secret=True),
        ),
        _people_items,
        _save_person,
        _toggle_person,
        N_("{key} signs on no more? {again} again within 3 seconds"),
        lambda: _("a password is sent only to the halls where the person has a role"),
    ),
    Page(
        N_("Roles"),
        Action.EDIT_STAFF,
        (N_("Staff no."), N_("Name"), N_("Role"), N_("At place")),
        (12, 30, 16, 12),
        (
            Input("number", N_("Staff no."), 12, fixed=True),
            Input("role", N_("Role"), 2),
            Input("at", N_("At place"), 12),
        ),
        _grant_items,
        _save_grant,
        _end_grant,
        N_("{key}: end it? {again} again within 3 seconds"),
        _role_help,
    ),
    Page(
        N_("Matters"),
        Action.EDIT_CATALOGUE,
        (N_("Code"), N_("Matter"), N_("Limit"), N_("Set at"), N_("Own")),
        (5, 42, 5, 11, 4),
        (
            Input("code", N_("Code"), 5, fixed=True),
            Input("name", N_("Matter"), 50),
            Input("limit", N_("Limit"), 5),
            OWN,
        ),
        _matter_items,
        _save_matter,
        _toggle_matter,
        N_("Hide {key}? {again} again within 3 seconds"),
        lambda: _("own matters take codes from 50 up, such as B50; limit 1-240 minutes"),
    ),
    Page(
        N_("Settings"),
        Action.EDIT_SETTINGS,
        (N_("Hall setting"), N_("In force"), N_("Default"), N_("From day")),
        (22, 24, 14, 11),
        (
            Input("title", N_("Hall setting"), 30, fixed=True),
            Input("value", N_("New value"), 44),
            Input("from", N_("From 1 today, 2 tomorrow"), 11),
            OWN,
        ),
        _setting_items,
        _save_setting,
        None,
        "",
        lambda: "",
        everybody=True,
    ),
    DAYS_PAGE,
)
