"""Which address each device of a shared line should have."""

from __future__ import annotations

from devices.bindings import Binding, ExpectedIdentity
from devices.events import Role
from devices.ports import PortMatch
from devices.technician.addresses import Found
from hallterm.workflows.technician.bus import proposed, readdressed, twice


def found(serial: str, address: int) -> Found:
    return Found(serial, address, "PJ5-A", 1)


def binding(serial: str, address: int, window: str = "1") -> Binding:
    return Binding(
        Role.RATING_DEVICE, "pad_htp1", window, PortMatch(name="/dev/ttyUSB0"), identity=ExpectedIdentity(serial=serial),
        address=address,
    )  # fmt: skip


def test_the_bound_address_wins_then_the_own_then_the_first_free_one() -> None:
    here = (found("A", 4), found("B", 4), found("C", 1), found("D", 200))
    assert proposed(here, (binding("B", 4),)) == {"A": 2, "B": 4, "C": 1, "D": 200}
    assert proposed(here, ()) == {"A": 4, "B": 2, "C": 1, "D": 200}
    assert proposed((found("A", 3), found("B", 5)), (binding("B", 3),)) == {"A": 1, "B": 3}


def test_a_line_with_more_than_the_table_leaves_one_out_and_plans_nothing_twice() -> None:
    plan = proposed([found(f"S{number:02}", 1) for number in range(32)], ())
    assert len(plan) == 31
    assert twice(plan) == 0
    assert twice({"A": 3, "B": 4, "C": 3}) == 3


def test_only_bindings_with_an_address_follow() -> None:
    bindings = (binding("A", 4), binding("B", 0, "2"), binding("C", 1, "3"))
    assert [one.address for one in readdressed(bindings, {"A": (4, 2), "B": (4, 5)})] == [2, 0, 1]
