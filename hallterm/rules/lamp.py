"""The lamp of a running service. Business rule 13."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from hallterm.locale import N_


class Lamp(StrEnum):
    """Below 80 % of the limit, up to 100 %, above it, from 150 % (goes to the leader)."""

    GREEN = "G"
    YELLOW = "Y"
    RED = "R"
    ESCALATE = "E"


LABELS: Mapping[Lamp, str] = {
    Lamp.GREEN: N_("in time"),
    Lamp.YELLOW: N_("limit is near"),
    Lamp.RED: N_("overtime"),
    Lamp.ESCALATE: N_("long overtime, the duty leader knows"),
}


def lamp(counted_s: int, limit_s: int) -> Lamp:
    """Tested on whole numbers: exactly the limit is yellow, exactly 150 % of it escalates."""
    if counted_s > limit_s:
        return Lamp.ESCALATE if counted_s * 100 >= limit_s * 150 else Lamp.RED
    return Lamp.GREEN if counted_s * 100 < limit_s * 80 else Lamp.YELLOW
