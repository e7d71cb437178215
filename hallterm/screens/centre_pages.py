"""The pages of a centre's editor as data: places, people, roles, matters, settings; each change holds from a place down."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from hallterm.locale import N_, _
from hallterm.rules.words import Reason
from hallterm.screens.centre_days import DAYS_PAGE
from hallterm.screens.centre_matters import FROM, MATTERS_PAGE, NO, OWN, own_below
from hallterm.screens.editor_page import Input, Item, Page, Texts
from hallterm.screens.editor_pages import ROLE_NAMES
from hallterm.screens.editor_settings import DAYS, setting_item
from hallterm.workflows import centre_editing
from hallterm.workflows.centre_lists import CentreLists
from hallterm.workflows.desk import Desk, Done, Refused
from hallterm.workflows.setting_changes import SettingDone, SettingDraft, change_setting
from storage import views
from storage.access import Action, Level, level
from storage.facts import HallKind, Moment, Role
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
NOT_A_KIND = Reason(N_("1 is a hall, 2 a service point"))
NOT_A_ROLE = Reason(N_("a role is one digit of the list above the fields"))


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


# settings


def _setting_items(view: CentreLists) -> list[Item]:
    found = [setting_item(line, view.settings_refused) for line in view.settings]
    return [msgspec.structs.replace(one, texts={**one.texts, "own": NO}, digits=(*one.digits, "own")) for one in found]


def _save_setting(desk: Desk, _vault: Vault, now: Moment, texts: Texts, _is_new: bool) -> SettingDone:
    first = texts["from"].strip()
    draft = SettingDraft(texts["key"], texts["value"], DAYS.get(first, first), texts["place"], own_below(texts["own"]))
    return change_setting(desk, draft, now)


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
    MATTERS_PAGE,
    Page(
        N_("Settings"),
        Action.EDIT_SETTINGS,
        (N_("Hall setting"), N_("In force"), N_("Default"), N_("From day")),
        (22, 24, 14, 11),
        (
            Input("title", N_("Hall setting"), 30, fixed=True),
            Input("value", N_("New value"), 44),
            FROM,
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
