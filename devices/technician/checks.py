"""The three levels of a check (UnifiedPOS CheckHealth): internal shows nothing, external shows and speaks, interactive asks.

A higher level does what the lower ones do first; a device that fails inside is not asked to show anything. The result
of a counter is the worst light of its devices.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Final

import msgspec

from devices.bindings import Binding
from devices.codecs.htp1_messages import Flags, Ping, Pong, SelfTestPart, SelfTestResult
from devices.drivers import PORTLESS
from devices.drivers.htp1_line import NoReplyError, RefusedError
from devices.drivers.printer_escpos import PrinterEscpos
from devices.errors import PortError
from devices.events import DeviceState, Identity, Role, Timing
from devices.link import TransportFactory
from devices.port import SerialPort
from devices.ports import PortInfo, find
from devices.technician.asking import asking
from devices.technician.decoding import protocol_of
from devices.technician.loopback import loop_test
from devices.technician.monitor import Monitor
from devices.technician.outputs import self_test
from devices.technician.results import Figure, Light, Outcome, Tried, light, worst
from devices.technician.rig import Rig, rigged
from devices.technician.showing import ASKABLE, SHOWN, Ask, Texts

LOOP_FRAMES: Final = 50
ANSWERS: Final = 10
UNHEARD: Final = frozenset({"lcus", "ff68", "line"})
"""Protocols without a question: an open port is all that can be known."""
PRINTER_STATE_S: Final = 3.0
FLAG_FAULTS: Final = (
    (Flags.STUCK_KEY, "stuck_key"),
    (Flags.CASE_OPEN, "case_open"),
    (Flags.EEPROM_ERROR, "memory"),
    (Flags.LOW_SUPPLY, "low_supply"),
)


class Level(StrEnum):
    """How far a check goes."""

    INTERNAL = "internal"
    EXTERNAL = "external"
    INTERACTIVE = "interactive"


class DeviceCheck(msgspec.Struct, frozen=True):
    """One device; `error` is why its port could not be used."""

    role: Role
    window: str
    driver: str
    tests: tuple[Tried, ...]
    port: str = ""
    identity: Identity | None = None
    error: PortError | None = None

    @property
    def light(self) -> Light:
        """A test that this kind of device does not have is no blemish."""
        return light(self.tests)


class CounterCheck(msgspec.Struct, frozen=True):
    """All devices of a counter."""

    devices: tuple[DeviceCheck, ...]

    @property
    def light(self) -> Light:
        return worst(one.light for one in self.devices)


Inside = Callable[[Rig], Awaitable[tuple[Tried, ...]]]


async def check_counter(
    bindings: Iterable[Binding], ports: Sequence[PortInfo], level: Level, *, ask: Ask | None = None,
    texts: Texts = Texts(), progress: Callable[[DeviceCheck], None] = lambda done: None, timing: Timing = Timing(),  # noqa: B008
    neighbours: Iterable[Binding] = (), transport: TransportFactory = SerialPort,
) -> CounterCheck:  # fmt: skip
    """One device after the other; `progress` hears of each. `neighbours`: what else is bound, perhaps on their ports."""
    wanted = [one for one in bindings if one.enabled and one.driver != "null"]
    others = {(one.role, one.window): one for one in (*neighbours, *wanted) if one.enabled}
    done = []
    for binding in wanted:
        shared = sum(one.port == binding.port for one in others.values() if one.driver not in PORTLESS) > 1
        found = find(binding.port, ports)
        check = await check_device(
            binding, found.name if found else "", level, ask=ask, texts=texts, shared=shared, timing=timing,
            transport=transport,
        )  # fmt: skip
        done.append(check)
        progress(check)
    return CounterCheck(tuple(done))


async def check_device(
    binding: Binding, port: str, level: Level, *, ask: Ask | None = None, texts: Texts = Texts(), shared: bool = False,  # noqa: B008
    monitor: Monitor | None = None, timing: Timing = Timing(), transport: TransportFactory = SerialPort,  # noqa: B008
) -> DeviceCheck:  # fmt: skip
    """`port` "" is a device that is not plugged in; a broken line is a failed test, not an error."""
    check = DeviceCheck(binding.role, binding.window, binding.driver, (), port)
    if not port and binding.driver not in PORTLESS:
        return msgspec.structs.replace(check, tests=(Tried("port", Outcome.FAIL, "absent"),))
    tests: list[Tried] = []
    identity: Identity | None = None
    try:
        async with rigged(binding, port, monitor=monitor, timing=timing, transport=transport, shared=shared) as rig:
            tests.append(Tried("port", Outcome.PASS, figures={"baud": binding.line.baud}))
            tests += await _identity(rig)
            identity = rig.identity
            if light(tests) is Light.GREEN:
                tests += await INSIDE.get(protocol_of(binding.driver), _answers)(rig)
            if level is not Level.INTERNAL and light(tests) is not Light.RED:
                tests += await _outside(rig, level, ask, texts)
    except PortError as error:
        tests.append(Tried("port", Outcome.FAIL, error.reason))
        return msgspec.structs.replace(check, tests=tuple(tests), identity=identity, error=error)
    return msgspec.structs.replace(check, tests=tuple(tests), identity=identity)


async def _identity(rig: Rig) -> list[Tried]:
    if protocol_of(rig.binding.driver) in UNHEARD:
        await rig.identify()
        return []
    identity = await rig.identify()
    misfit = rig.misfit()
    figures: dict[str, Figure] = {}
    if identity is not None:
        known = {"model": identity.model, "serial": identity.serial, "firmware": identity.firmware}
        figures = {name: value for name, value in known.items() if value}
    return [Tried("identity", Outcome.FAIL if misfit else Outcome.PASS, misfit, figures)]


async def _answers(rig: Rig) -> tuple[Tried, ...]:
    """The driver's own question some times over; for everything that has one."""
    if protocol_of(rig.binding.driver) in UNHEARD or rig.binding.driver in PORTLESS:
        return (Tried("answers", Outcome.SKIPPED, "no_question"),)
    answered = 0
    for _ in range(ANSWERS):
        answered += await rig.driver.identify() is not None
    figures: dict[str, Figure] = {"asked": ANSWERS, "answered": answered}
    failed = answered < ANSWERS or rig.counters.crc_errors
    return (Tried("answers", Outcome.FAIL if failed else Outcome.PASS, "lost" if failed else "", figures),)


