"""Words of dispatch that workflows and screens share: groups, steps, reasons."""

from __future__ import annotations

from collections.abc import Mapping

from hallterm.locale import N_, _
from storage.facts import CrowdingStep, DispatchKind, DispatchReason

GROUP_TEXT = N_("group {group}")
ABSENT = "--"

KINDS: Mapping[DispatchKind, str] = {
    DispatchKind.GROUPS: N_("groups"),
    DispatchKind.BREAK: N_("a break"),
    DispatchKind.CLOSE: N_("close"),
    DispatchKind.OPEN_RESERVE: N_("open reserve"),
    DispatchKind.SUBSTITUTE: N_("stand in"),
    DispatchKind.MOVE_TICKET: N_("move ticket"),
    DispatchKind.CALL_BACK: N_("call back"),
    DispatchKind.DAY_END: N_("day end"),
    DispatchKind.CROWDING: N_("full hall"),
}
"""In the order of the digits 1-9."""

PLAN: Mapping[CrowdingStep, str] = {
    CrowdingStep.GUIDES: N_("more guides"),
    CrowdingStep.FUNCTIONS: N_("windows do every matter"),
    CrowdingStep.RESERVE: N_("reserve windows open"),
    CrowdingStep.HOURS: N_("longer hours"),
}
"""What is done when a hall is full that has no list of its own, in the order of the digits. Business rule 13."""

REASONS: Mapping[DispatchReason, str] = {
    DispatchReason.LONG_QUEUE: N_("long queue"),
    DispatchReason.ROTATE: N_("rotation"),
    DispatchReason.EMPTY_POST: N_("empty post"),
    DispatchReason.DEVICE_FAULT: N_("device fault"),
    DispatchReason.SKILL: N_("knows the matter"),
    DispatchReason.OTHER: N_("other, say what"),
}
"""In the order of the digits 1-5, then 0."""

END_REASONS: Mapping[DispatchReason, str] = {
    DispatchReason.CLOSING: N_("closing time"),
    DispatchReason.GONE: N_("nobody is here any more"),
    DispatchReason.DEVICE_FAULT: N_("device fault"),
    DispatchReason.OTHER: N_("other, say what"),
}
"""Why tickets are ended, in the order of the digits."""

WHY: Mapping[DispatchReason, str] = {**REASONS, **END_REASONS}


def step_text(step: str) -> str:
    """A step of the checklist: one of the usual ones, or the hall's own words."""
    known = step in CrowdingStep.__members__.values()
    return _(PLAN[CrowdingStep(step)]) if known else step


def groups_text(primary: tuple[str, ...], secondary: tuple[str, ...] = ()) -> str:
    """``D E B``; ``--`` without any."""
    return " ".join((*primary, *secondary)) or ABSENT
