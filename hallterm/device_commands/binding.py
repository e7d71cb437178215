"""``hallterm device bind|unbind|swap|release``: which device serves which window."""

from __future__ import annotations

import click
import msgspec
from msgspec import Struct

from devices import profiles
from devices.bindings import Binding, to_tables
from devices.drivers import DRIVERS, PORTLESS
from devices.drivers.base import Option
from devices.events import Role
from devices.technician.audible import scan_strip
from devices.technician.findings import of_identification
from devices.technician.identify import identify
from devices.technician.listing import PortRow
from hallterm.config import Settings
from hallterm.device_commands.place import FAILED, OK, Bench, Stop, as_json, guarded, must_write, waited
from hallterm.device_words import finding_words
from hallterm.locale import N_, _
from hallterm.workflows.technician.bindings import changed, with_device, without
from hallterm.workflows.technician.named import Named, named_binding, taking_over, with_binding
from hallterm.workflows.technician.strips import with_strip

BOUND = N_("bound: {role} of window {window} = {driver} at {port}, {baud} {format}")
UNBOUND = N_("no longer bound: {role} of window {window}")
SWAPPED = N_("swapped: {role} of windows {one} and {other}")
RELEASED = N_("released: {role} of window {window} counts again")
UNFIT = N_("a {driver} cannot be a {role}; it can be: {roles}")
NO_DRIVER = N_("there is no driver {driver}; there are: {drivers}")
NO_PROFILE = N_("there is no profile {profile}; there are: {profiles}")
NO_STATION = N_("no station runs here, so nothing is locked")
NOTHING_THERE = N_("nothing is bound as {role} at window {window} that could be replaced")
NO_STRIP = N_("a {driver} has no check to learn: --learn is for AA-BB strips")
NOT_LEARNT = N_("no strip of address {address} takes a text at any speed: check power, wires and --address")
VARIANT = N_("its check is {variant}, profile {profile}")


class Given(Struct, frozen=True):
    """What was said about the device; without a driver it is asked.

    ``learn``: which check a strip goes by, by showing 88. ``replaces``: it does what the one bound there did.
    """

    driver: str = ""
    profile: str = ""
    baud: int = 0
    address: int = 0
    channel: int = 0
    learn: bool = False
    replaces: bool = False


def bind(settings: Settings, port: str, role: Role, window: str, given: Given, json: bool = False) -> int:
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
            wanted = with_binding(bindings, new, row)
        else:
            wanted, new = await _asked(bench, bindings, row, role, place)
        old = next((one for one in bindings if (one.role, one.window) == (role, place)), None)
        if given.replaces and old is None:
            raise Stop(_(NOTHING_THERE).format(role=role, window=window))
        if given.replaces and old is not None:
            after = taking_over(old, new)
            wanted, new = changed(wanted, new, after), after
        if given.learn:
            learnt = await _learnt(bench, row, new)
            wanted, new = changed(wanted, new, learnt), learnt
        bench.rebind(wanted)
        _say_bound(new, row, window, json)
        return OK

    return waited(work)


async def _asked(
    bench: Bench, bindings: tuple[Binding, ...], row: PortRow, role: Role, place: str
) -> tuple[tuple[Binding, ...], Binding]:
    """The bindings with whoever answers; Stop if nobody does, or if it cannot be that."""
    async with bench.borrowed(row):
        found = await identify(row.name)
    finding = of_identification(found)
    if finding is not None:
        words = finding_words(finding)
        raise Stop(words.sentence, FAILED, words.copy)
    assert found.answered is not None
    if role not in found.answered.roles:
        raise Stop(_unfit(found.answered.driver, role))
    return with_device(bindings, found, role, place, row)


async def _learnt(bench: Bench, row: PortRow, new: Binding) -> Binding:
    """The binding of a strip with the check and the speed it goes by; Stop if it takes no text."""
    if not new.driver.endswith("_aabb"):
        raise Stop(_(NO_STRIP).format(driver=new.driver))
    async with bench.borrowed(row):
        strip = await scan_strip(row.name, new.address, new.line)
    if strip is None:
        raise Stop(_(NOT_LEARNT).format(address=new.address), FAILED)
    return with_strip(new, strip)


def _say_bound(new: Binding, row: PortRow, window: str, json: bool) -> None:
    line = new.line
    if json:
        as_json({"port": row.name, **to_tables((new,))["device"][0]})
        return
    click.echo(
        _(BOUND).format(
            role=new.role, window=window, driver=new.driver, port=row.short_name or "-", baud=line.baud,
            format=line.format,
        )
    )  # fmt: skip
    if new.options.get("variant"):
        click.echo(_(VARIANT).format(variant=new.options["variant"], profile=new.profile or "-"))


def unbind(settings: Settings, role: Role, window: str, json: bool = False) -> int:
    """Forget a device."""

    def work() -> int:
        bench = Bench(settings)
        gone = bench.binding(role, window)
        bench.rebind(without(bench.ports().bindings, (gone,)))
        _told(json, "unbound", _(UNBOUND).format(role=role, window=window), role, window)
        return OK

    return guarded(work)


def swap(settings: Settings, role: Role, one: str, other: str, json: bool = False) -> int:
    """Two devices of a role stay at their windows and exchange their ports: cables that were mixed up."""

    def work() -> int:
        bench = Bench(settings)
        first, second = bench.binding(role, one), bench.binding(role, other)
        must_write(settings.machine_folder)
        if bench.station:
            bench.ask("swap", {"role": str(role), "window": first.window, "other": second.window})
        else:
            bench.rebind(_exchanged(bench.ports().bindings, first, second))
        _told(json, "swapped", _(SWAPPED).format(role=role, one=one, other=other), role, one, other)
        return OK

    return guarded(work)


def release(settings: Settings, role: Role, window: str, json: bool = False) -> int:
    """A pad whose case was opened was looked at: its presses count again; the station records it."""

    def work() -> int:
        bench = Bench(settings)
        binding = bench.binding(role, window)
        must_write(settings.machine_folder)
        if not bench.station:
            raise Stop(_(NO_STATION), FAILED)
        bench.ask("release", {"role": str(role), "window": binding.window})
        _told(json, "released", _(RELEASED).format(role=role, window=window), role, window)
        return OK

    return guarded(work)


def _told(json: bool, what: str, sentence: str, role: Role, *windows: str) -> None:
    if json:
        as_json({"done": what, "role": str(role), "windows": list(windows)})
    else:
        click.echo(sentence)


def _named(row: PortRow, role: Role, window: str, given: Given, driver: str) -> Binding:
    """The binding of a device whose driver a person named."""
    if driver not in DRIVERS:
        raise Stop(_(NO_DRIVER).format(driver=driver, drivers=", ".join(DRIVERS)))
    options: dict[str, Option] = {"channel": given.channel} if given.channel else {}
    named = Named(role, window, driver, given.profile, given.baud, given.address, options)
    try:
        return named_binding(row, named)
    except ValueError:
        raise Stop(_unfit(driver, role)) from None
    except KeyError:
        raise Stop(_(NO_PROFILE).format(profile=given.profile, profiles=", ".join(profiles.names()))) from None


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
