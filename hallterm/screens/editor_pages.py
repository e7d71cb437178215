"""The pages of the editor as data: what is listed, which fields a row has, what saving and removing do."""

from __future__ import annotations

from collections.abc import Mapping

from hallterm.locale import N_, _, language
from hallterm.rules.numbers import window_number
from hallterm.rules.words import Reason
from hallterm.screens.editor_page import Input, Item, Page, Texts
from hallterm.screens.editor_settings import SETTINGS_PAGE
from hallterm.widgets.cells import right
from hallterm.workflows import reference
from hallterm.workflows.desk import Desk, Done, Refused
from hallterm.workflows.reference import HALL_ROLES, ReferenceView, StaffDraft
from hallterm.workflows.setup import WindowSpec
from hallterm.workflows.sign_on import reset_password
from hallterm.workflows.ticketing import GROUPS, group_name
from storage.access import Action
from storage.facts import Moment, Role
from storage.vault import Vault

ROLE_NAMES: Mapping[Role, str] = {
    Role.CLERK: N_("clerk"),
    Role.GUIDE: N_("guide"),
    Role.DUTY_LEADER: N_("leader"),
    Role.HALL_DIRECTOR: N_("director"),
    Role.ASSESSOR: N_("assessor"),
    Role.TECHNICIAN: N_("tech"),
    Role.POINT_CLERK: N_("point"),
    Role.ADMIN: N_("admin"),
}
NOT_A_NUMBER = Reason(N_("a window has a number from 1 to 99"))
NOT_A_LIMIT = Reason(N_("the limit is a whole number of minutes"))
NO_SUCH_ROLE = Reason(N_("roles are digits of the list above the fields"))


# staff


def _staff_items(view: ReferenceView) -> list[Item]:
    return [
        Item(
            one.number,
            (one.number, one.name, _(", ").join(_(ROLE_NAMES[role]) for role in one.roles) or "--"),
            one.active,
            {
                "number": one.number,
                "name": one.name,
                "roles": "".join(str(HALL_ROLES.index(role) + 1) for role in one.roles),
            },
        )
        for one in view.staff
    ]


def _roles(text: str) -> tuple[Role, ...]:
    digits = text.replace(" ", "").replace(",", "")
    if not all(digit.isascii() and digit.isdigit() and 1 <= int(digit) <= len(HALL_ROLES) for digit in digits):
        raise Refused(NO_SUCH_ROLE)
    return tuple(HALL_ROLES[int(digit) - 1] for digit in dict.fromkeys(digits))


def _save_staff(desk: Desk, vault: Vault, now: Moment, texts: Texts, is_new: bool) -> Done:
    draft = StaffDraft(
        texts["number"].strip().upper(), texts["name"], _roles(texts["roles"]), password=texts["password"]
    )
    if is_new:
        return reference.add_staff(desk, vault, draft, now)
    done = reference.change_staff(desk, draft, now)
    return reset_password(desk, vault, draft.number, draft.password, now) if draft.password else done


def _toggle_staff(desk: Desk, now: Moment, item: Item) -> Done:
    roles = _roles(item.texts["roles"])
    return reference.change_staff(desk, StaffDraft(item.key, item.texts["name"], roles, active=not item.active), now)


def _role_help() -> str:
    return "  ".join(f"{n} {_(ROLE_NAMES[role])}" for n, role in enumerate(HALL_ROLES, 1))


# windows


def _window_items(view: ReferenceView) -> list[Item]:
    return [
        Item(
            one.code,
            (str(window_number(one.code)), one.name, " ".join(one.primary_groups), " ".join(one.secondary_groups)),
            one.active,
            {
                "number": str(window_number(one.code)),
                "primary": "".join(one.primary_groups),
                "secondary": "".join(one.secondary_groups),
            },
        )
        for one in view.windows
    ]


def _letters(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(letter for letter in text.upper() if letter not in " ,"))


