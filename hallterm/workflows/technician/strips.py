"""What was learnt of an AA-BB strip, as a binding: two makes differ in their check, and with it in their style."""

from __future__ import annotations

from msgspec.structs import replace

from devices import profiles
from devices.bindings import Binding
from devices.drivers.base import Option
from devices.events import Role
from devices.technician.audible import Strip

OF_THE_MAKE = frozenset({"variant", "show", "speed", "delay", "colour", "valid"})
"""Options that belong to the check: those of another make would be refused."""


def with_strip(binding: Binding, strip: Strip) -> Binding:
    """The same device with the profile of its make and its speed; what was set for this device itself stays."""
    board = f"board_aabb_{strip.variant}"
    of_board = binding.role is Role.HALL_BOARD and board in profiles.names()
    name = board if of_board else f"strip_aabb_{strip.variant}"
    before = profiles.profile(binding.profile).options if binding.profile else {}
    own: dict[str, Option] = {
        key: value for key, value in binding.options.items() if key not in OF_THE_MAKE and before.get(key) != value
    }
    own["rows"] = binding.options.get("rows", 1)
    return replace(binding, profile=name, line=strip.line, options={**profiles.profile(name).options, **own})
