"""What is said about bundles: a sentence for each thing that may have come of one."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from hallterm.locale import N_, _


class Way(StrEnum):
    """What was done with a file, by where it was done."""

    TAKEN_IN = "taken_in"
    RETURNED = "returned"
    FORWARDED = "forwarded"


class Imported(Struct, frozen=True, kw_only=True):
    """Of one file. ``result`` is the verdict, or the code of a fault if it is not ``ok``; ``have`` lines of that log are at
    the centre, ``waiting`` facts rest here, ``fed`` came from the centre, and perhaps ``more`` wait there.
    """

    file: str
    way: Way
    ok: bool = True
    result: str
    node: str = ""
    lines: int = 0
    have: int = 0
    waiting: int = 0
    fed: int = 0
    more: bool = False


TAKEN_IN = {
    "stored": N_("{file}: {lines} lines of {node} are here, {have} in all. The receipt is written: carry it back."),
    "gap": N_(
        "{file}: earlier lines of {node} are missing here ({have} so far). Carry the receipt back: it says from where."
    ),
    "fork": N_("{file}: two disks write as {node}. Carry the receipt back: that PC goes on under a number of its own."),
}
RETURNED = {
    "stored": N_(
        "{file}: the centre has {have} lines of this log, {waiting} facts wait here, {fed} came from the centre."
    ),
    "known": N_("{file}: nothing new, the centre was heard from since. {waiting} facts wait here."),
    "gap": N_("{file}: the centre lacks the bundle before this one: carry that one too, or export again."),
    "rewound": N_("{file}: the centre lost lines it had: export again, {waiting} facts wait here."),
    "forked": N_("{file}: another disk wrote under this name. This PC goes on under a new number: export again."),
    "went_back": N_("{file}: this disk was put back to an earlier state. It goes on under a new number: export again."),
}
FORWARDED = {"forwarded": N_("{file}: forwarded to the centre. The receipt is written: carry it back.")}
SENTENCES = {Way.TAKEN_IN: TAKEN_IN, Way.RETURNED: RETURNED, Way.FORWARDED: FORWARDED}
MORE = N_("More waits at the centre for this PC: export once more.")

WRITING = {
    "full": N_("{file}: there is no room on the stick; make room or take another one, then do it again."),
    "read-only": N_("{file}: the stick may not be written; take its lock off, or another stick."),
    "gone": N_("{file}: the stick is not there, or cannot be read; put it in and do it again."),
    "not-written": N_("{file}: what was written cannot be read back; take another stick."),
}
FAULTS = {
    Way.TAKEN_IN: {
        "not-sealed": N_("{file}: not sealed for this centre, or damaged: nothing was taken. Export it again."),
        "not-enrolled": N_("{file}: its sender is not enrolled here (hallterm admin code): nothing was taken."),
        "revoked": N_("{file}: its sender is revoked: nothing was taken."),
        "no-box": N_("{file}: its sender enrolled with an older program: upgrade that PC and enrol it again."),
        "bad-signature": N_("{file}: not signed by the PC it names: nothing was taken."),
        "own-log": N_("{file}: it names this centre as its sender: nothing was taken."),
        "other-protocol": N_("{file}: made by a program this centre does not understand: upgrade the centre."),
    },
    Way.RETURNED: {
        "not-enrolled": N_("{file}: this PC is not enrolled at a centre: run hallterm enrol first."),
        "not-sealed": N_(
            "{file}: not a receipt for this PC, or damaged: nothing was changed. Import the bundle again."
        ),
        "not-signed": N_("{file}: not signed by the centre this PC enrolled with: nothing was changed."),
        "other-log": N_("{file}: the receipt of another disk, or of lines that are not here: nothing was changed."),
    },
    Way.FORWARDED: {
        "no-line": N_(
            "{file}: a bundle for the centre: take it there, or to a PC with an address under [sync] upstream."
        ),
        "not-sealed": N_("{file}: not sealed for the centre of this PC, or damaged: nothing was taken."),
        "not-enrolled": N_("{file}: its sender is not enrolled at the centre: nothing was taken."),
        "revoked": N_("{file}: its sender is revoked at the centre: nothing was taken."),
        "busy": N_("{file}: the centre is busy; try again in a minute."),
    },
}
UNREADABLE = N_("{file}: no bundle, or damaged ({code}): nothing was taken.")
NO_ANSWER = N_("{file}: the centre gave no answer ({code}); the bundle is still good, try again.")


def sentence(done: Imported) -> str:
    """What came of one file."""
    values = {"file": done.file, "node": done.node, "lines": done.lines, "have": done.have}
    values |= {"waiting": done.waiting, "fed": done.fed, "code": done.result}
    if done.ok:
        text = _(SENTENCES[done.way][done.result]).format(**values)
        return f"{text} {_(MORE)}" if done.more else text
    usual = NO_ANSWER if done.way is Way.FORWARDED else UNREADABLE
    return _(FAULTS[done.way].get(done.result) or WRITING.get(done.result, usual)).format(**values)
