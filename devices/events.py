"""What the device manager tells the house: frozen values, no text for people."""

from enum import StrEnum

import msgspec


class Role(StrEnum):
    """What a device is for."""

    RATING_DEVICE = "rating_device"
    WINDOW_DISPLAY = "window_display"
    TICKET_PRINTER = "ticket_printer"
    HALL_BOARD = "hall_board"
    VOICE = "voice"
    OVERTIME_LAMP = "overtime_lamp"
    ID_CARD_READER = "id_card_reader"
    SCANNER = "scanner"


HALL_ROLES = frozenset({Role.TICKET_PRINTER, Role.HALL_BOARD, Role.VOICE})
"""Roles that may serve the whole hall: their binding then names no window."""


class LampPattern(StrEnum):
    """What the overtime lamp of a window shows."""

    OFF = "off"
    ON = "on"
    BLINKING = "blinking"


class DeviceState(StrEnum):
    """Where a bound device stands."""

    ABSENT = "absent"
    OPENING = "opening"
    LISTENING = "listening"
    IDENTIFYING = "identifying"
    READY = "ready"
    DEGRADED = "degraded"
    STALE = "stale"
    LOST = "lost"
    DENIED = "denied"
    BUSY = "busy"
    WRONG_DEVICE = "wrong_device"
    FLOODING = "flooding"
    QUARANTINED = "quarantined"
    DISABLED = "disabled"


USABLE = frozenset({DeviceState.READY, DeviceState.DEGRADED})
"""States in which a device takes work."""


class Identity(msgspec.Struct, frozen=True):
    """Who a device says it is; empty where it cannot say."""

    model: str = ""
    serial: str = ""
    firmware: str = ""
    hardware: str = ""
    boot: int = 0
    address: int = 0
    keys: int = 0


class StateChanged(msgspec.Struct, frozen=True):
    """`reason` is a short code (a PortError reason, "silent", "serial", ...); `found` who was there instead."""

    role: Role
    window: str
    state: DeviceState
    reason: str
    t_ms: int
    identity: Identity | None = None
    error: Exception | None = None


class RatePressed(msgspec.Struct, frozen=True):
    """A press in a rating window. `pad_serial` was proven on this connection; `flags` are the pad's last known ones.

    Judge it (devices.rating), commit, then `DeviceManager.acknowledge(window, seq, code)`: the pad repeats until then.
    """

    window: str
    pad_serial: str
    seq: int
    wid: int
    key: int
    t_ms: int
    held_ms: int
    boot: int
    flags: int
    retransmit: bool
    received_ms: int
    weak: bool = False
    """The line proves little: no number of a window, no serial of a pad, a check that misses much."""


class KeyPressed(msgspec.Struct, frozen=True):
    """A press outside a window: information, never a rating."""

    window: str
    pad_serial: str
    key: int
    held_ms: int
    flags: int
    received_ms: int


class PadFault(msgspec.Struct, frozen=True):
    """What a pad reports about itself; `code` is an HTP/1 FaultCode, `detail` a key mask or 0/1."""

    window: str
    pad_serial: str
    code: int
    detail: int


class WindowOpened(msgspec.Struct, frozen=True):
    """The pad confirmed the rating window `wid`; again after each reconnect or reset."""

    window: str
    pad_serial: str
    wid: int


class WindowNotOpened(msgspec.Struct, frozen=True):
    """The pad did not open `wid`: "silent", "refused" or "expired"."""

    window: str
    wid: int
    reason: str


class WindowTimedOut(msgspec.Struct, frozen=True):
    """The pad says nobody pressed in `wid`; no press of it can come any more."""

    window: str
    pad_serial: str
    wid: int


class CallerAction(StrEnum):
    """What a key of a caller keypad asks for."""

    CALL = "call"
    RECALL = "recall"
    RATE = "rate"
    NO_SHOW = "no_show"
    HOLD = "hold"
    TAKE_BACK = "take_back"
    PAUSE = "pause"
    TRANSFER = "transfer"


class CallerKey(msgspec.Struct, frozen=True):
    """A key of the caller keypad with this address: information, nothing follows from it by itself."""

    window: str
    address: int
    action: CallerAction
    received_ms: int


class Scanned(msgspec.Struct, frozen=True):
    """A line read by a scanner on a port of its own; never card data."""

    window: str
    text: str


Event = (
    StateChanged | RatePressed | KeyPressed | PadFault | WindowOpened | WindowNotOpened | WindowTimedOut | CallerKey
    | Scanned
)  # fmt: skip


class Timing(msgspec.Struct, frozen=True):
    """All waiting of the room, in seconds; tests make it shorter, nothing else does."""

    reply_s: float = 0.2
    retries: int = 2
    heart_s: float = 10.0
    stale_hearts: int = 3
    lost_hearts: int = 6
    backoff_least_s: float = 0.1
    backoff_most_s: float = 5.0
    probe_s: float = 5.0
    scan_missing_s: float = 2.0
    scan_settled_s: float = 10.0
    printer_status_s: float = 5.0
    flood_pause_s: float = 30.0
    fetch_s: float = 0.2
    """How often a pad on a bus is asked for its press while its window is open."""


class DeviceStatus(msgspec.Struct, frozen=True):
    """One device as the technician sees it; `counters` by name, `link_score` 0 to 1.

    `answered` and `failed` are the sums behind the score; `heard_ms` is the last good frame, -1 before the first;
    `rtt_*` is None before the first answer; `shared`: other devices are on the same port.
    """

    role: Role
    window: str
    driver: str
    state: DeviceState
    reason: str
    since_ms: int
    port: str
    identity: Identity | None
    counters: dict[str, int]
    link_score: float
    answered: int = 0
    failed: int = 0
    heard_ms: int = -1
    rtt_p50_ms: int | None = None
    rtt_p95_ms: int | None = None
    queued: int = 0
    shared: bool = False

    @property
    def echo_seen(self) -> bool:
        """The line brings back what we send, as some RS-485 adapters do."""
        return self.counters.get("echoes", 0) > 0
