"""What can go wrong with a port, as values; the sentences are made elsewhere.

PortError
    PortAbsent     there is no such port
    PortDenied     no permission: owner, group and mode of the port
    PortBusy       another program holds it: process id and name, where they can be found
    PortRefused    the line does not take these settings
    PortGone       it was there and went away
    PortStuck      the device does not take what is written
    PortFlooding   more bytes than the line can carry
"""

import msgspec


class PortError(Exception):
    """Something about the port `port`."""

    def __init__(self, port: str) -> None:
        super().__init__(port)
        self.port = port

    @property
    def reason(self) -> str:
        """A short code for events and counters."""
        return type(self).__name__.removeprefix("Port").lower()


class PortAbsent(PortError):
    """ENOENT at opening."""


class PortDenied(PortError):
    """EACCES or EPERM at opening; `mode` is the permission bits, -1 where unknown."""

    def __init__(self, port: str, owner: str = "", group: str = "", mode: int = -1) -> None:
        super().__init__(port)
        self.owner, self.group, self.mode = owner, group, mode


class PortBusy(PortError):
    """Locked by process `pid` named `program`; 0 and "" where unknown."""

    def __init__(self, port: str, pid: int = 0, program: str = "") -> None:
        super().__init__(port)
        self.pid, self.program = pid, program


class PortRefused(PortError):
    """The driver of the line refuses `baud` or `format`."""

    def __init__(self, port: str, baud: int, line_format: str) -> None:
        super().__init__(port)
        self.baud, self.line_format = baud, line_format


class PortGone(PortError):
    """Unplugged; `errno` is 0 where the library gives none."""

    def __init__(self, port: str, errno: int = 0) -> None:
        super().__init__(port)
        self.errno = errno


class PortStuck(PortError):
    """`unsent_bytes` were waiting when the device stopped taking them."""

    def __init__(self, port: str, unsent_bytes: int) -> None:
        super().__init__(port)
        self.unsent_bytes = unsent_bytes


class PortFlooding(PortError):
    """`dropped_bytes` came over what the line can carry."""

    def __init__(self, port: str, dropped_bytes: int) -> None:
        super().__init__(port)
        self.dropped_bytes = dropped_bytes


class LineSettings(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Speed and format of a line, e.g. 9600 and "8N1"; `dtr` and `rts` are raised only for what needs them."""

    baud: int = 9600
    format: str = "8N1"
    dtr: bool = False
    rts: bool = False

    @property
    def bytes_per_s(self) -> float:
        return self.baud / 10

    def transfer_s(self, size_bytes: int) -> float:
        """The time on the line of so many bytes, with room for gaps: 12 bit times each."""
        return 12 * size_bytes / self.baud
