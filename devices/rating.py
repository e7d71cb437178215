"""Which press is a rating: the ledger of one hall window's rating windows. Pure: no I/O, no clock, no database.

One OPEN = one `wid` = one service = one pad. The caller judges a press, commits what was judged, then acknowledges with
`Verdict.ack`; if the commit fails it calls `withdraw`, and the pad's next repeat is judged afresh. Times are ms of one
clock that survives a restart of the program. A corrected service that may be rated again is a new `service` here.
"""

from collections import deque
from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import Final

import msgspec

from devices.codecs.htp1_messages import AckCode, CloseReason, Flags

GRACE_MS: Final = 3_000
FAST_MS: Final = 300
KEPT_WINDOWS: Final = 32
STRAY_SPAN_MS: Final = 60_000
STRAYS_ALLOWED: Final = 5
WID_MOST: Final = 0xFFFF


class VerdictCode(StrEnum):
    """What a press, or its absence, was."""

    COUNTED = "counted"
    DUP_RETRANSMIT = "dup_retransmit"
    SECOND_PRESS = "second_press"
    LATE = "late"
    LATE_OTHER_SERVICE = "late_other_service"
    NO_WINDOW = "no_window"
    WRONG_PAD = "wrong_pad"
    TAMPER = "tamper"
    NO_RATING = "no_rating"
    NO_PAD = "no_pad"


ACKS: Final[dict[VerdictCode, AckCode]] = {
    VerdictCode.COUNTED: AckCode.COUNTED,
    VerdictCode.DUP_RETRANSMIT: AckCode.DUPLICATE,
    VerdictCode.SECOND_PRESS: AckCode.DUPLICATE,
    VerdictCode.LATE: AckCode.LATE,
    VerdictCode.LATE_OTHER_SERVICE: AckCode.LATE,
    VerdictCode.NO_WINDOW: AckCode.NO_WINDOW,
    VerdictCode.WRONG_PAD: AckCode.REFUSED,
    VerdictCode.TAMPER: AckCode.REFUSED,
}


class ClosedBy(StrEnum):
    """How a rating window ended."""

    RATED = "rated"
    TIME = "time"
    PAD_TIME = "pad_time"
    """The pad itself says nobody pressed: no press can be on its way."""
    CLERK = "clerk"
    CANCELLED = "cancelled"
    NO_PAD = "no_pad"


CLOSE_REASONS: Final[dict[ClosedBy, CloseReason]] = {
    ClosedBy.RATED: CloseReason.RATED,
    ClosedBy.CLERK: CloseReason.CLERK,
}
"""What the pad is told; everything else is CANCELLED."""


class Press(msgspec.Struct, frozen=True):
    """What a pad sent; `wid` is None for a key outside a window. `flags` are HTP/1 state flags."""

    pad_serial: str
    wid: int | None
    key: int
    t_ms: int = 0
    held_ms: int = 0
    flags: int = 0


class Verdict(msgspec.Struct, frozen=True):
    """The judgement. `grace` and `suspect_fast` belong into the record; `ack` is None where nothing is answered.

    `strays` is set when a pad sends more than five presses a minute without a window.
    """

    code: VerdictCode
    counted: bool = False
    wid: int | None = None
    service: str = ""
    pad_serial: str = ""
    key: int = 0
    t_ms: int = 0
    held_ms: int = 0
    grace: bool = False
    suspect_fast: bool = False
    strays: bool = False

    @property
    def ack(self) -> AckCode | None:
        return ACKS.get(self.code)


class RatingWindow(msgspec.Struct, frozen=True):
    """One rating window as the ledger keeps it, and as it is seeded after a restart. `key` 0: not rated."""

    wid: int
    service: str
    pad_serial: str
    opened_ms: int
    timeout_s: int
    closed_ms: int | None = None
    closed_by: ClosedBy | None = None
    key: int = 0
    settled: bool = False
    """Its outcome is recorded: rated, or missing for good."""

    @property
    def deadline_ms(self) -> int:
        return self.opened_ms + self.timeout_s * 1000

    def at(self, now_ms: int) -> "RatingWindow":
        """Closed by time once the deadline has passed."""
        if self.closed_ms is not None or now_ms <= self.deadline_ms:
            return self
        return msgspec.structs.replace(self, closed_ms=self.deadline_ms, closed_by=ClosedBy.TIME)


