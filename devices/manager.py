"""All serial devices of a PC behind thread-safe calls; runs on a thread of its own.

Events come to `on_event` from that thread: return quickly, never call back into `stop`.
"""

import asyncio
import contextlib
import logging
import threading
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Final, TypeVar

from devices import platform
from devices.bindings import Binding
from devices.card import CardReading
from devices.events import DeviceState, DeviceStatus, Event, LampPattern, Role, Timing
from devices.link import TransportFactory
from devices.port import SerialPort
from devices.ports import PortInfo, candidates
from devices.scanner import PortScanner
from devices.slot import DeviceSlot
from devices.slots import Slots
from devices.ticket import PrintResult, TicketDoc

TIMEOUT_LEAST_S: Final = 1
TIMEOUT_MOST_S: Final = 60
STOP_SLOTS_S: Final = 1.2
STOP_TASKS_S: Final = 0.1
STOP_TELLS: Final = 3
STOP_THREAD_S: Final = 0.4

log = logging.getLogger(__name__)

ResultT = TypeVar("ResultT", PrintResult, CardReading)


class DeviceManager:
    """Opens only ports that are bound, one slot a binding; ready for calls once `start` has returned."""

    def __init__(
        self,
        bindings: Iterable[Binding],
        on_event: Callable[[Event], None],
        clock: Callable[[], int] = platform.monotonic_ms,
        *,
        by_id: Path | None = None,
        timing: Timing | None = None,
        scan: Callable[[], list[PortInfo]] | None = None,
        transport: TransportFactory = SerialPort,
    ) -> None:
        self._bindings = tuple(bindings)
        self._on_event = on_event
        self._timing = timing or Timing()
        self._loop = asyncio.new_event_loop()
        self._scanner = PortScanner(scan or partial(candidates, by_id), self._scanned, self._scan_interval_s)
        self._slots = Slots(clock, self._emit, self._timing, self._scanner.kick, transport)
        self._thread = threading.Thread(target=self._run, name="devices", daemon=True)

    def start(self) -> None:
        """Returns at once; devices report themselves as they come."""
        self._slots.place(self._bindings)
        self._thread.start()
        self._call(self._slots.start)
        self._scanner.start()

    def stop(self) -> None:
        """Closes everything within two seconds, whatever blocks."""
        if self._loop.is_closed() or not self._thread.is_alive():
            return
        done = threading.Event()
        self._call(lambda: self._loop.create_task(self._stop_slots(done)))
        done.wait(STOP_SLOTS_S)
        self._call(self._loop.stop)
        self._scanner.stop(STOP_THREAD_S)
        self._thread.join(STOP_THREAD_S)

    # Calls of the house, from any thread.

    def open_window(self, window: str, wid: int, timeout_s: int) -> bool:
        """Whether the pad takes it; WindowOpened or WindowNotOpened follows. ValueError for 0 or over 60 s."""
        if not TIMEOUT_LEAST_S <= timeout_s <= TIMEOUT_MOST_S:
            raise ValueError(f"timeout of {timeout_s} s, {TIMEOUT_LEAST_S} to {TIMEOUT_MOST_S} expected")
        return self._ask(Role.RATING_DEVICE, window, lambda slot: slot.open_window(wid, timeout_s))

    def close_window(self, window: str, wid: int, reason: int) -> None:
        """Also while the pad is away; `reason` is an HTP/1 CloseReason."""
        self._tell(Role.RATING_DEVICE, window, lambda slot: slot.wishes.close_window(wid, reason))

    def acknowledge(self, window: str, seq: int, code: int) -> None:
        """After the commit: what became of the RatePressed with this seq; `code` is an HTP/1 AckCode."""
        self._tell(Role.RATING_DEVICE, window, lambda slot: slot.acknowledge(seq, code))

    def show_idle(self, window: str, clerk: str, stars: int) -> None:
        """What the pad shows between services; kept until changed."""
        self._tell(Role.RATING_DEVICE, window, lambda slot: slot.wishes.show_idle(stars, clerk))

    def show_text(self, window: str, text: str) -> None:
        """What the window display shows; kept until changed, the newest wins."""
        self._tell(Role.WINDOW_DISPLAY, window, lambda slot: slot.wishes.show_lines((text,)))

    def show_board(self, lines: tuple[str, ...], window: str = "") -> None:
        """What a hall board shows, its newest line first; kept until changed."""
        self._tell(Role.HALL_BOARD, window, lambda slot: slot.wishes.show_lines(lines))

    def set_lamp(self, window: str, pattern: LampPattern) -> None:
        """The overtime lamp of a window; kept until changed."""
        self._tell(Role.OVERTIME_LAMP, window, lambda slot: slot.wishes.set_lamp(pattern))

    def say(self, text: str, *, within_s: float, urgent: int = 0, window: str = "", tag: str = "") -> bool:
        """Spoken once, in order, unless it cannot begin within `within_s`; False if nobody can speak."""
        return self._ask(Role.VOICE, window, lambda slot: slot.say(text, within_s, urgent, tag))

    def withdraw(self, tag: str) -> None:
        """No voice begins a sentence with this tag any more."""
        for role, window in tuple(self._slots.by_place):
            if role is Role.VOICE:
                self._tell(role, window, lambda slot: slot.wishes.withdraw(tag))

    def read_card(self, window: str, done: Callable[[CardReading], None]) -> bool:
        """Reads the card that lies on the reader, once; `done` follows from the manager's thread unless False."""
        return self._ask(Role.ID_CARD_READER, window, lambda slot: slot.read_card(partial(self._finish, done)))

    def print_ticket(self, doc: TicketDoc, done: Callable[[PrintResult], None], window: str = "") -> bool:
        """False (and no call of `done`) if the printer is not ready; else `done` once, from the manager's thread."""
        return self._ask(Role.TICKET_PRINTER, window, lambda slot: slot.print_ticket(doc, partial(self._finish, done)))

    def quarantine(self, role: Role, window: str) -> None:
        """The pad was tampered with before this manager began: nothing of it counts until `release`."""
        self._tell(role, window, DeviceSlot.quarantine)

    def release(self, role: Role, window: str) -> None:
        """Ends the quarantine of a tampered pad; no QUARANTINED that was told before it is told after its return."""
        slot = self._slots.by_place.get((role, window))
        if slot is not None:
            self._call_and_wait(slot.release)

    def let_go(self, role: Role, window: str) -> None:
        """Closes the port, and so ends all that share it, so that a technician can open it; DISABLED follows."""
        self._call(lambda: self._slots.let_go((role, window)))

    def take_back(self, role: Role, window: str) -> None:
        """Opens it again, with all that share it; nothing if it was not let go."""
        self._call(lambda: self._slots.take_back((role, window)))

    def rebind(self, bindings: Iterable[Binding]) -> None:
        """From now on these bindings; only what changed is closed and opened. Returns when it has begun."""
        self._call_and_wait(partial(self._slots.rebind, tuple(bindings)))
        self._scanner.kick()

    def ready(self, role: Role, window: str) -> bool:
        slot = self._slots.by_place.get((role, window))
        return slot is not None and slot.usable

    def status(self) -> list[DeviceStatus]:
        return [slot.status() for slot in tuple(self._slots.by_place.values())]

    # The manager's own thread.

    def _ask(self, role: Role, window: str, action: Callable[[DeviceSlot], None]) -> bool:
        slot = self._slots.by_place.get((role, window))
        return slot is not None and slot.usable and self._call(partial(action, slot))

    def _tell(self, role: Role, window: str, action: Callable[[DeviceSlot], None]) -> None:
        slot = self._slots.by_place.get((role, window))
        if slot is not None:
            self._call(partial(action, slot))

    def _call(self, action: Callable[[], object]) -> bool:
        try:
            self._loop.call_soon_threadsafe(action)
        except RuntimeError:  # stopped
            return False
        return True

    def _call_and_wait(self, action: Callable[[], None]) -> None:
        """Returns when it is done; gives up waiting for a thread that hangs."""
        done = threading.Event()

        def act() -> None:
            try:
                action()
            finally:
                done.set()

        if self._call(act):
            done.wait(STOP_SLOTS_S)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_forever()
        finally:
            with contextlib.suppress(RuntimeError):
                self._loop.run_until_complete(_ended(asyncio.all_tasks(self._loop)))
            self._loop.close()

    async def _stop_slots(self, done: threading.Event) -> None:
        await self._slots.stop()
        done.set()

    def _scanned(self, ports: tuple[PortInfo, ...]) -> None:
        self._call(partial(self._slots.scanned, ports))

    def _scan_interval_s(self) -> float:
        return self._timing.scan_settled_s if self._slots.settled else self._timing.scan_missing_s

    def _emit(self, event: Event) -> None:
        try:
            self._on_event(event)
        except Exception as error:
            log.error("event handler failed on %s: %s", type(event).__name__, type(error).__name__)

    def _finish(self, done: Callable[[ResultT], None], result: ResultT) -> None:
        try:
            done(result)
        except Exception as error:
            log.error("callback failed: %s", type(error).__name__)


async def _ended(tasks: Iterable[asyncio.Task[object]]) -> None:
    """Ends what a line that hangs has kept from ending: each has a moment to put things away, then it is told again."""
    left = set(tasks)
    for _ in range(STOP_TELLS):
        if not left:
            return
        for task in left:
            task.cancel()
        _, left = await asyncio.wait(left, timeout=STOP_TASKS_S)


__all__ = ["DeviceManager", "DeviceState", "DeviceStatus", "Role", "Timing"]
