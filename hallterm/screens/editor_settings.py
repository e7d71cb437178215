"""The page of the settings: what holds here and since when; another value from today or from tomorrow on."""

from __future__ import annotations

from hallterm.locale import N_, _
from hallterm.rules.settings_table import editable, shown, takes
from hallterm.rules.words import Reason
from hallterm.screens.editor_page import Input, Item, Page, Texts
from hallterm.workflows.desk import Desk
from hallterm.workflows.reference import ReferenceView
from hallterm.workflows.setting_changes import (
    TODAY,
    TOMORROW,
    SettingDone,
    SettingDraft,
    SettingLine,
    change_setting,
)
from storage.access import Action
from storage.facts import Moment
from storage.vault import Vault

DAYS = {"1": TODAY, "2": TOMORROW}
NOT_SET = "--"
LATER = N_("From {day}: {value}")


def _items(view: ReferenceView) -> list[Item]:
    return [setting_item(line, view.settings_refused) for line in view.settings]


def setting_item(line: SettingLine, refused: Reason | None) -> Item:
    """One setting as a row; ``refused`` is why the person may not change any."""
    one = line.setting
    since = line.since or (_("always") if line.is_set else NOT_SET)
    about = [_(one.explanation)]
    if line.next_day:
        about.append(_(LATER).format(day=line.next_day, value=shown(one, line.next_value)))
    refused = line.decided or refused
    if refused is not None:
        about.append(refused.text())
    return Item(
        key=one.name,
        columns=(_(one.title), shown(one, line.value), shown(one, one.default), since),
        active=True,
        texts={"title": _(one.title), "value": editable(one, line.value), "from": "1"},
        about=tuple(about),
        takes=takes(one).text(),
        refused=refused,
        digits=("from", "value") if one.choices else ("from",),
    )


def _save(desk: Desk, _vault: Vault, now: Moment, texts: Texts, _is_new: bool) -> SettingDone:
    first = texts["from"].strip()
    return change_setting(desk, SettingDraft(texts["key"], texts["value"], DAYS.get(first, first)), now)


SETTINGS_PAGE = Page(
    N_("Settings"),
    Action.EDIT_SETTINGS,
    (N_("Hall setting"), N_("In force"), N_("Default"), N_("From day")),
    (22, 24, 14, 11),
    (
        Input("title", N_("Hall setting"), 30, fixed=True),
        Input("value", N_("New value"), 44),
        Input("from", N_("From 1 today, 2 tomorrow"), 11),
    ),
    _items,
    _save,
    None,
    "",
    lambda: "",
    everybody=True,
)
