"""Changes of the bindings: each takes all of them and returns all of them. Pure, but for ``put_in_force`` elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from devices.bindings import Binding
from devices.drivers import PORTLESS
from devices.events import DeviceState, Role
from devices.ports import PortInfo, find
from devices.technician.identify import Identification, binding_of
from devices.technician.listing import PortRow, match_of
from storage.local import DeviceWord

Bindings = tuple[Binding, ...]
LEVELS = 5


def on_port(bindings: Iterable[Binding], row: PortRow, infos: tuple[PortInfo, ...]) -> Bindings:
    """The bindings of a port; of a row that is absent, those that miss exactly this port."""
    wanted = {(one.role, one.window) for one in row.bound}
    found = [one for one in bindings if (one.role, one.window) in wanted and one.driver not in PORTLESS]
    if row.absent:
        return tuple(one for one in found if find(one.port, infos) is None)
    return tuple(found)


def with_device(
    bindings: Bindings, found: Identification, role: Role, window: str, row: PortRow
) -> tuple[Bindings, Binding]:
    """The device that was found, bound; whoever had this role at this window, or this port alone, is bound no more.

    ValueError if the device cannot serve so.
    """
    new = binding_of(found, role, window, match_of(row), keys=first_keys(found))
    taken = {(one.role, one.window) for one in row.bound}
    kept = tuple(
        one
        for one in bindings
        if (one.role, one.window) != (role, window)
        and ((one.role, one.window) not in taken or (one.address and new.address and one.address != new.address))
    )
    return (*kept, new), new


def first_keys(found: Identification) -> dict[int, int]:
    """Until the lesson of the keys says otherwise key 1 is the best level."""
    identity = found.answered.identity if found.answered is not None else None
    count = identity.keys if identity is not None and 3 <= identity.keys <= LEVELS else LEVELS
    return {key: LEVELS + 1 - key for key in range(1, count + 1)}


def without(bindings: Bindings, gone: Bindings) -> Bindings:
    """All but these."""
    return tuple(one for one in bindings if one not in gone)


def switched(bindings: Bindings, wanted: Bindings, *, on: bool) -> Bindings:
    """These in use, or out of use."""
    return tuple(msgspec.structs.replace(one, enabled=on) if one in wanted else one for one in bindings)


def with_keys(bindings: Bindings, binding: Binding, keys: Mapping[int, int]) -> Bindings:
    """Another map of the keys of one pad."""
    return tuple(msgspec.structs.replace(one, keys=dict(keys)) if one == binding else one for one in bindings)


def changed(bindings: Bindings, before: Binding, after: Binding) -> Bindings:
    """One binding in place of another."""
    return tuple(after if one == before else one for one in bindings)


def exchanged(devices: Iterable[DeviceWord]) -> tuple[DeviceWord, DeviceWord] | None:
    """Two devices of one role that both found another one behind their port: most likely their cables are exchanged."""
    wrong: dict[str, list[DeviceWord]] = {}
    for one in devices:
        if one.state == DeviceState.WRONG_DEVICE and one.detail == "serial":
            wrong.setdefault(one.role, []).append(one)
    pair = next((pair for pair in wrong.values() if len(pair) == 2), None)
    return (pair[0], pair[1]) if pair else None
