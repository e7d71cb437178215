"""What is common to all devices of a make: profiles shipped as TOML beside this module.

A profile may set `driver`, `boot_grace_s`, `[line]`, `[options]` and `[keys]`. A binding names one with `profile`; what
the binding says itself wins: line settings and options one by one, the key map as a whole. Differences between vendors
are profiles, not code. Errors: KeyError for a name that is not shipped.
"""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

import msgspec

from devices.drivers.base import Option
from devices.errors import LineSettings

FOLDER: Final = Path(__file__).parent
MERGED: Final = ("line", "options")
"""Tables of which the binding may set single values; everything else is taken whole."""


class Profile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One shipped profile, checked."""

    driver: str = ""
    boot_grace_s: float = 0.0
    line: LineSettings = LineSettings()
    options: Mapping[str, Option] = {}
    keys: Mapping[int, int] = {}


def names() -> tuple[str, ...]:
    """The shipped profiles, in order."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.toml")))


def profile(name: str) -> Profile:
    """A shipped profile as a value."""
    return msgspec.convert(table(name), Profile, str_keys=True)


def table(name: str) -> dict[str, Any]:
    """A shipped profile as it stands in its file; "" is the empty one."""
    return {} if not name else dict(_read(name))


@cache
def _read(name: str) -> dict[str, Any]:
    if name not in names():
        raise KeyError(name)
    return tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))


def overlaid(device: Mapping[str, Any]) -> dict[str, Any]:
    """A device's table with what it leaves open taken from its profile."""
    base = table(str(device.get("profile", "")))
    merged = base | dict(device)
    for name in MERGED:
        if isinstance(base.get(name), dict) and isinstance(device.get(name), dict):
            merged[name] = base[name] | device[name]
    return merged


def without_profile(device: Mapping[str, Any], defaults: Mapping[str, Any]) -> dict[str, Any]:
    """The opposite: only what a device sets otherwise than its profile. `defaults` are the values a table leaves out."""
    base, own = table(str(device.get("profile", ""))), dict(device)
    for key, value in base.items():
        if key in MERGED:
            mine = {
                name: one for name, one in (defaults.get(key, {}) | own.get(key, {})).items() if value.get(name) != one
            }
            own[key] = {name: one for name, one in mine.items() if name in value or name in own.get(key, {})}
        elif own.get(key, defaults.get(key)) == value:
            own.pop(key, None)
        elif key not in own:
            own[key] = defaults[key]
    return own
