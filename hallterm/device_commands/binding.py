"""``hallterm device bind|unbind|swap|release``: which device serves which window."""

from __future__ import annotations

import click
import msgspec
from msgspec import Struct

from devices import profiles
from devices.bindings import Binding
from devices.drivers import DRIVERS, PORTLESS
from devices.errors import LineSettings
from devices.events import Role
from devices.technician.findings import of_identification
from devices.technician.identify import identify
from devices.technician.listing import PortRow, match_of
from hallterm.config import Settings
from hallterm.device_commands.place import FAILED, OK, Bench, Stop, guarded, must_write, waited
from hallterm.device_words import finding_words
from hallterm.locale import N_, _
from hallterm.workflows.technician.bindings import with_device, without

BOUND = N_("bound: {role} of window {window} = {driver} at {port}, {baud} {format}")
UNBOUND = N_("no longer bound: {role} of window {window}")
SWAPPED = N_("swapped: {role} of windows {one} and {other}")
RELEASED = N_("released: {role} of window {window} counts again")
UNFIT = N_("a {driver} cannot be a {role}; it can be: {roles}")
NO_DRIVER = N_("there is no driver {driver}; there are: {drivers}")
NO_PROFILE = N_("there is no profile {profile}; there are: {profiles}")
NO_STATION = N_("no station runs here, so nothing is locked")
STANDARD_KEYS = {1: 5, 2: 4, 3: 3, 4: 2, 5: 1}


class Given(Struct, frozen=True):
    """What was said about the device; without a driver it is asked."""

    driver: str = ""
    profile: str = ""
    baud: int = 0
    address: int = 0


def bind(settings: Settings, port: str, role: Role, window: str, given: Given) -> int:
    """Bind the device at a port; identify it first unless its driver is named."""

    async def work() -> int:
        bench = Bench(settings)
        must_write(settings.machine_folder)
        named = given.driver or (given.profile and _profile(given.profile).driver)
        row = PortRow("", None) if named in PORTLESS else bench.row(port)
        place = "" if window == "-" else window
        bindings = bench.ports().bindings
        if named:
            new = _named(row, role, place, given, named)
            kept = tuple(one for one in bindings if (one.role, one.window) != (role, place))
            wanted = (*kept, new)
        else:
            async with bench.borrowed(row):
                found = await identify(row.name)
            finding = of_identification(found)
            if finding is not None:
                words = finding_words(finding)
                raise Stop(words.sentence, FAILED, words.copy)
            assert found.answered is not None
            if role not in found.answered.roles:
                raise Stop(_unfit(found.answered.driver, role))
            wanted, new = with_device(bindings, found, role, place, row)
        bench.rebind(wanted)
        line = new.line
        click.echo(
            _(BOUND).format(
                role=role, window=window, driver=new.driver, port=row.short_name or "-", baud=line.baud,
                format=line.format,
            )
        )  # fmt: skip
        return OK

    return waited(work)


def unbind(settings: Settings, role: Role, window: str) -> int:
    """Forget a device."""

    def work() -> int:
        bench = Bench(settings)
        gone = bench.binding(role, window)
        bench.rebind(without(bench.ports().bindings, (gone,)))
        click.echo(_(UNBOUND).format(role=role, window=window))
        return OK

    return guarded(work)


def swap(settings: Settings, role: Role, one: str, other: str) -> int:
    """Two devices of a role stay at their windows and exchange their ports: cables that were mixed up."""

    def work() -> int:
        bench = Bench(settings)
        first, second = bench.binding(role, one), bench.binding(role, other)
        must_write(settings.machine_folder)
        if bench.station:
            bench.ask("swap", {"role": str(role), "window": first.window, "other": second.window})
        else:
            bench.rebind(_exchanged(bench.ports().bindings, first, second))
        click.echo(_(SWAPPED).format(role=role, one=one, other=other))
        return OK

    return guarded(work)


def release(settings: Settings, role: Role, window: str) -> int:
    """A pad whose case was opened was looked at: its presses count again; the station records it."""

    def work() -> int:
        bench = Bench(settings)
        binding = bench.binding(role, window)
        must_write(settings.machine_folder)
        if not bench.station:
            raise Stop(_(NO_STATION), FAILED)
        bench.ask("release", {"role": str(role), "window": binding.window})
        click.echo(_(RELEASED).format(role=role, window=window))
        return OK

    return guarded(work)


def _named(row: PortRow, role: Role, window: str, given: Given, driver: str) -> Binding:
    """The binding of a device whose driver a person named."""
    if driver not in DRIVERS:
        raise Stop(_(NO_DRIVER).format(driver=driver, drivers=", ".join(DRIVERS)))
    if role not in DRIVERS[driver].roles:
        raise Stop(_unfit(driver, role))
    profile = _profile(given.profile) if given.profile else profiles.Profile()
    keys = (profile.keys or STANDARD_KEYS) if role is Role.RATING_DEVICE and driver != "null" else {}
    line = LineSettings(given.baud or profile.line.baud, profile.line.format)
    return Binding(
        role, driver, window, match_of(row), line, address=given.address, keys=keys, profile=given.profile,
        options=profile.options, boot_grace_s=profile.boot_grace_s,
    )  # fmt: skip


def _profile(name: str) -> profiles.Profile:
    try:
        return profiles.profile(name)
    except KeyError:
        raise Stop(_(NO_PROFILE).format(profile=name, profiles=", ".join(profiles.names()))) from None


def _unfit(driver: str, role: Role) -> str:
    return _(UNFIT).format(driver=driver, role=role, roles=", ".join(sorted(DRIVERS[driver].roles)))


def _exchanged(bindings: tuple[Binding, ...], one: Binding, other: Binding) -> tuple[Binding, ...]:
    changes = {
        (one.role, one.window): msgspec.structs.replace(one, port=other.port),
        (other.role, other.window): msgspec.structs.replace(other, port=one.port),
    }
    return tuple(changes.get((binding.role, binding.window), binding) for binding in bindings)
