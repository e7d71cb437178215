"""Which device serves which window, as TOML text and as values.

A binding read from text has the values of its profile where it sets none itself; written, it leaves them out again.
Errors: BindingError names the table, the key, what was found and what is expected.
"""

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

import msgspec
import tomli_w

from devices import profiles
from devices.drivers import DRIVERS, PORTLESS
from devices.drivers.base import Option
from devices.errors import LineSettings
from devices.events import HALL_ROLES, Identity, Role
from devices.ports import PortMatch

BAUDS: Final = (2400, 4800, 9600, 19200, 38400, 57600, 115200)
FORMATS: Final = ("8N1", "8E1", "8O1", "8N2", "7E1", "7O1")
ADDRESS_MOST: Final = 0xF7
LEVEL_MOST: Final = 5
SHARED_ADDRESS: Final = frozenset({"ff68"})
"""Protocols (the end of a driver's name) in which one box at one address serves several roles."""


class BindingError(ValueError):
    """`table` such as "device[1]" (counted from 0), `key` such as "line.baud"; `found`, `expected` as short text."""

    def __init__(self, table: str, key: str, found: str, expected: str) -> None:
        super().__init__(f"{table}.{key}: found {found}, expected {expected}")
        self.table, self.key, self.found, self.expected = table, key, found, expected


