"""What a technician's pages show: rights and devices from the files, ports and bindings from the machine."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path

from msgspec import Struct

from devices.bindings import Binding, BindingError, load
from devices.ports import PortInfo, candidates
from devices.technician.listing import PortRow, port_rows
from hallterm.config import DEVICES_FILE
from hallterm.rating_scales import scale_at
from hallterm.rules.day import business_day, midnight_t
from hallterm.rules.numbers import window_number
from hallterm.workflows.desk import Desk, Refused
from hallterm.workflows.look import health
from hallterm.workflows.pads import STATION, station_alive
from hallterm.workflows.reference import allowed
from hallterm.workflows.seen import Health
from storage import views
from storage.access import Action
from storage.facts import Moment, Scale
from storage.local import DeviceWord
from storage.views.devices import DeviceDayRow, device_days
from storage.views.presses import RefusedPresses, refused_presses

TREND_DAYS = 5


class Place(Struct, frozen=True):
    """Where a technician stands: folders of the machine and of the data, simulated ports, the PC's own window code.

    ``config`` is the configuration file of this PC, None if there is none.
    """

    machine_folder: Path
    data: Path
    by_id: Path | None = None
    window: str = ""
    config: Path | None = None


class TechnicianLook(Struct, frozen=True):
    """What the storage thread knows. ``windows`` are painted numbers; ``days`` the last five of each device.

    ``refused`` are today's presses that did not count, by window and reason.
    """

    hall: str
    hall_name: str
    staff: str
    may_work: bool
    devices: tuple[DeviceWord, ...]
    days: tuple[DeviceDayRow, ...]
    windows: tuple[int, ...]
    station: bool
    station_pid: int
    skew_ms: int
    health: Health
    refused: tuple[RefusedPresses, ...] = ()
    name: str = ""
    scale: Scale = Scale.FIVE_SEED

    def refused_at(self, window: str, *whys: str) -> int:
        """Presses at a window (as a binding names it) that did not count for one of these reasons."""
        return sum(one.presses for one in self.refused if one.why in whys and same_window(one.window, window))


class Ports(Struct, frozen=True):
    """What the machine has; ``broken`` is why the bindings cannot be read, in the words of their checks."""

    rows: tuple[PortRow, ...] = ()
    bindings: tuple[Binding, ...] = ()
    infos: tuple[PortInfo, ...] = ()
    broken: Mapping[str, str] = {}


def technician_look(desk: Desk, now: Moment) -> TechnicianLook:
    """Read the files; everybody may look, ``may_work`` says who may do more."""
    db, station = desk.journal.database, desk.board.process(STATION)
    person = views.staff(db, desk.staff) if desk.staff else None
    hall, day = views.hall(db, desk.hall), business_day(now.t, views.last_day(db, desk.hall))
    since = (date.fromisoformat(day) - timedelta(days=TREND_DAYS)).isoformat()
    return TechnicianLook(
        hall=desk.hall,
        hall_name=hall.name if hall else desk.hall,
        staff=desk.staff,
        may_work=_may_work(desk),
        devices=tuple(desk.board.devices()),
        days=tuple(device_days(db, since, desk.hall)),
        windows=tuple(window_number(window.code) for window in views.windows(db, desk.hall)),
        station=station_alive(desk, now),
        station_pid=station.pid if station is not None else 0,
        skew_ms=desk.board.sync().skew_ms,
        health=health(desk, now, desk.window),
        refused=tuple(refused_presses(db, desk.hall, midnight_t(day), now.t + 1)),
        name=person.name if person else "",
        scale=scale_at(db, desk.hall, day),
    )


def _may_work(desk: Desk) -> bool:
    try:
        allowed(desk, Action.DEVICES, desk.journal.database)
    except Refused:
        return False
    return True


def read_ports(place: Place, station_pid: int) -> Ports:
    """The ports without opening any, and the bindings of the file; for a worker's thread, it walks /proc."""
    infos = tuple(candidates(place.by_id))
    try:
        bindings, broken = read_bindings(place.machine_folder), {}
    except BindingError as error:
        bindings, broken = (
            (),
            {"table": error.table, "key": error.key, "found": error.found, "expected": error.expected},
        )
    except (OSError, UnicodeDecodeError) as error:
        bindings, broken = (), {"table": DEVICES_FILE, "key": "", "found": type(error).__name__, "expected": "TOML"}
    return Ports(port_rows(infos, bindings, station_pid=station_pid), bindings, infos, broken)


def read_bindings(folder: Path) -> tuple[Binding, ...]:
    """What is bound; nothing without a file. BindingError, OSError."""
    path = folder / DEVICES_FILE
    return load(path.read_text(encoding="utf-8")) if path.exists() else ()


def word_of(look: TechnicianLook, role: str, window: str) -> DeviceWord | None:
    """The device on the board; a binding names its window by its painted number or by its code."""
    return next((one for one in look.devices if one.role == role and same_window(one.window, window)), None)


def same_window(code: str, window: str) -> bool:
    """Whether a window's code is the one that a binding means."""
    if code == window or not window or not code:
        return code == window
    return window.isdigit() and "-" in code and window_number(code) == int(window)
