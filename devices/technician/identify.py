"""What is behind a port: listens first, then asks what harms nobody, at each speed, until something proves itself.

Ports in use are passed over, relays and FF68 pads are never asked (see `devices.technician.audible`). A port takes at
most 25 s. Errors of the port are part of the outcome, not raised.
"""

import asyncio
import os
from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Final

import msgspec

from devices.bindings import Binding, ExpectedIdentity
from devices.errors import LineSettings, PortBusy, PortError, PortRefused
from devices.events import Role
from devices.link import TransportFactory
from devices.platform import monotonic_ms
from devices.port import SerialPort
from devices.ports import PortMatch
from devices.technician.line import opened
from devices.technician.listing import holders
from devices.technician.monitor import Monitor
from devices.technician.probes import PROBES, Answered, Trial, passive

BAUDS: Final = (9600, 115200, 19200, 38400, 57600, 4800, 2400)
TRIALS: Final = (Trial.HTP1, Trial.SAM, Trial.SYN6288, Trial.ESCPOS, Trial.AABB)
LISTEN_S: Final = 0.3
BUDGET_S: Final = 25.0


class Heard(StrEnum):
    """What came of one question."""

    ASKING = "asking"
    SILENT = "silent"
    UNREADABLE = "unreadable"
    FOUND = "found"


class Step(msgspec.Struct, frozen=True):
    """One question at one speed; `number` of `of` trials, `evidence` where something proved itself."""

    trial: Trial
    number: int
    of: int
    baud: int
    heard: Heard
    spent_ms: int
    budget_ms: int
    heard_bytes: int = 0
    evidence: bytes = b""


class Verdict(StrEnum):
    """How it ended."""

    FOUND = "found"
    SILENT = "silent"
    UNREADABLE = "unreadable"
    """Bytes came, but nothing that proves a device: another speed, another kind, or a scanner."""
    IN_USE = "in_use"
    FAILED = "failed"
    OUT_OF_TIME = "out_of_time"


class Identification(msgspec.Struct, frozen=True):
    """What is known of a port now; `line` and `answered` belong to FOUND, `error` to IN_USE and FAILED."""

    port: str
    verdict: Verdict
    spent_ms: int
    steps: tuple[Step, ...]
    answered: Answered | None = None
    line: LineSettings = LineSettings()
    trial: Trial | None = None
    error: PortError | None = None


async def identify(
    port: str, *, progress: Callable[[Step], None] = lambda step: None, budget_s: float = BUDGET_S,
    bauds: Sequence[int] = BAUDS, trials: Sequence[Trial] = TRIALS, monitor: Monitor | None = None,
    transport: TransportFactory = SerialPort,
) -> Identification:  # fmt: skip
    """Stops at the first device that proves itself; give the trials behind it to look for another. Cancel at any time."""
    search = _Search(port, bauds, trials, progress, int(budget_s * 1000), monitor, transport)
    holder = (await asyncio.to_thread(holders, {os.path.realpath(port)})).get(os.path.realpath(port))
    if holder is not None:
        return search.ended(Verdict.IN_USE, error=PortBusy(port, holder.pid, holder.program))
    try:
        async with asyncio.timeout(budget_s):
            return await search.run()
    except TimeoutError:
        return search.ended(Verdict.OUT_OF_TIME)
    except PortError as error:
        return search.ended(Verdict.IN_USE if isinstance(error, PortBusy) else Verdict.FAILED, error=error)


def binding_of(
    found: Identification, role: Role, window: str, match: PortMatch, *, keys: dict[int, int] | None = None
) -> Binding:
    """The binding this device should have; ValueError if nothing was found or it cannot serve so.

    An address is bound only where the device cannot do without: one that is alone is reached without it.
    """
    answered = found.answered
    if answered is None or role not in answered.roles:
        raise ValueError(role)
    proven = answered.identity if answered.driver.endswith("_htp1") else None
    expected = ExpectedIdentity(proven.model, proven.serial) if proven else ExpectedIdentity()
    several = len(answered.addresses) > 1
    address = answered.identity.address if several or not proven else 0
    options = {"rows": len(answered.addresses)} if several and not proven else {}
    return Binding(
        role, answered.driver, window, match, found.line, expected, address,
        keys if keys is not None and role is Role.RATING_DEVICE else {}, options=options,
    )  # fmt: skip


class _Search:
    """One identification under way."""

    def __init__(
        self, port: str, bauds: Sequence[int], trials: Sequence[Trial], progress: Callable[[Step], None],
        budget_ms: int, monitor: Monitor | None, transport: TransportFactory,
    ) -> None:  # fmt: skip
        self._port, self._bauds, self._trials = port, bauds, trials
        self._progress, self._budget_ms = progress, budget_ms
        self._monitor, self._transport = monitor, transport
        self._begun_ms = monotonic_ms()
        self._steps: list[Step] = []

    async def run(self) -> Identification:
        unasked = await self._listen(self._bauds[0])
        if unasked is not None:
            return self._found(unasked, Trial.LISTEN, self._bauds[0])
        refused = 0
        for trial in self._trials:
            for baud in self._bauds:
                try:
                    answered = await self._ask(trial, baud)
                except PortRefused:  # this line cannot do this speed; the others may
                    refused += 1
                    if refused == len(self._trials) * len(self._bauds):
                        raise
                    continue
                if answered is not None:
                    return self._found(answered, trial, baud)
        unreadable = any(step.heard is Heard.UNREADABLE for step in self._steps)
        return self.ended(Verdict.UNREADABLE if unreadable else Verdict.SILENT)

    def ended(self, verdict: Verdict, *, error: PortError | None = None) -> Identification:
        return Identification(self._port, verdict, self._spent_ms(), tuple(self._steps), error=error)

    def _found(self, answered: Answered, trial: Trial, baud: int) -> Identification:
        return Identification(
            self._port, Verdict.FOUND, self._spent_ms(), tuple(self._steps), answered, LineSettings(baud), trial
        )

    async def _listen(self, baud: int) -> Answered | None:
        self._tell(Trial.LISTEN, baud, Heard.ASKING)
        async with opened(self._port, LineSettings(baud), monitor=self._monitor, transport=self._transport) as line:
            heard = await line.listen(LISTEN_S)
        answered = passive(heard)
        self._result(Trial.LISTEN, baud, answered, len(heard))
        return answered

    async def _ask(self, trial: Trial, baud: int) -> Answered | None:
        self._tell(trial, baud, Heard.ASKING)
        async with opened(self._port, LineSettings(baud), monitor=self._monitor, transport=self._transport) as line:
            answered = await PROBES[trial](line)
            heard_bytes = len(line.heard)
        self._result(trial, baud, answered, heard_bytes)
        return answered

    def _result(self, trial: Trial, baud: int, answered: Answered | None, heard_bytes: int) -> None:
        heard = Heard.FOUND if answered else Heard.UNREADABLE if heard_bytes else Heard.SILENT
        self._tell(trial, baud, heard, heard_bytes, answered.evidence if answered else b"")

    def _tell(self, trial: Trial, baud: int, heard: Heard, heard_bytes: int = 0, evidence: bytes = b"") -> None:
        number = self._trials.index(trial) + 1 if trial in self._trials else 0
        step = Step(
            trial, number, len(self._trials), baud, heard, self._spent_ms(), self._budget_ms, heard_bytes, evidence
        )
        if heard is not Heard.ASKING:
            self._steps.append(step)
        self._progress(step)

    def _spent_ms(self) -> int:
        return monotonic_ms() - self._begun_ms
