"""The few calls that differ between operating systems; elsewhere than on POSIX they know less but never fail."""

import contextlib
import os
import stat
import sys
import time
from pathlib import Path

from devices.errors import PortBusy, PortDenied

if sys.platform != "win32":
    import fcntl
    import grp
    import pwd
    import termios

    RAW_ERRORS: tuple[type[Exception], ...] = (termios.error,)
else:
    RAW_ERRORS = ()

MEMORY_DEVICES = 1
"""Linux' major number of null, zero and the like."""


def monotonic_ms() -> int:
    """Milliseconds since boot, sleep included where the system can tell."""
    clock = getattr(time, "CLOCK_BOOTTIME", None)
    return int((time.monotonic() if clock is None else time.clock_gettime(clock)) * 1000)


def may_be_port(path: str) -> bool:
    """Whether what is there can be a serial port at all: no file, no folder, not the null device. Opens nothing."""
    if sys.platform == "win32":
        return True
    status = os.stat(path)
    return stat.S_ISCHR(status.st_mode) and os.major(status.st_rdev) != MEMORY_DEVICES


def take_exclusive(fd: int) -> None:
    """No one else may open this port from now on (root may)."""
    if sys.platform != "win32":
        fcntl.ioctl(fd, termios.TIOCEXCL)


def give_back(fd: int) -> None:
    """Undo `take_exclusive`; some lines would stay locked after the close."""
    if sys.platform != "win32":
        with contextlib.suppress(OSError):
            fcntl.ioctl(fd, termios.TIOCNXCL)


def denied(port: str) -> PortDenied:
    """Who owns the port and with which permission bits."""
    if sys.platform == "win32":
        return PortDenied(port)
    try:
        status = os.stat(port)
    except OSError:
        return PortDenied(port)
    owner, group = str(status.st_uid), str(status.st_gid)
    with contextlib.suppress(KeyError):
        owner = pwd.getpwuid(status.st_uid).pw_name
    with contextlib.suppress(KeyError):
        group = grp.getgrgid(status.st_gid).gr_name
    return PortDenied(port, owner, group, stat.S_IMODE(status.st_mode))


def busy(port: str) -> PortBusy:
    """Which other process holds the port, as far as /proc shows it to us."""
    device = os.path.realpath(port)
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if any(os.path.realpath(fd) == device for fd in (process / "fd").iterdir()):
                return PortBusy(port, int(process.name), (process / "comm").read_text().strip())
    return PortBusy(port)
