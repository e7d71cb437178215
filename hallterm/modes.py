"""The screens of a terminal as one table: how each is made, who may open it, its place in the menu and in the mode.

A **mode** is the numbered pages of row 1 that digits switch: a row with a ``number`` is such a page. A page of the menu has
the id of its action as ``menu``. Both are listed only where the grants of the person allow one of the row's ``actions``: at a
hall's PC in that hall, at a centre anywhere. A page that is not built has no row here, and nobody is told of it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from enum import IntFlag
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct

from hallterm.locale import N_
from hallterm.widgets.host import ModePage
from storage.access import CASES_ACTIONS, Action, Grant, Level, anywhere, level, may

if TYPE_CHECKING:
    from hallterm.config import Settings
    from hallterm.store import Viewer
    from hallterm.widgets.frame import FrameScreen
    from hallterm.workflows.sign_on import SignedOn
    from hallterm.workflows.technician.look import Place

ASSESSMENT, MY_ASSESSMENT = "assessment", "my_assessment"
SIGN_ON, COUNTER, SETUP, KIOSK, BOARD, EDITOR, TICKETS, TECHNICIAN, DEVICES, MODE_MENU, PRESSES = (
    *("sign_on", "counter", "setup", "kiosk", "board", "editor", "tickets", "technician", "devices", "mode_menu"),
    "presses",
)
HALL: Final = "hall_page"
CITY_BOARD: Final = "city_board"
ATTENDANCE, MY_LEAVE, MY_ATTENDANCE = "attendance", "my_leave", "my_attendance"
CASES, MY_OPINIONS = "cases", "my_opinions"
CENTRE_CASES, CENTRE_ATTENDANCE = "centre_cases", "centre_attendance"
SYNC, CENTRE_EDITOR, CENTRE_SETUP = "sync", "centre_editor", "centre_setup"
OUTAGES, BACK_ENTRY, CENTRE_OUTAGES = "outages", "back_entry", "centre_outages"
REPORTS: Final = "reports"
RECONCILE: Final = "reconcile"
MY_FIGURES: Final = "my_figures"
CITY: Final = "city"
MATTERS, ABOUT = "matters", "about"
MIRROR: Final = "mirror"
SIMULATORS: Final = "HALLTERM_SIMULATORS"


class Where(IntFlag):
    """On what kind of PC a screen is of use."""

    HALL = 1
    CENTRE = 2
    BOTH = 3


class Row(Struct, frozen=True, kw_only=True):
    """One screen. ``make`` and ``view`` are ``module:name``, imported when the screen is first shown: nobody waits at the
    sign-on for what others need. ``arguments`` are what the screen is made with, ``view`` what the storage thread reads
    while it is shown (``roomy_view`` on a large terminal); a screen without one asks by itself.

    ``actions`` empty: everybody; ``leads``: the same for its page of the mode, where that is for fewer people than the
    menu. ``at_window``: only for who sits at one; ``own``: a page of the person's own records;
    ``above``: only for a grant above the hall. ``home`` orders where
    people land who have no window: the least one they may open, 0 none of it.
    """

    make: str
    arguments: Callable[[Settings], tuple[Any, ...]] = lambda _settings: ()
    view: str = ""
    roomy_view: str = ""
    menu: str = ""
    actions: frozenset[Action] = frozenset()
    leads: frozenset[Action] = frozenset()
    number: int = 0
    label: str = ""
    where: Where = Where.HALL
    at_window: bool = False
    own: bool = False
    above: bool = False
    home: int = 0


def _place(settings: Settings) -> Place:
    from hallterm.workflows.technician.look import Place

    simulated = os.environ.get(SIMULATORS)
    by_id = Path(simulated) if simulated else None
    return Place(settings.machine_folder, settings.data.path, by_id, settings.window.code, settings.file)


SCREENS: Mapping[str, Row] = {
    SIGN_ON: Row(
        make="hallterm.screens.sign_on:SignOnScreen",
        arguments=lambda settings: (settings.window.code,),
        view="hallterm.screens.sign_on:SignOnLook",
        where=Where.BOTH,
    ),
    COUNTER: Row(
        make="hallterm.screens.counter:CounterScreen",
        view="hallterm.workflows.look:look",
        roomy_view="hallterm.screens.counter_wide:WideLook",
    ),
    SETUP: Row(
        make="hallterm.screens.setup:SetupScreen",
        arguments=lambda settings: (settings.machine_folder,),
    ),
    CENTRE_SETUP: Row(
        make="hallterm.screens.centre_setup:CentreSetupScreen",
        where=Where.CENTRE,
    ),
    KIOSK: Row(
        make="hallterm.screens.kiosk:KioskScreen",
        view="hallterm.workflows.ticketing:kiosk_view",
    ),
    BOARD: Row(
        make="hallterm.screens.board:BoardScreen",
        view="hallterm.screens.board:read_board",
    ),
    MIRROR: Row(
        make="hallterm.screens.mirror:MirrorScreen",
        arguments=lambda settings: (settings.window.code,),
        view="hallterm.workflows.mirror:MirrorLook",
    ),
    MATTERS: Row(
        make="hallterm.screens.reading:MattersScreen",
        menu="catalogue",
    ),
    EDITOR: Row(
        make="hallterm.screens.editor:EditorScreen",
        menu="catalogue",
        actions=frozenset({Action.EDIT_STAFF, Action.EDIT_CATALOGUE, Action.EDIT_SETTINGS}),
        home=2,
    ),
    CENTRE_EDITOR: Row(
        make="hallterm.screens.centre_editor:CentreEditorScreen",
        menu="reference",
        actions=frozenset({Action.EDIT_STAFF, Action.EDIT_CATALOGUE, Action.EDIT_SETTINGS}),
        where=Where.CENTRE,
        home=20,
    ),
    TICKETS: Row(
        make="hallterm.screens.kiosk_desk:DeskKiosk",
        view="hallterm.workflows.ticketing:kiosk_view",
        menu="tickets.issue",
        at_window=True,
    ),
    TECHNICIAN: Row(
        make="hallterm.screens.technician:TechnicianScreen",
        arguments=lambda settings: (_place(settings),),
        view="hallterm.workflows.technician.look:technician_look",
        menu="technician",
        actions=frozenset({Action.DEVICES}),
        home=3,
    ),
    DEVICES: Row(
        make="hallterm.screens.technician_status:DeviceStatusScreen",
        arguments=lambda settings: (_place(settings),),
        view="hallterm.workflows.technician.look:technician_look",
        menu="devices",
        leads=frozenset({Action.DEVICES}),
        number=7,
        label=N_("7Devices"),
    ),
    ABOUT: Row(
        make="hallterm.screens.reading:ProgramScreen",
        arguments=lambda settings: (settings,),
        menu="about",
    ),
    MODE_MENU: Row(make="hallterm.screens.mode_menu:ModeMenuScreen", where=Where.BOTH),
    PRESSES: Row(
        make="hallterm.screens.presses:PressesScreen",
        menu="presses",
        actions=frozenset({Action.SEE_PRESS_PATTERNS}),
    ),
    HALL: Row(
        make="hallterm.screens.hall_board:HallBoardScreen",
        view="hallterm.workflows.hall_look:hall_board",
        menu="hall",
        actions=frozenset({Action.DISPATCH}),
        number=1,
        label=N_("1Hall"),
        home=1,
    ),
    CITY_BOARD: Row(
        make="hallterm.screens.city_board:CityBoardScreen",
        actions=frozenset({Action.SEE_RANKING}),
        number=1,
        label=N_("1Halls"),
        where=Where.CENTRE,
    ),
    ATTENDANCE: Row(
        make="hallterm.screens.attendance:AttendanceScreen",
        arguments=lambda settings: (settings.data.path,),
        actions=frozenset({Action.SEE_ATTENDANCE}),
        number=2,
        label=N_("2Attend"),
    ),
    CENTRE_ATTENDANCE: Row(
        make="hallterm.screens.of_a_hall:CentreAttendanceScreen",
        arguments=lambda settings: (settings.data.path,),
        actions=frozenset({Action.SEE_ATTENDANCE}),
        number=2,
        label=N_("2Attend"),
        where=Where.CENTRE,
    ),
    MY_LEAVE: Row(
        make="hallterm.screens.my_leave:MyLeaveScreen",
        menu="my.leave",
        actions=frozenset({Action.REQUEST_LEAVE}),
        own=True,
    ),
    MY_ATTENDANCE: Row(
        make="hallterm.screens.my_attendance:MyAttendanceScreen",
        menu="my.attendance",
        actions=frozenset({Action.SEE_ATTENDANCE}),
        own=True,
    ),
    RECONCILE: Row(
        make="hallterm.screens.reconcile:ReconcileScreen",
        arguments=lambda settings: (settings,),
        menu="reconcile",
        actions=frozenset({Action.IMPORT}),
    ),
    REPORTS: Row(
        make="hallterm.screens.reports:ReportsScreen",
        arguments=lambda settings: (settings,),
        menu="reports",
        actions=frozenset({Action.SEE_FIGURES}),
        number=4,
        label=N_("4Reports"),
        where=Where.BOTH,
        home=22,
    ),
    MY_FIGURES: Row(
        make="hallterm.screens.reports:ReportsScreen",
        arguments=lambda settings: (settings, MY_FIGURES),
        menu="my.today",
        actions=frozenset({Action.SEE_OWN_FIGURES}),
        own=True,
    ),
    ASSESSMENT: Row(
        make="hallterm.screens.assessment:AssessmentScreen",
        actions=frozenset({Action.SEE_SCORES, Action.SEE_RANKING}),
        number=3,
        label=N_("3Score"),
        where=Where.BOTH,
        home=18,
    ),
    MY_ASSESSMENT: Row(
        make="hallterm.screens.assessment:MyAssessmentScreen",
        menu="my.assessment",
        actions=frozenset({Action.SEE_OWN_FIGURES}),
        own=True,
    ),
    OUTAGES: Row(
        make="hallterm.screens.outages:OutageScreen",
        menu="fault.report",
        actions=frozenset({Action.DECLARE_FAULT}),
        own=True,
    ),
    CENTRE_OUTAGES: Row(
        make="hallterm.screens.of_a_hall:CentreOutagesScreen",
        menu="fault.report",
        actions=frozenset({Action.DECLARE_FAULT}),
        where=Where.CENTRE,
    ),
    BACK_ENTRY: Row(
        make="hallterm.screens.outages:BackEntryScreen",
        menu="back_entry",
        actions=frozenset({Action.BACK_ENTER, Action.CONFIRM_BACK_ENTRY}),
        own=True,
    ),
    CASES: Row(
        make="hallterm.screens.cases:CasesScreen",
        menu="cases",
        actions=CASES_ACTIONS,
        number=5,
        label=N_("5Cases"),
    ),
    CENTRE_CASES: Row(
        make="hallterm.screens.of_a_hall:CentreCasesScreen",
        actions=CASES_ACTIONS,
        number=5,
        label=N_("5Cases"),
        where=Where.CENTRE,
    ),
    MY_OPINIONS: Row(
        make="hallterm.screens.my_opinions:MyOpinionsScreen",
        menu="my.opinions",
        actions=frozenset({Action.SERVE}),
        own=True,
    ),
    CITY: Row(
        make="hallterm.screens.city:CityScreen",
        arguments=lambda settings: (settings,),
        menu="city",
        actions=frozenset({Action.SEE_FIGURES}),
        above=True,
    ),
    SYNC: Row(
        make="hallterm.screens.sync_page:SyncScreen",
        arguments=lambda settings: (settings,),
        menu="sync",
        actions=frozenset({Action.SEE_NODES}),
        number=6,
        label=N_("6Sync"),
        where=Where.BOTH,
        home=16,
    ),
}
"""Every screen by its name."""


GOES_ON: Final = frozenset({HALL, TECHNICIAN, DEVICES, SYNC, OUTAGES, CENTRE_OUTAGES, BACK_ENTRY, CITY})
"""Pages that old rights do not shut: dispatch, devices, faults, the sync itself, and what the centre itself answers."""


def named(target: str) -> Any:
    """What ``module:name`` names; the module is imported now."""
    module, _colon, name = target.partition(":")
    return getattr(import_module(module), name)


def makers(settings: Settings) -> dict[str, Callable[[], FrameScreen]]:
    """How each screen is made."""
    return {name: partial(_made, row, settings) for name, row in SCREENS.items()}


def _made(row: Row, settings: Settings) -> FrameScreen:
    screen: FrameScreen = named(row.make)(*row.arguments(settings))
    return screen


def viewer(name: str, roomy: bool, settings: Settings) -> Viewer | None:
    """What the storage thread reads while a screen is shown; the others ask by themselves."""
    row = SCREENS[name]
    target = row.roomy_view if roomy and row.roomy_view else row.view
    found: Viewer | None = named(target) if target else None
    return found(*row.arguments(settings)) if isinstance(found, type) else found


def allowed(signed: SignedOn, hall: str) -> list[str]:
    """The screens this person may open, by name; ``hall`` is that of the PC, empty at a centre."""
    here = Where.HALL if hall else Where.CENTRE
    return [
        name
        for name, row in SCREENS.items()
        if row.where & here and (row.menu or row.number) and _opens(row, signed, hall)
    ]


def _opens(row: Row, signed: SignedOn, hall: str) -> bool:
    if row.at_window:
        return bool(signed.window)
    if row.above:
        return _one_of(row.actions, (one for one in signed.grants if level(one.node) > Level.HALL), hall)
    return not row.actions or _one_of(row.actions, signed.grants, hall, own=row.own)


def _one_of(actions: Iterable[Action], grants: Iterable[Grant], hall: str, *, own: bool = False) -> bool:
    held = list(grants)
    return any(may(held, action, hall, own=own) if hall else anywhere(held, action) for action in actions)


def is_office(name: str) -> bool:
    """Whether a page waits for a sync where the rights are old: not what serves people, nor the way to the sync."""
    row = SCREENS[name]
    return bool(row.actions) and not row.own and name not in GOES_ON


def home_of(signed: SignedOn, hall: str) -> str:
    """Where a person lands: at the window, else on the first page of what the roles open."""
    if signed.window:
        return COUNTER
    homes = [name for name in allowed(signed, hall) if SCREENS[name].home]
    if homes:
        return min(homes, key=lambda name: SCREENS[name].home)
    return EDITOR if hall else MODE_MENU


def menu_pages(signed: SignedOn, hall: str, open_page: Callable[[str], None]) -> dict[str, Callable[[], None]]:
    """What the menu may open for this person, by the id of its action; of two screens of one action the later."""
    return {SCREENS[name].menu: partial(open_page, name) for name in allowed(signed, hall) if SCREENS[name].menu}


def mode_pages(signed: SignedOn, hall: str, open_page: Callable[[str], None]) -> tuple[ModePage, ...]:
    """The numbered pages of this person, in order."""
    rows = ((SCREENS[name], name) for name in allowed(signed, hall))
    found = [
        ModePage(row.number, row.label, name, partial(open_page, name))
        for row, name in rows
        if row.number and _one_of(row.leads or row.actions, signed.grants, hall)
    ]
    return tuple(sorted(found, key=lambda page: page.number))