class ExpectedIdentity(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Proven by the device itself; empty means any."""

    model: str = ""
    serial: str = ""

    def mismatch(self, found: Identity) -> str:
        """The field that differs, "" if this is the device."""
        if self.serial and self.serial != found.serial:
            return "serial"
        return "model" if self.model and self.model != found.model else ""


class Binding(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """One device. `keys` maps a pad's key to a level; `address` 0 means whoever is alone on the line."""

    role: Role
    driver: str
    window: str = ""
    port: PortMatch = PortMatch()
    line: LineSettings = LineSettings()
    identity: ExpectedIdentity = ExpectedIdentity()
    address: int = 0
    keys: Mapping[int, int] = {}
    profile: str = ""
    options: Mapping[str, Option] = {}
    boot_grace_s: float = 0.0
    enabled: bool = True


class _File(msgspec.Struct, forbid_unknown_fields=True):
    device: list[Binding] = []


def load(text: str) -> tuple[Binding, ...]:
    """The bindings of a TOML text; BindingError at the first thing wrong."""
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BindingError("file", "syntax", str(error), "TOML") from error
    return from_tables(tables)


def from_tables(tables: dict[str, Any]) -> tuple[Binding, ...]:
    """The bindings of a file already parsed."""
    whole = _with_profiles(tables)
    try:
        bindings = msgspec.convert(whole, _File, str_keys=True).device
    except msgspec.ValidationError as error:
        raise _located(error, whole) from error
    check(bindings)
    return tuple(bindings)


def check(bindings: Iterable[Binding]) -> None:
    """BindingError at the first thing wrong, alone or together."""
    listed = list(bindings)
    for index, binding in enumerate(listed):
        _check(f"device[{index}]", binding)
    _check_unique(listed)


def dump(bindings: Iterable[Binding]) -> str:
    """TOML text that `load` reads back to equal values; defaults are left out."""
    return tomli_w.dumps(to_tables(bindings))


def to_tables(bindings: Iterable[Binding]) -> dict[str, Any]:
    """What `dump` writes."""
    tables = [
        profiles.without_profile(msgspec.to_builtins(binding, str_keys=True), _DEFAULTS)
        if binding.profile
        else msgspec.to_builtins(binding, str_keys=True)
        for binding in bindings
    ]
    for table in tables:
        for key in [key for key, value in table.items() if value == {}]:
            del table[key]
    return {"device": tables}


def _with_profiles(tables: dict[str, Any]) -> dict[str, Any]:
    devices = tables.get("device")
    if not isinstance(devices, list):
        return tables
    whole = []
    for index, device in enumerate(devices):
        try:
            whole.append(profiles.overlaid(device) if isinstance(device, dict) else device)
        except KeyError as error:
            found = repr(str(device.get("profile")))
            raise BindingError(f"device[{index}]", "profile", found, _one_of(profiles.names())) from error
    return tables | {"device": whole}


_DEFAULTS: Final[dict[str, Any]] = {
    "driver": "",
    "boot_grace_s": 0.0,
    "line": msgspec.structs.asdict(LineSettings()),
    "options": {},
    "keys": {},
}
"""What a table leaves out because it is the default."""


def _one_of(values: Iterable[object]) -> str:
    return " | ".join(map(str, values))


def _role_fits(binding: Binding) -> bool:
    return binding.role in DRIVERS[binding.driver].roles


_CHECKS: Final[tuple[tuple[str, Callable[[Binding], object], Callable[[Binding], bool], str], ...]] = (
    ("driver", lambda b: b.driver, lambda b: b.driver in DRIVERS, _one_of(DRIVERS)),
    ("role", lambda b: b.role.value, _role_fits, "a role this driver serves"),
    ("window", lambda b: b.window, lambda b: bool(b.window) or b.role in HALL_ROLES, "a window"),
    (
        "port",
        lambda b: "nothing",
        lambda b: b.driver in PORTLESS or bool(b.port.usb_serial or b.port.location or b.port.name),
        "usb_serial, location or name",
    ),
    ("line.baud", lambda b: b.line.baud, lambda b: b.line.baud in BAUDS, _one_of(BAUDS)),
    ("line.format", lambda b: b.line.format, lambda b: b.line.format in FORMATS, _one_of(FORMATS)),
    ("address", lambda b: b.address, lambda b: 0 <= b.address <= ADDRESS_MOST, f"0 to {ADDRESS_MOST}"),
    ("boot_grace_s", lambda b: b.boot_grace_s, lambda b: 0 <= b.boot_grace_s <= 10, "0 to 10"),
    (
        "keys",
        lambda b: dict(b.keys),
        lambda b: b.driver == "null" or b.role is not Role.RATING_DEVICE or len(b.keys) >= 3,
        "a level for each key",
    ),
    (
        "keys",
        lambda b: dict(b.keys),
        lambda b: len(set(b.keys.values())) == len(b.keys) and all(1 <= v <= LEVEL_MOST for v in b.keys.values()),
        f"levels 1 to {LEVEL_MOST}, each once",
    ),
)


def _check(table: str, binding: Binding) -> None:
    for key, found, right, expected in _CHECKS:
        if not right(binding):
            raise BindingError(table, key, repr(found(binding)), expected)


def _check_unique(bindings: list[Binding]) -> None:
    seen: set[tuple[Role, str]] = set()
    on_port: dict[PortMatch, list[Binding]] = {}
    for index, binding in enumerate(bindings):
        place = (binding.role, binding.window)
        if place in seen:
            raise BindingError(f"device[{index}]", "window", repr(binding.window), f"one {binding.role} a window")
        seen.add(place)
        if binding.driver not in PORTLESS and binding.enabled:
            for other in on_port.setdefault(binding.port, []):
                _check_sharing(f"device[{index}]", binding, other)
            on_port[binding.port].append(binding)


def _check_sharing(table: str, binding: Binding, other: Binding) -> None:
    """Two devices on one port: an RS-485 bus, with one speed and an address each."""
    if binding.line != other.line:
        found = f"{binding.line.baud} {binding.line.format}"
        raise BindingError(table, "line", found, f"{other.line.baud} {other.line.format}, as others on this port")
    if not binding.address or not other.address:
        found = binding.port.usb_serial or binding.port.location or binding.port.name
        raise BindingError(table, "port", repr(found), "a port of its own, or an address")
    protocols = {one.driver.rpartition("_")[2] for one in (binding, other)}
    one_box = len(protocols) == 1 and protocols <= SHARED_ADDRESS and binding.role is not other.role
    if binding.address == other.address and not one_box:
        raise BindingError(table, "address", repr(binding.address), "an address of its own on this port")


def _located(error: msgspec.ValidationError, tables: dict[str, Any]) -> BindingError:
    """msgspec's message taken apart: where, what was there, what belongs there."""
    message, _, path = str(error).partition(" - at `$")
    steps = [int(step) if step.isdigit() else step for step in re.findall(r"[^.\[\]`]+", path)]
    named = re.search(r"(?:unknown|required) field `(.+?)`", message)
    found: Any = tables
    for step in steps:
        found = found[step] if isinstance(found, list) else found.get(step) if isinstance(found, dict) else found
    if named:
        steps.append(named[1])
        found = "nothing" if "required" in message else named[1]
    table = f"device[{steps[1]}]" if len(steps) > 1 and steps[0] == "device" else "file"
    key = ".".join(map(str, steps[2:] if table != "file" else steps))
    expected = re.search(r"Expected `(.+?)`", message)
    if "Invalid enum value" in message:
        return BindingError(table, key, repr(found), _one_of(Role))
    if named:
        return BindingError(table, key, found, "a value" if "required" in message else "no such key")
    return BindingError(table, key, repr(found), expected[1] if expected else message)
