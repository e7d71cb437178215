"""Devices that a person names: what cannot be asked who it is, or should not be; and parts that took another's place."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
from msgspec import Struct

from devices import profiles
from devices.bindings import SHARED_ADDRESS, Binding
from devices.drivers import DRIVERS, PORTLESS
from devices.drivers.base import Option
from devices.errors import LineSettings
from devices.events import Role
from devices.technician.identify import Identification
from devices.technician.listing import PortRow, match_of
from devices.technician.report import Replaced
from hallterm.workflows.technician.bindings import Bindings

STANDARD_KEYS: Mapping[int, int] = {1: 5, 2: 4, 3: 3, 4: 2, 5: 1}


class Named(Struct, frozen=True):
    """What is said of a device; ``driver`` or ``profile`` must be. 0 and "" are the profile's own."""

    role: Role
    window: str = ""
    driver: str = ""
    profile: str = ""
    baud: int = 0
    address: int = 0
    options: Mapping[str, Option] = {}

    @property
    def kind(self) -> str:
        """Its driver; KeyError for a profile that is not shipped."""
        return self.driver or profiles.profile(self.profile).driver


def named_binding(row: PortRow, named: Named) -> Binding:
    """The binding of what was named; KeyError for an unknown profile or driver, ValueError if it cannot be that."""
    driver = named.kind
    if named.role not in DRIVERS[driver].roles:
        raise ValueError(named.role)
    profile = profiles.profile(named.profile) if named.profile else profiles.Profile()
    keys = (profile.keys or STANDARD_KEYS) if named.role is Role.RATING_DEVICE and driver != "null" else {}
    return Binding(
        named.role, driver, named.window, match_of(row), LineSettings(named.baud or profile.line.baud, profile.line.format),
        address=named.address, keys=keys, profile=named.profile, options={**profile.options, **named.options},
        boot_grace_s=profile.boot_grace_s,
    )  # fmt: skip


def with_binding(bindings: Bindings, new: Binding, row: PortRow) -> Bindings:
    """One more; whoever had its place, or its port and cannot share it, is bound no more."""
    taken = {(one.role, one.window) for one in row.bound} if new.driver not in PORTLESS else set()
    kept = (
        one
        for one in bindings
        if (one.role, one.window) != (new.role, new.window)
        and ((one.role, one.window) not in taken or _share(one, new))
    )
    return (*kept, new)


def _share(one: Binding, other: Binding) -> bool:
    """Two devices of one line: an address each, or one box that serves two roles."""
    if not one.address or not other.address or one.line != other.line:
        return False
    protocols = {binding.driver.rpartition("_")[2] for binding in (one, other)}
    return one.address != other.address or (len(protocols) == 1 and protocols <= SHARED_ADDRESS)


def replaced_by(bindings: Bindings, found: Identification, role: Role, window: str, row: PortRow) -> Binding | None:
    """The bound device whose place the found one would take; None if it is the same, or if there was none."""
    old = next((one for one in bindings if (one.role, one.window) == (role, window)), None)
    if old is None or old.driver == "null" or found.answered is None:
        return None
    identity = found.answered.identity
    if old.driver.endswith("_htp1") and old.identity.serial:
        return old if old.identity.serial != identity.serial else None
    return old if (old.role, old.window) not in {(one.role, one.window) for one in row.bound} else None


def taking_over(old: Binding, new: Binding) -> Binding:
    """The new part does what the old one did: its keys, profile and options, if it is of the same kind."""
    if old.driver != new.driver:
        return new
    keys = old.keys if len(old.keys) == len(new.keys) else new.keys
    return msgspec.structs.replace(
        new, keys=keys, profile=old.profile, options=old.options, boot_grace_s=old.boot_grace_s, enabled=True
    )


def as_replaced(old: Binding, new: Binding) -> Replaced:
    """For the report: by serial number, else by the adapter's, else by the place of its plug."""
    return Replaced(str(old.role), _known_as(old), _known_as(new))


def _known_as(binding: Binding) -> str:
    return binding.identity.serial or binding.port.usb_serial or binding.port.location or binding.port.name