def next_wid(previous: int) -> int:
    """The wid after this one, never 0; a day begins with a random one and never uses one twice."""
    return previous % WID_MOST + 1


class RatingLedger:
    """The rating windows of one hall window, newest last; judges presses and never counts a service twice."""

    def __init__(self) -> None:
        self._windows: dict[int, RatingWindow] = {}
        self._newest: int | None = None
        self._next_customer = False
        self._tampered: set[str] = set()
        self._strays_ms: deque[int] = deque(maxlen=STRAYS_ALLOWED + 1)

    def open(self, wid: int, service: str, pad_serial: str, timeout_s: int, now_ms: int) -> None:
        """Opens a window and closes the one before; the same wid again changes nothing (the pad was opened anew)."""
        if wid in self._windows:
            return
        if self._newest is not None:
            self.close(self._newest, ClosedBy.CANCELLED, now_ms)
        self._keep(RatingWindow(wid, service, pad_serial, now_ms, timeout_s))
        self._next_customer = False

    def judge(self, press: Press, now_ms: int) -> Verdict:
        """What this press is; a counted one closes its window."""
        code, grace = self._code(press, now_ms)
        window = self._windows.get(press.wid) if press.wid is not None else None
        counted = code is VerdictCode.COUNTED
        if window is not None and counted:
            self._windows[window.wid] = msgspec.structs.replace(
                window, key=press.key, closed_ms=window.at(now_ms).closed_ms or now_ms, closed_by=ClosedBy.RATED,
                settled=True,
            )  # fmt: skip
        if press.flags & Flags.CASE_OPEN:
            self._tampered.add(press.pad_serial)
        strays = code is VerdictCode.NO_WINDOW and self._stray(now_ms)
        return Verdict(
            code, counted, press.wid, window.service if window else "", press.pad_serial, press.key, press.t_ms,
            press.held_ms, grace, counted and press.t_ms < FAST_MS, strays,
        )  # fmt: skip

    def withdraw(self, wid: int, now_ms: int) -> None:
        """The commit of a counted press failed: the window is as if it had not come."""
        window = self._windows.get(wid)
        if window is not None and window.key:
            self._windows[wid] = msgspec.structs.replace(
                window, key=0, closed_ms=None, closed_by=None, settled=False
            ).at(now_ms)

    def next_customer_called(self, now_ms: int) -> list[Verdict]:
        """From now on a press for the last window is too late; NO_RATING for what was still undecided."""
        self._next_customer = True
        return self._settle(lambda window: window.at(now_ms).closed_ms is not None)

    def close(self, wid: int, by: ClosedBy, now_ms: int) -> None:
        """The clerk, a cancellation or the pad ends a window; nothing if it is closed."""
        window = self._windows.get(wid)
        if window is None:
            return
        closed = window.at(now_ms)
        if closed.closed_ms is None:
            closed = msgspec.structs.replace(closed, closed_ms=now_ms, closed_by=by)
        elif closed.closed_by is ClosedBy.TIME and by is ClosedBy.PAD_TIME:
            closed = msgspec.structs.replace(closed, closed_by=by)
        settled = closed.settled or closed.closed_by not in (ClosedBy.TIME, ClosedBy.PAD_TIME)
        self._windows[wid] = msgspec.structs.replace(closed, settled=settled)

    def no_pad(self, wid: int, now_ms: int) -> Verdict:
        """The pad did not take the window: closed at once, and that is its outcome."""
        self.close(wid, ClosedBy.NO_PAD, now_ms)
        window = self._windows.get(wid)
        return Verdict(VerdictCode.NO_PAD, wid=wid, service=window.service if window else "")

    def timeouts(self, now_ms: int) -> list[Verdict]:
        """NO_RATING, once each, for windows nobody pressed in: at the pad's word, else when the grace is over."""
        return self._settle(lambda window: _over(window.at(now_ms), now_ms))

    def seed(self, windows: Iterable[RatingWindow], *, next_customer: bool = False) -> None:
        """After a restart: the open and the last windows, oldest first."""
        for window in windows:
            self._keep(window)
        self._next_customer = next_customer

    def tampered(self, pad_serial: str) -> None:
        """The pad reported an open case: nothing of it counts until `release`."""
        self._tampered.add(pad_serial)

    def release(self, pad_serial: str) -> None:
        """A technician has looked at it."""
        self._tampered.discard(pad_serial)

    def open_window(self, now_ms: int) -> RatingWindow | None:
        """The window that waits for a press, if any."""
        window = self._windows[self._newest].at(now_ms) if self._newest is not None else None
        return window if window is not None and window.closed_ms is None else None

    def _keep(self, window: RatingWindow) -> None:
        self._windows.pop(window.wid, None)
        self._windows[window.wid] = window
        self._newest = window.wid
        while len(self._windows) > KEPT_WINDOWS:
            del self._windows[next(iter(self._windows))]

    def _code(self, press: Press, now_ms: int) -> tuple[VerdictCode, bool]:
        """The rules in their order, and whether the grace was used."""
        window = self._windows.get(press.wid) if press.wid is not None else None
        newest = self._windows[self._newest] if self._newest is not None else None
        expected = window or newest
        if press.flags & Flags.CASE_OPEN or press.pad_serial in self._tampered:
            return VerdictCode.TAMPER, False
        if expected is not None and press.pad_serial != expected.pad_serial:
            return VerdictCode.WRONG_PAD, False
        if press.wid is None:
            spent = newest is not None and bool(newest.key) and not self._next_customer
            return VerdictCode.SECOND_PRESS if spent else VerdictCode.NO_WINDOW, False
        if window is None:
            return VerdictCode.NO_WINDOW, False
        if window.key:
            same = press.key == window.key
            return VerdictCode.DUP_RETRANSMIT if same else VerdictCode.SECOND_PRESS, False
        if self._rated(window.service):
            return VerdictCode.SECOND_PRESS, False
        return self._timely(window.at(now_ms), press, now_ms)

    def _timely(self, window: RatingWindow, press: Press, now_ms: int) -> tuple[VerdictCode, bool]:
        if window.closed_ms is None:
            return VerdictCode.COUNTED, False
        if window.wid != self._newest or self._next_customer:
            return VerdictCode.LATE_OTHER_SERVICE, False
        in_time = press.t_ms <= window.timeout_s * 1000 and now_ms - window.closed_ms <= GRACE_MS
        if window.closed_by is ClosedBy.TIME and in_time and not window.settled:
            return VerdictCode.COUNTED, True
        return VerdictCode.LATE, False

    def _settle(self, is_over: Callable[[RatingWindow], bool]) -> list[Verdict]:
        verdicts = []
        for wid, window in self._windows.items():
            if not window.settled and is_over(window):
                closed = window.at(window.deadline_ms + 1)
                self._windows[wid] = msgspec.structs.replace(closed, settled=True)
                if not self._rated(window.service):
                    pad = window.pad_serial
                    verdicts.append(Verdict(VerdictCode.NO_RATING, wid=wid, service=window.service, pad_serial=pad))
        return verdicts

    def _rated(self, service: str) -> bool:
        return any(window.key and window.service == service for window in self._windows.values())

    def _stray(self, now_ms: int) -> bool:
        self._strays_ms.append(now_ms)
        return len(self._strays_ms) > STRAYS_ALLOWED and now_ms - self._strays_ms[0] <= STRAY_SPAN_MS


def _over(window: RatingWindow, now_ms: int) -> bool:
    if window.closed_by is ClosedBy.PAD_TIME:
        return True
    return window.closed_ms is not None and now_ms - window.closed_ms > GRACE_MS
