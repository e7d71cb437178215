"""Asking the station through the bulletin board: ports let go and taken back, cables exchanged, other bindings.

Without a running station nothing holds a port, and the file of bindings is written here.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, Protocol

from devices import bindings as device_bindings
from devices.bindings import BindingError
from devices.errors import PortBusy
from devices.technician.listing import PortRow, holders
from hallterm import bindings_file
from hallterm.workflows.desk import Desk
from hallterm.workflows.technician.bindings import Bindings
from hallterm.workflows.technician.look import Place
from storage.facts import Moment
from storage.local import start_ticks

ANSWER_S = 6.0
ASK_EVERY_S = 0.1
FREE_S = 5.0
Answer = dict[str, Any]
NO_ANSWER: Answer = {"ok": False, "why": "no_answer"}


class Asked(Protocol):
    """The storage thread."""

    async def do(self, work: Callable[[Desk, Moment], Any], pressed: Moment, *, writes: bool) -> Any: ...

    def submit(self, work: Callable[[Desk, Moment], Any], pressed: Moment, *, writes: bool) -> Any: ...


class StationRefused(Exception):
    """The station did not do it; ``answer`` has ``why`` and its values."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(str(answer.get("why", "")))
        self.answer = answer


class StationLine:
    """What a technician at one terminal asks; ``alive`` is asked each time, ``now`` gives the clocks."""

    def __init__(self, store: Asked, now: Callable[[], Moment], alive: Callable[[], bool], place: Place) -> None:
        self._store, self._now, self._alive, self._place = store, now, alive, place

    async def ask(self, request: str, data: dict[str, Any]) -> None:
        """Ask and wait for the answer; StationRefused."""
        number = await self._store.do(
            lambda desk, now: desk.board.request(request, data, now), self._now(), writes=False
        )
        try:
            async with asyncio.timeout(ANSWER_S):
                while True:
                    answer = await self._store.do(
                        lambda desk, now: desk.board.answer_of(number), self._now(), writes=False
                    )
                    if answer is not None:
                        break
                    await asyncio.sleep(ASK_EVERY_S)
        except TimeoutError:
            answer = NO_ANSWER
        if not answer.get("ok"):
            raise StationRefused(answer)

    @asynccontextmanager
    async def borrowed(self, row: PortRow | None) -> AsyncIterator[None]:
        """The port is ours meanwhile; taken back by the station afterwards, also when this is cancelled."""
        if row is None or not row.bound or not self._alive():
            yield
            return
        bound = {"role": str(row.bound[0].role), "window": row.bound[0].window, **borrower()}
        try:
            await self.ask("let_go", bound)
            await _freed(row)
            yield
        finally:
            self._store.submit(lambda desk, now: desk.board.request("take_back", bound, now), self._now(), writes=False)

    async def rebind(self, bindings: Bindings, base: Bindings) -> None:
        """Checked, written as far as they differ from ``base``, what was read before, in force at once; StationRefused for
        what cannot be written.
        """
        if self._alive():
            toml = {"toml": device_bindings.dump(bindings), "base": device_bindings.dump(base)}
            await self.ask("rebind", toml)
        else:
            await asyncio.to_thread(self._write, bindings, base)

    async def swap(self, role: str, window: str, other: str, by: str) -> None:
        """Two devices of a role keep their counters and exchange their ports."""
        await self.ask("swap", {"role": role, "window": window, "other": other, "by": by})

    async def release(self, role: str, window: str, by: str) -> None:
        """A tampered pad was looked at."""
        await self.ask("release", {"role": role, "window": window, "by": by})

    def _write(self, bindings: Bindings, base: Bindings) -> None:
        try:
            bindings_file.write(self._place.machine_folder, bindings, base)
        except BindingError as error:
            found = {"table": error.table, "key": error.key, "found": error.found, "expected": error.expected}
            raise StationRefused({"ok": False, "why": "bad_file", **found}) from error
        except OSError as error:
            raise StationRefused({"ok": False, "why": "not_written"}) from error


def borrower() -> dict[str, int]:
    """Who this process is: the station takes a port back by itself when it is gone."""
    return {"pid": os.getpid(), "start_ticks": start_ticks(os.getpid()) or 0}


async def _freed(row: PortRow) -> None:
    """Until nobody has the port open; PortBusy with who it is."""
    device = row.device or os.path.realpath(row.name)
    try:
        async with asyncio.timeout(FREE_S):
            while await asyncio.to_thread(_held, device):
                await asyncio.sleep(ASK_EVERY_S)
    except TimeoutError:
        holder = (await asyncio.to_thread(holders, {device})).get(device)
        raise PortBusy(row.name, holder.pid if holder else 0, holder.program if holder else "") from None


def _held(device: str) -> bool:
    return bool(holders({device}))
