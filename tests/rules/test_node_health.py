"""What is wrong with a node, the worst first."""

from __future__ import annotations

from typing import Any

import pytest

from hallterm.rules.node_health import DAY_MS, NodeFacts, Trouble, free_percent, is_online, troubles, worst

NOW = 1_800_000_000_000
MINUTE_MS = 60_000


def facts(**values: Any) -> NodeFacts:
    return NodeFacts(**{"contact_t": NOW - MINUTE_MS, "disk_free": 50, "disk_size": 100, **values})


@pytest.mark.parametrize(
    ("values", "trouble"),
    [
        ({}, Trouble.NONE),
        ({"contact_t": NOW - 7 * DAY_MS}, Trouble.SILENT),
        ({"contact_t": NOW - 7 * DAY_MS + 1}, Trouble.NONE),
        ({"contact_t": 0}, Trouble.NEVER),
        ({"contact_t": 0, "skew_ms": 900_000}, Trouble.NEVER),
        ({"fault": "refused upgrade"}, Trouble.TOO_OLD),
        ({"fault": "other-protocol"}, Trouble.TOO_OLD),
        ({"fault": "unreachable dropped"}, Trouble.NONE),
        ({"skew_ms": 120_000}, Trouble.SKEW),
        ({"skew_ms": -120_000}, Trouble.SKEW),
        ({"skew_ms": 119_999}, Trouble.NONE),
        ({"clones": 1}, Trouble.CLONE),
        ({"aside": 3}, Trouble.ASIDE),
        ({"disk_free": 4}, Trouble.DISK),
        ({"disk_free": 5}, Trouble.NONE),
        ({"disk_free": 0, "disk_size": 0}, Trouble.NONE),
        ({"revoked": True, "contact_t": 0, "clones": 2}, Trouble.REVOKED),
    ],
)
def test_the_worst_is_told(values: dict[str, Any], trouble: Trouble) -> None:
    assert worst(facts(**values), NOW) is trouble


def test_everything_that_is_wrong_stands_in_the_order_of_the_list() -> None:
    found = facts(contact_t=NOW - 57 * DAY_MS, skew_ms=360_000, clones=1, aside=2, disk_free=1)
    assert troubles(found, NOW) == [Trouble.SILENT, Trouble.SKEW, Trouble.CLONE, Trouble.ASIDE, Trouble.DISK]


def test_a_node_is_online_for_three_of_its_usual_pauses() -> None:
    assert is_online(NOW - 15 * MINUTE_MS + 1, NOW)
    assert not is_online(NOW - 15 * MINUTE_MS, NOW)
    assert not is_online(0, NOW)


def test_free_space_is_rounded_down() -> None:
    assert (free_percent(499, 10_000), free_percent(1, 0)) == (4, None)
