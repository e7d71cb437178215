"""Addresses on a line that several devices share: which one each should have, and what its bindings say afterwards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from devices.technician.addresses import Found
from hallterm.workflows.technician.bindings import Bindings

TABLE = range(1, 0x20)
"""The addresses that are given out; others are left where they are found alone."""


def proposed(found: Sequence[Found], bindings: Bindings) -> dict[str, int]:
    """An address for each serial: the bound one, else its own if it is alone there, else the first free one.

    Who finds none free is left out.
    """
    bound = {one.identity.serial: one.address for one in bindings if one.identity.serial and one.address}
    plan: dict[str, int] = {}
    for wanted in (bound, {one.serial: one.address for one in found}):
        for one in found:
            address = wanted.get(one.serial, 0)
            if one.serial not in plan and address and address not in plan.values():
                plan[one.serial] = address
    for one in found:
        free = next((address for address in TABLE if address not in plan.values()), 0)
        if one.serial not in plan and free:
            plan[one.serial] = free
    return plan


def twice(plan: Mapping[str, int]) -> int:
    """An address that a plan gives to two; 0: none."""
    addresses = list(plan.values())
    return next((address for address in addresses if addresses.count(address) > 1), 0)


def readdressed(bindings: Bindings, moved: Mapping[str, tuple[int, int]]) -> Bindings:
    """The bindings with the new addresses of those who were told apart by an address."""
    return tuple(
        replace(one, address=moved[one.identity.serial][1]) if one.address and one.identity.serial in moved else one
        for one in bindings
    )
