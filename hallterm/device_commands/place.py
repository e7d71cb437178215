"""Where a command stands: the ports of this PC, its bindings, its station; and how it says that something went wrong."""

from __future__ import annotations

import asyncio
import errno
import os
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import click

from devices import bindings as device_bindings
from devices.bindings import Binding, BindingError
from devices.errors import PortBusy, PortError
from devices.events import Role
from devices.platform import may_be_port
from devices.technician.listing import Bound, PortRow, holders
from hallterm import bindings_file
from hallterm.config import DEVICES_FILE, Settings
from hallterm.device_words import Words, binding_words, error_words, refusal_words
from hallterm.locale import N_, _
from hallterm.station.lock import LOCK_NAME, station_runs
from hallterm.workflows.technician.look import Place, Ports, read_ports
from hallterm.workflows.technician.station import borrower
from storage.local import Board

OK, FAILED, BAD_INPUT = 0, 1, 2
SIMULATORS = "HALLTERM_SIMULATORS"
STATION = "station"
ANSWER_S = 8.0
ASK_EVERY_S = 0.05
NO_PORT = N_("there is no port {port}; hallterm device list shows what is there")
NOT_SERIAL = N_("{port} is no serial port; hallterm device list shows what is there")
MANY_PORTS = N_("{port} may be one of {ports}; give more of the name")
NO_BOUND = N_("nothing is bound as {role} at window {window}; hallterm device list shows what is")


class Stop(Exception):
    """The command ends with a sentence; ``code`` is its exit code."""

    def __init__(self, sentence: str, code: int = BAD_INPUT, copy: str = "") -> None:
        super().__init__(sentence)
        self.code, self.copy = code, copy


def guarded(work: Callable[[], int]) -> int:
    """Do it; what was foreseen becomes a sentence on stderr."""
    try:
        return work()
    except Stop as stop:
        return _told(str(stop), stop.copy, stop.code)
    except PortError as error:
        words = error_words(error)
        return _told(words.sentence, words.copy, FAILED)
    except BindingError as error:
        return _told(binding_words(error), "", BAD_INPUT)


def waited(work: Callable[[], Coroutine[Any, Any, int]]) -> int:
    """The same for a coroutine, in a loop of its own."""
    return guarded(lambda: asyncio.run(work()))


def told(words: Words) -> None:
    """A sentence, and below it what can be copied."""
    _told(words.sentence, words.copy, OK)


def _told(sentence: str, copy: str, code: int) -> int:
    click.echo(sentence, err=True)
    if copy:
        click.echo(f"    {copy}", err=True)
    return code


