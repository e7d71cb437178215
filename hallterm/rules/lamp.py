"""The lamp of a running service. Business rule 13."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from msgspec import Struct

from hallterm.locale import N_


class Lamp(StrEnum):
    """Where a hall has nothing else: below 80 % of the limit, up to 100 %, above it, from 150 % (goes to the leader)."""

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


class LampShares(Struct, frozen=True):
    """From which share of the limit on each letter holds, in percent; red begins above its share."""

    yellow_pct: int = 80
    red_pct: int = 100
    escalate_pct: int = 150

    def changes_ms(self, limit_s: int) -> tuple[int, int, int]:
        """The counted milliseconds at which the letter changes (whole seconds are counted)."""
        yellow_s, escalate_s = (-(-limit_s * pct // 100) for pct in (self.yellow_pct, self.escalate_pct))
        return yellow_s * 1000, (limit_s * self.red_pct // 100 + 1) * 1000, escalate_s * 1000


USUAL = LampShares()


def lamp(counted_s: int, limit_s: int, shares: LampShares = USUAL) -> Lamp:
    """Tested on whole numbers: exactly the limit is yellow, exactly 150 % of it escalates."""
    used = counted_s * 100
    if used > limit_s * shares.red_pct:
        return Lamp.ESCALATE if used >= limit_s * shares.escalate_pct else Lamp.RED
    return Lamp.GREEN if used < limit_s * shares.yellow_pct else Lamp.YELLOW
