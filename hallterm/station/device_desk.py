"""The station's side of technicians: ports let go and taken back, cables exchanged, bindings read anew, tampered pads.

A screen or a command asks through the bulletin board (`ask` below) and reads the answer there: `{"ok": true}`, or
`{"ok": false, "why": <code>, ...}`. Why: `unknown_request`, `unknown_device`, `bad_file` (with `table`, `key`, `found`,
`expected`), `not_written`, `no_file`. `let_go` and `take_back` say who asks (`pid`, `start_ticks`): a port goes back by
itself when that process is gone.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from devices import bindings as device_bindings
from devices.bindings import Binding, BindingError
from devices.codecs.htp1_messages import FaultCode
from devices.events import USABLE, DeviceState, PadFault, Role, StateChanged
from devices.manager import DeviceManager
from devices.platform import monotonic_ms
from devices.rating import RatingLedger
from hallterm import bindings_file
from hallterm.config import DEVICES_FILE
from hallterm.station.device_day import DeviceDays
from hallterm.station.ratings import RatingDesk
from storage import clock
from storage.facts import DeviceChanged, Moment
from storage.journal import Journal
from storage.local import Board, is_running
from storage.projections.devices import RELEASED
from storage.views import devices as device_views

log = logging.getLogger(__name__)

SETTLED = frozenset({"ready", "absent", "lost", "denied", "busy", "wrong_device", "quarantined", "disabled", "stale"})
"""Device states worth a fact; the steps in between are not."""
STRAYS = "strays"
"""Why a pad that answers is not well: it presses by itself, or somebody plays with it."""
STRAYS_CALM_MS = 60_000
Borrower = tuple[int, int]
"""A process for ever: its id and its start in ticks."""
Answer = dict[str, Any]
DONE: Answer = {"ok": True}


def ask(board: Board, request: str, role: Role, window: str, now: Moment, **more: str) -> int:
    """Ask the station; `request` is a name of REQUESTS, `by` the staff number, `other` the window to swap with.

    `what` of a swap: "ports" (the cables were exchanged, each pad stays at its counter) or "devices". Returns the number
    under which the board answers.
    """
    return board.request(request, {"role": str(role), "window": window, **more}, now)


class DeviceDesk:
    """Devices of one station: what they say of themselves, and what technicians want of them; station's thread only.

    `codes` and `names` translate windows of bindings into window codes and back; they, and the pads of the rating desk,
    follow each new set of bindings.
    """

    def __init__(
        self, journal: Journal, board: Board, manager: DeviceManager, ratings: RatingDesk, *,
        bindings: tuple[Binding, ...], codes: dict[str, str], names: dict[str, str], pads: dict[str, Binding],
        code_of: Callable[[str], str], machine_folder: Path | None,
    ) -> None:  # fmt: skip
        self.journal, self.board, self.manager, self.ratings = journal, board, manager, ratings
        self.bindings = bindings
        self._codes, self._names, self._pads = codes, names, pads
        self._code_of = code_of
        self._machine_folder = machine_folder
        self._known: dict[tuple[str, str], str] = {}
        self._released_ms: dict[tuple[str, str], int] = {}
        self._straying: set[str] = set()
        self._faults: dict[str, tuple[tuple[int, ...], int]] = {}
        self._loans: dict[tuple[Role, str], Borrower] = {}
        self.days = DeviceDays(journal, board, lambda window: codes.get(window, ""))

    def start(self) -> None:
        """After the manager began: pads that were tampered with are still locked."""
        own = self.journal.identity
        for lock in device_views.locked(self.journal.database, own.hall, own.node):
            self.manager.quarantine(Role(lock.role), self._names.get(lock.window, lock.window))
            self._tampered(lock.window)

    def second(self, now: Moment) -> None:
        """Once a second."""
        self.days.second(self.manager.status(), now)
        for window, last_m in tuple(self.ratings.strays_m.items()):
            self._strays(window, calm=now.m - last_m >= STRAYS_CALM_MS, now=now)
        for place, borrower in tuple(self._loans.items()):
            if not _lives(borrower):
                log.warning("process %d ended without giving a port back (%s %s)", borrower[0], *place)
                del self._loans[place]
                self.manager.take_back(*place)

    # What devices say.

    def state_changed(self, event: StateChanged, now: Moment) -> None:
        """The board shows each state, a fact tells the settled ones; a device no longer bound has none."""
        if not any((one.role, one.window) == (event.role, event.window) for one in self.bindings):
            return
        window = self._codes.get(event.window, "")
        straying = event.role is Role.RATING_DEVICE and window in self._straying and event.state in USABLE
        state, reason = (DeviceState.DEGRADED, STRAYS) if straying else (event.state, event.reason)
        self.board.set_device(event.role, window, state, now.t, reason)
        place = (str(event.role), window)
        if event.state is DeviceState.QUARANTINED and event.t_ms <= self._released_ms.get(place, -1):
            return  # told before the release, heard after it
        if event.state in SETTLED and self._known.get(place) != event.state:
            self._known[place] = event.state
            self._record(DeviceChanged(role=event.role, window=window, state=event.state, reason=event.reason), now)

    def pad_fault(self, event: PadFault, now: Moment) -> None:
        """An open case: nothing of the pad counts from now on; the manager reports its quarantine itself."""
        self._tell_fault(event)
        if event.code == FaultCode.TAMPER and event.detail:
            self._tampered(self._codes.get(event.window, ""), event.pad_serial)

    def _tell_fault(self, event: PadFault) -> None:
        """One line in the log for each change, with how often the one before was told: a pad may repeat it with each frame."""
        fault, (before, times) = (event.code, event.detail), self._faults.get(event.window, ((), 0))
        if fault == before:
            self._faults[event.window] = (before, times + 1)
            return
        words = "rating pad of window %s reports fault %d, detail %d (the one before: %d times)"
        log.warning(words, event.window, *fault, times)
        self._faults[event.window] = (fault, 1)

    def _strays(self, window: str, *, calm: bool, now: Moment) -> None:
        """Too many presses outside any window: on the board and as a fact, for supervisors; until it has been calm."""
        pad = self._pads.get(window)
        if calm or pad is None:
            del self.ratings.strays_m[window]
        if pad is None or calm == (window not in self._straying):
            return
        self._straying.symmetric_difference_update({window})
        known = (one for one in self.manager.status() if (one.role, one.window) == (pad.role, pad.window))
        status = next(known, None)
        if status is None or status.state not in USABLE:
            return  # what is worse is told already
        state, reason = (status.state, status.reason) if calm else (DeviceState.DEGRADED, STRAYS)
        self.board.set_device(pad.role, window, state, now.t, reason)
        self._record(DeviceChanged(role=pad.role, window=window, state=state, reason=reason), now)

    def _tampered(self, window: str, serial: str = "") -> None:
        ledger, pad = self.ratings.ledgers.get(window), self._pads.get(window)
        known = serial or (pad.identity.serial if pad is not None else "")
        if ledger is not None and known:
            ledger.tampered(known)

    def _record(self, fact: DeviceChanged, now: Moment, actor: str = "-") -> None:
        with self.journal.write(actor, now) as tx:
            tx.record(fact)

    # What technicians ask.

    def answer(self, request: str, data: dict[str, Any], now: Moment) -> Answer:
        """Do what was asked of one device; never raises for what somebody typed."""
        work = REQUESTS.get(request)
        if work is None:
            return refused("unknown_request")
        try:
            return work(self, data, now)
        except BindingError as error:
            return refused("bad_file", table=error.table, key=error.key, found=error.found, expected=error.expected)
        except (OSError, UnicodeDecodeError) as error:
            log.error("bindings: %s", type(error).__name__)
            return refused("not_written")

    def let_go(self, data: dict[str, Any], now: Moment) -> Answer:
        """The port is closed for the technician, with everything that shares it; whoever has it keeps it."""
        binding, borrower = self._bound(data), _borrower(data)
        if binding is None:
            return refused("unknown_device")
        place = (binding.role, binding.window)
        if borrower is not None and (place not in self._loans or not _lives(self._loans[place])):
            self._loans[place] = borrower
        self.manager.let_go(*place)
        return DONE

    def take_back(self, data: dict[str, Any], now: Moment) -> Answer:
        """What somebody else has is not taken from them."""
        binding, borrower = self._bound(data), _borrower(data)
        if binding is None:
            return refused("unknown_device")
        place = (binding.role, binding.window)
        holder = self._loans.get(place)
        if holder is None or borrower in (None, holder) or not _lives(holder):
            self._loans.pop(place, None)
            self.manager.take_back(*place)
        return DONE

    def release(self, data: dict[str, Any], now: Moment) -> Answer:
        """A technician has looked at a tampered pad; who it was is recorded."""
        binding = self._bound(data)
        if binding is None:
            return refused("unknown_device")
        window = self._codes.get(binding.window, "")
        self.manager.release(binding.role, binding.window)
        ledger = self.ratings.ledgers.get(window)
        if ledger is not None:
            ledger.release(binding.identity.serial)
        self._released_ms[str(binding.role), window] = monotonic_ms()
        state = self._known.pop((str(binding.role), window), "")
        fact = DeviceChanged(role=binding.role, window=window, state=state, reason=RELEASED)
        self._record(fact, now, str(data.get("by") or "-"))
        return DONE

    def swap(self, data: dict[str, Any], now: Moment) -> Answer:
        """Two devices of a role change ports (or places); the file is rewritten, only these two are opened anew."""
        one, other = self._bound(data), self._bound({**data, "window": data.get("other")})
        if one is None or other is None or one is other:
            return refused("unknown_device")
        field = "identity" if data.get("what") == "devices" else "port"
        first = msgspec.structs.replace(one, **{field: getattr(other, field)})
        second = msgspec.structs.replace(other, **{field: getattr(one, field)})
        changed = tuple({id(one): first, id(other): second}.get(id(binding), binding) for binding in self.bindings)
        return self._write(changed, self.bindings)

    def rebind(self, data: dict[str, Any], now: Moment) -> Answer:
        """Other bindings, as TOML text; checked, written as far as they differ from ``base``, and in force at once."""
        base = device_bindings.load(str(data["base"])) if "base" in data else None
        return self._write(device_bindings.load(str(data.get("toml", ""))), base)

    def reload(self, data: dict[str, Any], now: Moment) -> Answer:
        """The file was written by somebody else."""
        if self._machine_folder is None:
            return refused("no_file")
        path = self._machine_folder / DEVICES_FILE
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        self.use(device_bindings.load(text))
        return DONE

    def use(self, bindings: tuple[Binding, ...]) -> None:
        """From now on these bindings; what did not change is not disturbed."""
        before = {(binding.role, binding.window): binding for binding in self.bindings}
        after = {(binding.role, binding.window): binding for binding in bindings}
        self._codes.update({binding.window: self._code_of(binding.window) for binding in bindings})
        self._names.update({self._codes[binding.window]: binding.window for binding in bindings if binding.window})
        self._pads.clear()
        self._pads.update({self._codes[b.window]: b for b in bindings if b.role is Role.RATING_DEVICE})
        for window in self._pads:
            self.ratings.ledgers.setdefault(window, RatingLedger())
        self.bindings = bindings
        self.manager.rebind(bindings)
        for (role, name), binding in before.items():
            window = self._codes.get(name, "")
            if after.get((role, name)) != binding:
                self.days.forget(role, window)
                self._known.pop((str(role), window), None)
            if (role, name) not in after:
                self.board.forget_device(role, window)

    def _write(self, bindings: tuple[Binding, ...], base: tuple[Binding, ...] | None) -> Answer:
        """Checked first, written second, used third: a file that cannot be written changes nothing."""
        device_bindings.check(bindings)
        if self._machine_folder is not None:
            bindings = bindings_file.write(self._machine_folder, bindings, base)
        self.use(bindings)
        return DONE

    def bound(self, role: str, window: str) -> Binding | None:
        """The binding meant, its window by code or by painted number; from any thread."""
        named = self._names.get(window, window)
        return next((b for b in self.bindings if b.role == role and b.window == named), None)

    def port_of(self, binding: Binding) -> str:
        """The name of the port that the device was last found at, "" before; from any thread."""
        known = (one for one in self.manager.status() if (one.role, one.window) == (binding.role, binding.window))
        status = next(known, None)
        return status.port if status is not None else ""

    def _bound(self, data: dict[str, Any]) -> Binding | None:
        return self.bound(str(data.get("role") or ""), str(data.get("window") or ""))


def _borrower(data: dict[str, Any]) -> Borrower | None:
    """Who asks, if they say so."""
    pid, ticks = data.get("pid"), data.get("start_ticks")
    return (pid, ticks) if isinstance(pid, int) and isinstance(ticks, int) else None


def _lives(borrower: Borrower) -> bool:
    pid, ticks = borrower
    return is_running(pid, clock.BOOT, ticks)


def refused(why: str, **more: str) -> Answer:
    """The answer to a request that was not done."""
    return {"ok": False, "why": why, **more}


Work = Callable[[DeviceDesk, dict[str, Any], Moment], Answer]
REQUESTS: dict[str, Work] = {
    "let_go": DeviceDesk.let_go,
    "take_back": DeviceDesk.take_back,
    "release": DeviceDesk.release,
    "swap": DeviceDesk.swap,
    "rebind": DeviceDesk.rebind,
    "reload": DeviceDesk.reload,
}
"""What a technician may ask of the station."""
