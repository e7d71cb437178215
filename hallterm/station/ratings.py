"""Rating windows: opened for finished services, judged by the devices' ledger, recorded, and only then acknowledged."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping

from devices.bindings import Binding
from devices.codecs.htp1_messages import AckCode, CloseReason
from devices.events import KeyPressed, RatePressed, Role, WindowNotOpened, WindowTimedOut
from devices.manager import DeviceManager
from devices.rating import ACKS, CLOSE_REASONS, ClosedBy, Press, RatingLedger, RatingWindow, Verdict, VerdictCode
from hallterm.rating_scales import scale_at
from hallterm.rules.ratings import map_hash, pad_levels
from hallterm.rules.settings_table import SettingName
from hallterm.rules.timers import elapsed_ms
from hallterm.workflows import rating
from hallterm.workflows.hall_settings import setting
from hallterm.workflows.pads import MIRROR
from storage import views
from storage.claims import is_here
from storage.errors import StorageError
from storage.facts import Moment, Scale, UnratedReason
from storage.journal import Journal
from storage.views import AskRow, ServiceRow

log = logging.getLogger(__name__)
NO_PAD_AFTER_MS = 3_000
UNKNOWN_KEY = "unknown_key"


class RatingDesk:
    """The rating windows of all pads of this PC; used from the station's thread only."""

    def __init__(
        self,
        journal: Journal,
        manager: DeviceManager,
        pads: Mapping[str, Binding],
        names: Mapping[str, str],
        mirrored: Callable[[str, Moment], bool] = lambda _window, _now: False,
    ) -> None:
        self.journal = journal
        self.manager = manager
        self.pads = pads
        self.names = names
        self.mirrored = mirrored
        """Whether a mirror at the window (its code) takes ratings now."""
        self.ledgers = {window: RatingLedger() for window in pads}
        self.strays_m: dict[str, int] = {}
        """When a pad last pressed too often outside any window, by window code."""
        self._sent: dict[str, int] = {}
        self._padless: dict[str, int] = {}

    def seed(self, now: Moment) -> None:
        """After a restart: take up the last window of each pad, and open it again if people may still press."""
        for window in self.pads:
            row = views.last_ask(self.journal.database, window)
            if row is None or row.asked_boot != now.boot:
                continue
            done = row.state != "open"
            rated = row.state == "rated"
            seeded = RatingWindow(
                wid=row.wid,
                service=row.service,
                pad_serial=row.pad,
                opened_ms=row.asked_m,
                timeout_s=row.timeout_s,
                closed_ms=min(now.m, row.asked_m + row.timeout_s * 1000) if done else None,
                closed_by=(ClosedBy.RATED if rated else ClosedBy.TIME if row.state == "missing" else ClosedBy.CANCELLED)
                if done
                else None,
                key=views.rated_key(self.journal.database, row.service, row.wid) if rated else 0,
                settled=row.state in ("rated", "cancelled"),
            )
            self.ledgers[window].seed([seeded])

    def tick(self, now: Moment) -> bool:
        """Open what waits, end what is over; True while somebody is awaited."""
        db, own = self.journal.database, self.journal.identity
        waiting = [one for one in views.awaiting(db, own.hall) if is_here(db, own.node, one.window)]
        for service in waiting:
            if not service.rating:
                self._care_for(service, now)
        for ledger in self.ledgers.values():
            ledger.timeouts(now.m)
        return bool(waiting)

    def _care_for(self, service: ServiceRow, now: Moment) -> None:
        asked = views.ask_of_service(self.journal.database, service.id)
        window = service.window
        there = window in self.pads and self.manager.ready(Role.RATING_DEVICE, self.names[window])
        there = there and self._speaks(self.pads[window], service)
        there = there or self.mirrored(window, now)
        if asked is not None and asked.state == "open":
            if elapsed_ms(asked.asked_t, asked.asked_m, asked.asked_boot, now) >= asked.timeout_s * 1000:
                reason = UnratedReason.NO_RESPONSE if there else UnratedReason.DEVICE_FAULT
                rating.miss(self.journal, asked.service, reason, now)
            else:
                self._ensure_open(asked, now)
        elif there:
            self._ask(service, now)
        elif now.m - self._padless.setdefault(service.id, now.m) > NO_PAD_AFTER_MS:
            self._padless.clear()
            rating.miss(self.journal, service.id, UnratedReason.DEVICE_FAULT, now)

    def _speaks(self, pad: Binding, service: ServiceRow) -> bool:
        """Whether the keys of a pad mean something in the scale of the hall and month."""
        scale = scale_at(self.journal.database, service.hall, service.day)
        return not pad.keys or bool(pad_levels(pad.keys, scale))

    def _ask(self, service: ServiceRow, now: Moment) -> None:
        timeout_s = setting(self.journal.database, SettingName.RATING_TIMEOUT_S, service.hall, service.day)
        asked = rating.ask(self.journal, service.id, self._serial(service.window), timeout_s, now)
        if asked is not None:
            self._ensure_open(asked, now)

    def _serial(self, window: str) -> str:
        """The serial the binding asks for, else the one that is there; without a pad there is a mirror."""
        if window not in self.pads:
            return MIRROR
        place, bound = self.names[window], self.pads[window].identity.serial
        there = (s.identity for s in self.manager.status() if (s.role, s.window) == (Role.RATING_DEVICE, place))
        return bound or next((identity.serial for identity in there if identity is not None), "")

    def _ensure_open(self, asked: AskRow, now: Moment) -> None:
        ledger = self.ledgers.get(asked.window)
        if ledger is None:
            return
        ledger.open(asked.wid, asked.service, asked.pad, asked.timeout_s, asked.asked_m)
        if self._sent.get(asked.window) == asked.wid:
            return
        left_s = asked.timeout_s - elapsed_ms(asked.asked_t, asked.asked_m, asked.asked_boot, now) // 1000
        if self.manager.open_window(self.names[asked.window], asked.wid, max(1, min(60, left_s))):
            self._sent[asked.window] = asked.wid

    # --- what the pads say ------------------------------------------------------------------------------------------

    def pressed(self, event: RatePressed, window: str, now: Moment) -> None:
        """A press in a window: judge, commit, then acknowledge. Nothing is acknowledged that is not committed."""
        ledger = self.ledgers.get(window)
        if ledger is None:
            return
        press = Press(event.pad_serial, event.wid, event.key, event.t_ms, event.held_ms, event.flags)
        verdict = ledger.judge(press, event.received_ms)
        try:
            ack = self._record(verdict, window, now, weak=event.weak)
        except StorageError as error:
            ledger.withdraw(event.wid, now.m)
            log.error("rating not recorded: %s", type(error).__name__)
            return
        if ack is not None:
            self.manager.acknowledge(event.window, event.seq, ack)
        if ack is AckCode.COUNTED:
            self.manager.close_window(event.window, event.wid, CloseReason.RATED)

    def key_pressed(self, event: KeyPressed, window: str, now: Moment) -> None:
        """A press outside any window is information, never a rating."""
        ledger = self.ledgers.get(window)
        if ledger is not None:
            verdict = ledger.judge(Press(event.pad_serial, None, event.key, 0, event.held_ms, event.flags), now.m)
            self._record(verdict, window, now)

    def _record(self, verdict: Verdict, window: str, now: Moment, *, weak: bool = False) -> AckCode | None:
        """Commit the press, counted or refused, and answer what the pad may be told."""
        if verdict.strays:
            self.strays_m[window] = now.m
        if verdict.code is not VerdictCode.COUNTED:
            return self._refuse(verdict, window, verdict.code, now)
        pad = self.pads[window]
        asked = views.ask_of_service(self.journal.database, verdict.service)
        scale = scale_at(self.journal.database, self.journal.identity.hall, asked.day) if asked else Scale.FIVE_SEED
        keys = pad_levels(pad.keys, scale)
        level = keys.get(verdict.key)
        if asked is None or level is None:
            self.ledgers[window].withdraw(verdict.wid or 0, now.m)
            return self._refuse(verdict, window, UNKNOWN_KEY, now)
        press = rating.Press(
            wid=asked.wid,
            pad=verdict.pad_serial,
            key=verdict.key,
            level=level,
            t_ms=verdict.t_ms,
            held_ms=verdict.held_ms,
            map_hash=map_hash(keys),
            grace=verdict.grace,
            suspect="fast" if verdict.suspect_fast else "",
            weak=weak,
        )
        if rating.give(self.journal, asked.id, press, scale, now) is None:
            again = asked.state == "rated"
            code = VerdictCode.DUP_RETRANSMIT if again else VerdictCode.LATE_OTHER_SERVICE
            return self._refuse(verdict, window, code, now)
        return verdict.ack

    def _refuse(self, verdict: Verdict, window: str, why: str, now: Moment) -> AckCode | None:
        rating.refuse(self.journal, window, verdict.pad_serial, verdict.wid or 0, why, now)
        return ACKS.get(VerdictCode(why)) if why != UNKNOWN_KEY else AckCode.REFUSED

    def not_opened(self, event: WindowNotOpened, window: str, now: Moment) -> None:
        """The pad did not take the window: the service is unrated by a device fault, exempt."""
        ledger = self.ledgers.get(window)
        if ledger is not None:
            verdict = ledger.no_pad(event.wid, now.m)
            if verdict.service and not self.mirrored(window, now):
                rating.miss(self.journal, verdict.service, UnratedReason.DEVICE_FAULT, now)

    def pad_timed_out(self, event: WindowTimedOut, window: str, now: Moment) -> None:
        """The pad says nobody pressed; no press of that window can come any more."""
        ledger = self.ledgers.get(window)
        waiting = ledger.open_window(now.m) if ledger is not None else None
        if ledger is not None:
            ledger.close(event.wid, ClosedBy.PAD_TIME, now.m)
        if waiting is not None and waiting.wid == event.wid:
            rating.miss(self.journal, waiting.service, UnratedReason.NO_RESPONSE, now)

    # --- what the counter did ---------------------------------------------------------------------------------------

    def cancelled(self, window: str, by: ClosedBy, now: Moment) -> None:
        """The clerk gave a reason, or took the finish back: the pad's window is closed."""
        ledger = self.ledgers.get(window)
        waiting = ledger.open_window(now.m) if ledger is not None else None
        if ledger is not None and waiting is not None:
            ledger.close(waiting.wid, by, now.m)
            self.manager.close_window(self.names[window], waiting.wid, CLOSE_REASONS.get(by, CloseReason.CANCELLED))

    def next_customer(self, window: str, now: Moment) -> None:
        """Another ticket was called here: a press for the last one is too late from now on."""
        ledger = self.ledgers.get(window)
        if ledger is not None:
            ledger.next_customer_called(now.m)

    def ask_again(self, window: str, now: Moment) -> None:
        """The pad prompts once more for the same window."""
        ledger = self.ledgers.get(window)
        waiting = ledger.open_window(now.m) if ledger is not None else None
        if waiting is not None:
            left_s = max(1, (waiting.deadline_ms - now.m) // 1000)
            self.manager.open_window(self.names[window], waiting.wid, min(60, left_s))