async def _inside_htp1(rig: Rig) -> tuple[Tried, ...]:
    result = await self_test(rig, SelfTestPart.INTERNAL)
    passed = result is SelfTestResult.PASSED
    own = Tried("self_test", Outcome.PASS if passed else Outcome.FAIL, "" if passed else "failed")
    if result is None or result is SelfTestResult.NOT_FITTED:
        own = Tried("self_test", Outcome.SKIPPED, "not_fitted")
    loop = await loop_test(rig, frames=LOOP_FRAMES)
    return own, await _flags(rig), loop.tried("loop")


async def _flags(rig: Rig) -> Tried:
    with asking(rig) as line:
        try:
            answer = await line.request(Ping())
        except (NoReplyError, RefusedError):
            return Tried("health", Outcome.FAIL, "silent")
    if not isinstance(answer, Pong):
        return Tried("health", Outcome.FAIL, "silent")
    known: Mapping[str, Figure] = {
        "uptime_s": answer.uptime_s, "supply_mv": answer.supply_mv, "rx_errors": answer.rx_errors,
    }  # fmt: skip
    code = next((code for flag, code in FLAG_FAULTS if answer.flags & flag), "")
    return Tried("health", Outcome.FAIL if code else Outcome.PASS, code, known)


async def _inside_escpos(rig: Rig) -> tuple[Tried, ...]:
    """What the driver says of paper and cover after it looked."""
    assert isinstance(rig.driver, PrinterEscpos)
    await rig.work()
    try:
        async with asyncio.timeout(PRINTER_STATE_S):
            while rig.state is DeviceState.LISTENING and rig.working:
                await asyncio.sleep(0.02)
    except TimeoutError:
        return (Tried("paper", Outcome.FAIL, "silent"),)
    finally:
        await rig.rest()
    ready = rig.state is DeviceState.READY
    return (Tried("paper", Outcome.PASS if ready else Outcome.FAIL, "" if ready else rig.reason),)


INSIDE: Final[Mapping[str, Inside]] = {"htp1": _inside_htp1, "escpos": _inside_escpos}


async def _outside(rig: Rig, level: Level, ask: Ask | None, texts: Texts) -> tuple[Tried, ...]:
    role = rig.binding.role
    shown = await SHOWN[role](rig, texts, ask if level is Level.INTERACTIVE else None) if role in SHOWN else ()
    if level is not Level.INTERACTIVE or ask is None or role not in ASKABLE:
        return shown
    return (*shown, *await ASKABLE[role](rig, ask))


__all__ = ["Ask", "CounterCheck", "DeviceCheck", "Level", "Texts", "check_counter", "check_device"]
