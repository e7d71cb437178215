"""What is wrong with a port or a device, as a code with values; the sentence and the next step are the house's words.

The codes are those of the table "faults in plain words": each has one sentence and one thing to do.
"""

import os
import sys
from collections.abc import Mapping
from enum import StrEnum
from typing import Final

import msgspec

from devices.bindings import ExpectedIdentity
from devices.errors import PortAbsent, PortBusy, PortDenied, PortError, PortFlooding, PortGone, PortRefused, PortStuck
from devices.events import DeviceState, Identity
from devices.technician.identify import Identification, Verdict

SNATCHED_S: Final = 3
"""A port that is gone so soon after it appeared was taken by another program."""

Value = str | int


class Code(StrEnum):
    """What is wrong; in brackets the values that come with it."""

    ABSENT = "absent"
    """[port]"""
    DENIED = "denied"
    """[port, owner, group, mode (four octal digits), user]"""
    BUSY = "busy"
    """[port, pid, program]; pid 0 and program "" where the system does not say"""
    UNPLUGGED = "unplugged"
    """[port]"""
    SNATCHED = "snatched"
    """[port]: there for a moment only; brltty or ModemManager do that"""
    UNREADABLE = "unreadable"
    """[port, baud]: bytes, but no frame"""
    SILENT = "silent"
    """[port]"""
    WRONG_SERIAL = "wrong_serial"
    """[port, expected, found]"""
    WRONG_KIND = "wrong_kind"
    """[port, what: model, class, keys, address, options]"""
    STUCK = "stuck"
    """[port, unsent_bytes]: the device takes nothing"""
    ECHO = "echo"
    """[port]: the line brings back what is sent"""
    REFUSED = "refused"
    """[port, baud, format]"""
    FLOODING = "flooding"
    """[port, dropped_bytes]"""
    OUT_OF_TIME = "out_of_time"
    """[port, spent_s]"""


class Finding(msgspec.Struct, frozen=True):
    """One fault."""

    code: Code
    values: Mapping[str, Value] = {}


def of_error(error: PortError, *, here_for_s: float | None = None) -> Finding:
    """Of an error of a port; `here_for_s` is how long the port had been there when it went."""
    match error:
        case PortDenied(port=port, owner=owner, group=group, mode=mode):
            octal = "" if mode < 0 else f"{mode:04o}"
            return _finding(Code.DENIED, port, owner=owner, group=group, mode=octal, user=user_name())
        case PortBusy(port=port, pid=pid, program=program):
            return _finding(Code.BUSY, port, pid=pid, program=program)
        case PortStuck(port=port, unsent_bytes=unsent):
            return _finding(Code.STUCK, port, unsent_bytes=unsent)
        case PortRefused(port=port, baud=baud, line_format=line_format):
            return _finding(Code.REFUSED, port, baud=baud, format=line_format)
        case PortFlooding(port=port, dropped_bytes=dropped):
            return _finding(Code.FLOODING, port, dropped_bytes=dropped)
        case PortGone() if here_for_s is not None and here_for_s < SNATCHED_S and sys.platform == "linux":
            return _finding(Code.SNATCHED, error.port)
        case PortGone():
            return _finding(Code.UNPLUGGED, error.port)
        case PortAbsent():
            return _finding(Code.ABSENT, error.port)
    return _finding(Code.SILENT, error.port)


def of_identification(done: Identification) -> Finding | None:
    """Why nothing was found; None if something was."""
    if done.error is not None:
        return of_error(done.error)
    match done.verdict:
        case Verdict.UNREADABLE:
            baud = next((step.baud for step in done.steps if step.heard_bytes), 0)
            return _finding(Code.UNREADABLE, done.port, baud=baud)
        case Verdict.OUT_OF_TIME:
            return _finding(Code.OUT_OF_TIME, done.port, spent_s=done.spent_ms // 1000)
        case Verdict.FOUND:
            return None
    return _finding(Code.SILENT, done.port)


def of_device(
    port: str, state: DeviceState, reason: str, *, baud: int = 0, identity: Identity | None = None,
    expected: ExpectedIdentity | None = None, error: PortError | None = None,
) -> Finding | None:  # fmt: skip
    """Why a bound device does not work; None if it does, or nobody wants it to."""
    if error is not None:
        return of_error(error)
    if state is DeviceState.WRONG_DEVICE:
        if reason == "serial":
            wanted, found = expected.serial if expected else "", identity.serial if identity else ""
            return _finding(Code.WRONG_SERIAL, port, expected=wanted, found=found)
        return _finding(Code.WRONG_KIND, port, what=reason)
    code = BY_STATE.get(state)
    if code is Code.SILENT and reason in BY_REASON:
        code = BY_REASON[reason]
    if code is None:
        return None
    return _finding(code, port, **({"baud": baud} if code is Code.UNREADABLE else EXTRA.get(code, {})))


def user_name() -> str:
    """Who asks; the number where it has no name."""
    if sys.platform == "win32":
        return os.environ.get("USERNAME", "")
    import pwd

    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return str(os.getuid())


def _finding(code: Code, port: str, **values: Value) -> Finding:
    return Finding(code, {"port": port, **values})


BY_STATE: Final[Mapping[DeviceState, Code]] = {
    DeviceState.ABSENT: Code.UNPLUGGED,
    DeviceState.LOST: Code.SILENT,
    DeviceState.STALE: Code.SILENT,
    DeviceState.DENIED: Code.DENIED,
    DeviceState.BUSY: Code.BUSY,
    DeviceState.FLOODING: Code.FLOODING,
}
BY_REASON: Final[Mapping[str, Code]] = {
    "unreadable": Code.UNREADABLE,
    "gone": Code.UNPLUGGED,
    "absent": Code.UNPLUGGED,
    "stuck": Code.STUCK,
    "refused": Code.REFUSED,
}
EXTRA: Final[Mapping[Code, Mapping[str, Value]]] = {
    Code.DENIED: {"owner": "", "group": "", "mode": "", "user": ""},
    Code.BUSY: {"pid": 0, "program": ""},
    Code.FLOODING: {"dropped_bytes": 0},
    Code.STUCK: {"unsent_bytes": 0},
    Code.REFUSED: {"baud": 0, "format": ""},
}
"""What a state alone does not say."""
