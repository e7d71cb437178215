"""One piece of work at a port at a time: borrowed from the station, done in the workshop, its end told in a sentence."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from textual.worker import Worker

from devices.errors import PortError, PortFlooding
from devices.technician.findings import of_error
from devices.technician.listing import PortRow
from hallterm.locale import _
from hallterm.os_words import why as system_words
from hallterm.screens.technician_base import row_key
from hallterm.screens.technician_sentences import error_sentence, station_sentence
from hallterm.widgets.frame import ATTENTION, NOT_DONE
from hallterm.workflows.technician.station import StationRefused
from hallterm.workflows.technician.visit import at

if TYPE_CHECKING:
    from hallterm.screens.technician import TechnicianScreen

T = TypeVar("T")
Make = Callable[[], Coroutine[Any, Any, T]]


class Piece(NamedTuple):
    """One of several pieces of work: what is tried, the port it needs (None: none), what is done."""

    name: str
    row: PortRow | None
    make: Make[Any]


class Job:
    """Work under way: what it is called, since when, how long it may take; ``stage`` is said by the work itself."""

    def __init__(self, name: str, started_m: int, budget_s: int) -> None:
        self.name, self.started_m, self.budget_s = name, started_m, budget_s
        self.stage = ""
        self.worker: Worker[None] | None = None

    def text(self, now_m: int) -> str:
        """The one line that changes once a second."""
        spent_s = max(0, now_m - self.started_m) // 1000
        if not self.budget_s:
            return _("{name}   {stage}   {spent} s").format(name=self.name, stage=self.stage, spent=spent_s)
        text = _("{name}   {stage}   {spent} s of at most {budget} s")
        return text.format(name=self.name, stage=self.stage, spent=spent_s, budget=self.budget_s)


class Jobs:
    """The work of one screen."""

    def __init__(self, mode: TechnicianScreen) -> None:
        self._mode = mode
        self.now: Job | None = None

    def start(
        self, name: str, make: Make[T], then: Callable[[T], None], *, row: PortRow | None, budget_s: int = 0
    ) -> Job | None:
        """Begin, unless something runs; ``then`` gets the result, an error becomes a sentence."""
        return self.series(name, [Piece("", row, make)], then, lambda: None, budget_s=budget_s)

    def series(
        self, name: str, pieces: Sequence[Piece], each: Callable[[Any], None], end: Callable[[], None], *,
        budget_s: int = 0,
    ) -> Job | None:  # fmt: skip
        """Several pieces one after the other; ``each`` gets a result, ``end`` follows the last one."""
        mode = self._mode
        if self.now is not None:
            mode.say(_("{name} is running: Esc stops it").format(name=self.now.name), ATTENTION)
            return None
        job = self.now = Job(name, mode.host.now().m, budget_s)
        mode.say("")
        job.worker = mode.run_worker(self._work(job, pieces, each, end), group="job", exit_on_error=True)
        mode.repaint()
        return job

    def stop(self) -> bool:
        """Stop what runs; the port goes back."""
        job = self.now
        if job is None or job.worker is None:
            return False
        job.worker.cancel()
        return True

    def line(self) -> str:
        """What runs, for the first row of a page; empty: nothing."""
        return self.now.text(self._mode.host.now().m) if self.now is not None else ""

    async def _work(
        self, job: Job, pieces: Sequence[Piece], each: Callable[[Any], None], end: Callable[[], None]
    ) -> None:
        mode = self._mode
        row: PortRow | None = None
        try:
            for name, row, make in pieces:
                job.stage = name or job.stage
                async with mode.station.borrowed(row):
                    result = await mode.workshop.run(make)
                if len(pieces) > 1:
                    each(result)
                    mode.repaint()
        except asyncio.CancelledError:
            self._over(job)
            mode.say(_("{name} was stopped").format(name=job.name))
            mode.repaint()
            raise
        except PortError as error:
            self._over(job)
            self._note(row, error)
            mode.say(error_sentence(error), NOT_DONE)
        except StationRefused as refused:
            self._over(job)
            mode.say(station_sentence(refused.answer), NOT_DONE)
        except OSError as error:
            self._over(job)
            mode.say(_("Not done: {reason}").format(reason=system_words(error)), NOT_DONE)
        else:
            self._over(job)
            self._well(row)
            if len(pieces) == 1:
                each(result)
            end()
        mode.scan()
        mode.repaint()

    def _over(self, job: Job) -> None:
        if self.now is job:
            self.now = None

    def _note(self, row: PortRow | None, error: PortError) -> None:
        mode = self._mode
        if row is not None:
            mode.failed[row_key(row)] = of_error(error)
            if isinstance(error, PortFlooding):
                mode.noisy.add(row_key(row))
        for binding in mode.bound_of(row):
            mode.visit.fault(at(binding), of_error(error))

    def _well(self, row: PortRow | None) -> None:
        if row is not None:
            self._mode.noisy.discard(row_key(row))
            self._mode.failed.pop(row_key(row), None)