def _spec(texts: Texts) -> WindowSpec:
    number = texts["number"].strip()
    if not (number.isascii() and number.isdigit() and len(number) <= 2):
        raise Refused(NOT_A_NUMBER)
    primary = _letters(texts["primary"])
    return WindowSpec(int(number), primary, tuple(one for one in _letters(texts["secondary"]) if one not in primary))


def _save_window(desk: Desk, _vault: Vault, now: Moment, texts: Texts, is_new: bool) -> Done:
    spec = _spec(texts)
    return reference.add_window(desk, spec, now) if is_new else reference.change_window(desk, spec, now)


def _toggle_window(desk: Desk, now: Moment, item: Item) -> Done:
    return reference.change_window(desk, _spec(item.texts), now, active=not item.active)


def _group_help() -> str:
    return " ".join(f"{prefix}{group_name(prefix)}" for prefix in GROUPS)


# matters


def _matter_items(view: ReferenceView) -> list[Item]:
    return [
        Item(
            one.code,
            (one.code, one.name_zh if language() == "zh_CN" else one.name_en, right(str(one.limit_min), 5)),
            not one.hidden,
            {"code": one.code, "name": one.name_zh, "limit": str(one.limit_min), "ref": one.tax_core_ref},
        )
        for one in view.matters
    ]


def _save_matter(desk: Desk, _vault: Vault, now: Moment, texts: Texts, is_new: bool) -> Done:
    limit = texts["limit"].strip()
    if is_new:
        return reference.add_matter(desk, texts["code"], texts["name"], limit, now, tax_core_ref=texts["ref"])
    if not (limit.isascii() and limit.isdigit() and len(limit) <= 4):
        raise Refused(NOT_A_LIMIT)
    name, ref = texts["name"], texts["ref"]
    return reference.change_matter(desk, texts["code"], now, limit_min=int(limit), name_zh=name, tax_core_ref=ref)


def _toggle_matter(desk: Desk, now: Moment, item: Item) -> Done:
    return reference.change_matter(desk, item.key, now, hidden=item.active)


def _code_help() -> str:
    return _("own matters take codes from 50 up, such as B50; limit 1-240 minutes")


PAGES: tuple[Page, ...] = (
    Page(
        N_("Staff"),
        Action.EDIT_STAFF,
        (N_("Staff no."), N_("Name"), N_("Roles")),
        (12, 16, 44),
        (
            Input("number", N_("Staff no."), 12, fixed=True),
            Input("name", N_("Name"), 20),
            Input("roles", N_("Roles"), 12),
            Input("password", N_("First password"), 16, secret=True),
        ),
        _staff_items,
        _save_staff,
        _toggle_staff,
        N_("{key} signs on no more? {again} again within 3 seconds"),
        _role_help,
    ),
    Page(
        N_("Windows"),
        Action.EDIT_WINDOWS,
        (N_("No."), N_("Window name"), N_("Calls first"), N_("Calls then")),
        (4, 14, 24, 24),
        (
            Input("number", N_("No."), 4, fixed=True),
            Input("primary", N_("Calls first"), 16),
            Input("secondary", N_("Calls then"), 16),
        ),
        _window_items,
        _save_window,
        _toggle_window,
        N_("Window {key} out of use? {again} again within 3 seconds"),
        _group_help,
    ),
    Page(
        N_("Matters"),
        Action.EDIT_CATALOGUE,
        (N_("Code"), N_("Matter"), N_("Limit")),
        (5, 58, 5),
        (
            Input("code", N_("Code"), 5, fixed=True),
            Input("name", N_("Matter"), 50),
            Input("limit", N_("Limit"), 5),
            Input("ref", N_("Tax software's name (- none)"), 32),
        ),
        _matter_items,
        _save_matter,
        _toggle_matter,
        N_("Hide {key}? {again} again within 3 seconds"),
        _code_help,
    ),
    SETTINGS_PAGE,
)
