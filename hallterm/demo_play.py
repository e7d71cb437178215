"""An hour's work at a counter in less than a minute: the real app without a terminal, on real devices, station and centre."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import msgspec

from hallterm.config import WindowSettings
from hallterm.demo_hall import HALL, PASSWORD, STAFF, WINDOW, DemoHall
from hallterm.keys import resolve
from hallterm.locale import N_, _
from storage import views
from storage.database import Database, open_sqlite
from storage.facts import WindowState
from storage.journal import Journal

if TYPE_CHECKING:
    from textual.pilot import Pilot

    from hallterm.wiring import TerminalApp

STATE_S = 30.0
DRAIN_S = 20.0
HAND_S = 0.5
SAVED_S = 2.0
LIST_S = 0.15
"""How long a matter is in hand: shorter than in life, so that an hour's work fits into a minute."""


class Step(msgspec.Struct, frozen=True):
    """One matter: what it shows, the keys from call to finish (``...`` = work in hand), and how many keys count."""

    what: str
    keys: tuple[str, ...]


STEPS: tuple[Step, ...] = (
    Step(N_("the matter the ticket names"), ("f5", "f6", "...", "f8")),
    Step(N_("another matter, by its digit"), ("f5", "4", "...", "f8")),
    Step(N_("another matter, by code"), ("f5", "0", "b", "0", "3", "...", "f8")),
    Step(N_("paused for papers, then on"), ("f5", "f6", "f4", "1", "...", "f4", "...", "f8")),
    Step(N_("a second matter of the same visit"), ("f6", "2", "...", "f8")),
    Step(N_("called, taken back, called again"), ("f5", "backspace", "f5", "f6", "...", "f8")),
    Step(N_("held, another one served"), ("f5", "f6", "...", "ctrl+o", "1", "f5", "f6", "...", "f8")),
    Step(N_("the held one taken back"), ("ctrl+o", "1", "...", "f8")),
    Step(N_("moved to another window, next one served"), ("f5", "ctrl+y", "1", "f5", "f6", "...", "f8")),
    Step(N_("the matter the ticket names"), ("f5", "f6", "...", "f8")),
)


def play() -> int:
    """Play, print what happened; 0 if every fact reached the centre."""
    started = time.monotonic()
    with DemoHall(in_haste=True) as hall:
        print(_("Demonstration hall without a terminal: {folder}").format(folder=hall.folder), flush=True)
        keys = asyncio.run(_play(hall))
        good = _report(hall, keys)
    print(_("{seconds} s in all; the scratch folder is gone").format(seconds=round(time.monotonic() - started)))
    return 0 if good else 1


async def _play(hall: DemoHall) -> list[int]:
    from hallterm.wiring import TerminalApp

    settings = msgspec.structs.replace(hall.settings, window=WindowSettings(WINDOW))
    app = TerminalApp(settings, resolve((), (), WINDOW), "sign_on")
    counts: list[int] = []
    try:
        async with app.run_test(size=(80, 24)) as pilot:
            await _until(lambda: app.screen.id == "sign-on")
            await pilot.pause(0.5)
            await pilot.press(*STAFF, "enter", *PASSWORD, "enter")
            await _until(lambda: app.view is not None and _ready(app))
            for step in STEPS:
                counts.append(await _step(app, pilot, step))
    finally:
        app.storage.close()
    return counts


def _ready(app: TerminalApp) -> bool:
    """The pad of this window answers."""
    view = app.view
    return view is not None and any(d.role == "rating_device" and d.state == "ready" for d in view.health.devices)


async def _step(app: TerminalApp, pilot: Pilot[int], step: Step) -> int:
    pressed = [key for key in step.keys if key != "..."]
    for key in step.keys:
        if key == "...":
            await asyncio.sleep(HAND_S)
            continue
        before = app.view.seq if app.view else 0
        await pilot.press(key)
        await _settled(app, before, key)
    await _until(lambda: _state(app) is WindowState.IDLE)
    view = app.view
    last = view.last if view else None
    words = _(step.what)
    rating = {"rated": _("rated"), "unrated": _("unrated")}.get(last.rating if last else "", "--")
    code = last.matter.code if last and last.matter else "--"
    line = _("{number} {code} {used} s  {rating}  {keys} keys  {what}")
    print(
        line.format(
            number=(last.number if last else "").ljust(5),
            code=code,
            used=last.counted_s if last else 0,
            rating=rating,
            keys=len(pressed),
            what=words,
        ),
        flush=True,
    )
    return len(pressed)


def _state(app: TerminalApp) -> WindowState | None:
    return app.view.window.state if app.view else None


async def _settled(app: TerminalApp, before: int, key: str) -> None:
    """A key that writes has been saved and shown; one that only opens a list has been drawn."""
    until = time.monotonic() + (SAVED_S if key.startswith("f") or key == "backspace" else LIST_S)
    while time.monotonic() < until and not (app.view and app.view.seq > before):
        await asyncio.sleep(0.02)
    await asyncio.sleep(LIST_S)


async def _until(condition: Callable[[], bool]) -> None:
    """Wait for a state of the app; raises TimeoutError."""
    until = time.monotonic() + STATE_S
    while not condition():
        if time.monotonic() > until:
            raise TimeoutError
        await asyncio.sleep(0.05)


def _report(hall: DemoHall, keys: Sequence[int]) -> bool:
    """Print the figures of the day; True when the centre has every fact."""
    journal = Journal.open(hall.folder / "hall.db")
    centre = open_sqlite(hall.folder / "centre" / "centre.db")
    try:
        facts = journal.last_pos()
        until = time.monotonic() + DRAIN_S
        at_centre = _at_centre(journal, centre)
        while at_centre < journal.last_pos() and time.monotonic() < until:
            time.sleep(0.2)
            at_centre = _at_centre(journal, centre)
        db = journal.database
        day = views.last_day(db, HALL)
        today = views.today(db, HALL, STAFF, day)
        tickets = db.value("SELECT count(*) FROM ticket")
        print()
        for label, value in (
            (_("tickets"), tickets),
            (_("services finished"), today.services),
            (_("key presses per service"), f"{sum(keys) / max(1, today.services):.1f}"),
            (_("rated"), today.rated),
            (_("unrated"), today.unrated),
            (_("facts recorded"), facts),
            (_("facts at the centre"), at_centre),
        ):
            print(f"{label:<28}{value:>8}")
        return at_centre >= facts
    finally:
        journal.close()
        centre.close()


def _at_centre(journal: Journal, centre: Database) -> int:
    node = journal.identity.node
    found = centre.value("SELECT count(*) FROM event WHERE node = ?", (node,))
    return int(found or 0)
