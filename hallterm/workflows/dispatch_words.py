"""Words of dispatch that workflows and screens share: groups, steps, reasons."""

from __future__ import annotations

from collections.abc import Mapping

from hallterm.locale import N_
from storage.facts import DispatchKind, DispatchReason

GROUP_TEXT = N_("group {group}")
ABSENT = "--"

KINDS: Mapping[DispatchKind, str] = {
    DispatchKind.GROUPS: N_("groups"),
    DispatchKind.BREAK: N_("break"),
    DispatchKind.CLOSE: N_("close"),
    DispatchKind.OPEN_RESERVE: N_("open reserve"),
    DispatchKind.SUBSTITUTE: N_("stand in"),
    DispatchKind.MOVE_TICKET: N_("move ticket"),
    DispatchKind.CALL_BACK: N_("call back"),
}
"""In the order of the digits 1-7."""

REASONS: Mapping[DispatchReason, str] = {
    DispatchReason.LONG_QUEUE: N_("long queue"),
    DispatchReason.ROTATE: N_("rotation"),
    DispatchReason.EMPTY_POST: N_("empty post"),
    DispatchReason.DEVICE_FAULT: N_("device fault"),
    DispatchReason.SKILL: N_("knows the matter"),
    DispatchReason.OTHER: N_("other, say what"),
}
"""In the order of the digits 1-5, then 0."""


def groups_text(primary: tuple[str, ...], secondary: tuple[str, ...] = ()) -> str:
    """``D E B``; ``--`` without any."""
    return " ".join((*primary, *secondary)) or ABSENT