class Bench:
    """The devices of one PC, seen from a command."""

    def __init__(self, settings: Settings) -> None:
        named = os.environ.get(SIMULATORS)
        self.settings = settings
        self.folder = settings.data.path
        self.place = Place(settings.machine_folder, self.folder, Path(named) if named else None, settings.window.code)
        self._board: Board | None = None
        self._base: tuple[Binding, ...] | None = None

    @property
    def station(self) -> bool:
        """Whether a station of this data folder runs; asking makes no folder."""
        return (self.folder / LOCK_NAME).exists() and station_runs(self.folder)

    @property
    def board(self) -> Board:
        if self._board is None:
            self._board = Board(self.folder / "local.db")
        return self._board

    def station_pid(self) -> int:
        """0 where none runs."""
        word = self.board.process(STATION) if self.station else None
        return word.pid if word is not None else 0

    def ports(self) -> Ports:
        """Ports and bindings; Stop if the bindings cannot be read."""
        ports = read_ports(self.place, self.station_pid())
        if ports.broken:
            raise Stop(refusal_words({"why": "bad_file", **ports.broken}))
        if self._base is None:
            self._base = ports.bindings
        return ports

    def row(self, named: str) -> PortRow:
        """The port that is meant by a name, the end of a path, a USB serial number or a location; Stop."""
        rows = [row for row in self.ports().rows if not row.absent]
        exact = [row for row in rows if named in names_of(row)]
        found = exact or [row for row in rows if any(named in name for name in names_of(row))]
        if len(found) > 1:
            raise Stop(_(MANY_PORTS).format(port=named, ports=", ".join(row.short_name for row in found)))
        if found:
            return found[0]
        if os.path.exists(named):
            if not may_be_port(named):
                raise Stop(_(NOT_SERIAL).format(port=named))
            return PortRow(named, None, device=os.path.realpath(named))
        raise Stop(_(NO_PORT).format(port=named))

    def binding(self, role: Role, window: str) -> Binding:
        """The one binding of a role at a window (painted number or code); Stop."""
        found = [one for one in self.ports().bindings if one.role is role and same_place(one.window, window)]
        if not found:
            raise Stop(_(NO_BOUND).format(role=role, window=window or "-"))
        return found[0]

    def rebind(self, bindings: Iterable[Binding]) -> None:
        """Checked, written as far as they differ from what was read first, in force; by the station if one runs. BindingError,
        Stop, OSError for missing rights.
        """
        wanted, base = tuple(bindings), self._base
        device_bindings.check(wanted)
        must_write(self.settings.machine_folder)
        if self.station:
            read = {} if base is None else {"base": device_bindings.dump(base)}
            self.ask("rebind", {"toml": device_bindings.dump(wanted), **read})
        else:
            bindings_file.write(self.settings.machine_folder, wanted, base)
        self._base = None

    def ask(self, request: str, data: Mapping[str, Any]) -> None:
        """Ask the station and wait; Stop if it refuses or does not answer."""
        number = self.board.request(request, dict(data))
        deadline = time.monotonic() + ANSWER_S
        while (answer := self.board.answer_of(number)) is None and time.monotonic() < deadline:
            time.sleep(ASK_EVERY_S)
        if answer is None or not answer.get("ok"):
            raise Stop(refusal_words(answer or {"why": "no_answer"}), FAILED)

    @asynccontextmanager
    async def borrowed(self, row: PortRow) -> AsyncIterator[None]:
        """The port is ours meanwhile; the station takes it back afterwards, whatever happened."""
        if not row.bound or not self.station:
            yield
            return
        bound = {**of_place(row.bound[0]), **borrower()}
        try:
            self.ask("let_go", bound)
            await _free(row)
            yield
        finally:
            self.board.request("take_back", bound)


def names_of(row: PortRow) -> tuple[str, ...]:
    """Whatever a person may call a port."""
    names = (row.name, row.device, row.short_name, os.path.basename(row.device), row.usb_serial, row.location)
    return tuple(dict.fromkeys(name for name in (*names, row.stable_name) if name))


def of_place(bound: Bound) -> dict[str, str]:
    return {"role": str(bound.role), "window": bound.window}


def same_place(bound: str, wanted: str) -> bool:
    """A window by its painted number or its code; a hall's device by "" or "-"."""
    if wanted in ("", "-"):
        return not bound
    return bound == wanted or _number(bound) == _number(wanted) != ""


def _number(window: str) -> str:
    tail = window.rpartition("-")[2]
    return str(int(tail)) if tail.isdigit() else ""


def must_write(folder: Path) -> None:
    """PermissionError unless this user may write the folder, or make it."""
    there = next(path for path in (folder, *folder.parents) if path.exists())
    if not os.access(there, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(folder / DEVICES_FILE))


async def _free(row: PortRow) -> None:
    """Until nobody has it; PortBusy with who it is."""
    device = row.device or os.path.realpath(row.name)
    deadline = time.monotonic() + ANSWER_S
    while (holder := holders({device}).get(device)) is not None:
        if time.monotonic() > deadline:
            raise PortBusy(row.name, holder.pid, holder.program)
        await asyncio.sleep(ASK_EVERY_S)


def as_json(value: object) -> None:
    """One JSON text on standard output."""
    import msgspec

    click.echo(msgspec.json.format(msgspec.json.encode(value, enc_hook=_plain), indent=2).decode())


def _plain(value: object) -> object:
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, PortError):
        return {"reason": value.reason, "port": value.port}
    raise NotImplementedError
