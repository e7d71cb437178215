"""What is said of nodes, on their page and by command: their columns, and for each trouble what it means and what to do."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from hallterm.locale import N_, _
from hallterm.rules.coverage import Gap
from hallterm.rules.day import local
from hallterm.rules.node_health import DAY_MS, SILENT_MS, SKEW_MS, Trouble
from hallterm.widgets.bars import WIDE_FROM
from hallterm.widgets.cells import cut, fit, right
from hallterm.widgets.lines import Ink
from hallterm.workflows.sync_look import NodeLine

NODE, PLACE, APP, BACKLOG, CONTACT, SKEW, DISK, MARK = 17, 15, 6, 4, 10, 8, 7, 10
BYTES, EPOCHS, DURABLE, KEY = 11, 7, 10, 10


SKEW_UNITS = (
    (365 * DAY_MS, N_("+{count} y"), N_("-{count} y")),
    (DAY_MS, N_("+{count} d"), N_("-{count} d")),
    (3_600_000, N_("+{count} h"), N_("-{count} h")),
    (60_000, N_("+{count} min"), N_("-{count} min")),
)
"""ms, and the words of a clock that is fast or slow by so many."""

UNSIGNED = N_(
    "Up to {count} lines that the number host lost are unsigned and here only: keep this data, the centre may have them"
)


class Words(Struct, frozen=True):
    """``mark`` stands in the list, ``brief`` is one line, ``what`` its longer form, ``todo`` what a person does."""

    mark: str
    brief: str
    ink: Ink
    todo: tuple[str, ...] = ()


WORDS: Mapping[Trouble, Words] = {
    Trouble.SILENT: Words(
        N_("{days} d away"),
        N_("{name}: {day} last heard of, line {have}; the centre has all up to there. Nothing for {days} days"),
        Ink.RED,
        (
            N_("To do: telephone (power, network, not switched on); have a stick with a bundle brought; see R20"),
            N_("The point goes on working by itself, its data is there and safe. Assessment says no record, not 0"),
        ),
    ),
    Trouble.NEVER: Words(
        N_("never"),
        N_("{name}: enrolled and never heard of"),
        Ink.RED,
        (N_("To do: check the network and the address of the centre at that PC ([sync] upstream)"),),
    ),
    Trouble.TOO_OLD: Words(
        N_("too old"),
        N_("{name}: its program is too old for the centre. All data stays there"),
        Ink.RED,
        (N_("To do: a technician upgrades that PC; it sends everything by itself afterwards"),),
    ),
    Trouble.SKEW: Words(
        N_("clock"),
        N_("{name}: clock {skew}. Durations, order and statistics are right all the same"),
        Ink.YELLOW,
        (N_("To do: set the clock of that PC; hallterm never sets it"),),
    ),
    Trouble.CLONE: Words(
        N_("copy {parted}"),
        N_("{name}: copy {parted}, one disk ran in two PCs. Parted by itself, nothing lost or double. Keep only one"),
        Ink.YELLOW,
        (N_("To do: find the second PC and take it away, or set it up anew"),),
    ),
    Trouble.ASIDE: Words(
        N_("aside {aside}"),
        N_("{name}: {aside} lines put aside. {why}"),
        Ink.YELLOW,
        (N_("To do: upgrade the centre, then hallterm admin reproject"),),
    ),
    Trouble.DISK: Words(
        N_("disk"),
        N_("{name}: the disk is {disk} % full. What the centre has in a backup makes room by itself"),
        Ink.YELLOW,
        (N_("To do: make room at that PC, or put in a larger disk"),),
    ),
    Trouble.REVOKED: Words(
        N_("revoked"),
        N_("{name}: revoked {revoked}: {reason}. Taken up to line {have}"),
        Ink.DIM,
    ),
    Trouble.NONE: Words(
        "--",
        N_("{name}: nothing is wrong; last heard of {contact}"),
        Ink.PLAIN,
    ),
}
REVOKED_HERE = Words(
    N_("revoked"),
    N_("{name}: the centre takes nothing of this PC any more. All data stays here"),
    Ink.RED,
    (N_("To do: ask the centre; with a new code of it: hallterm enrol CODE"),),
)
"""At the PC itself, which is not told when and why."""
ASIDE_WHY: Mapping[str, str] = {
    "unknown_kind": N_("written by a newer program. Stored; counted by itself after the upgrade"),
    "": N_("not understood here. Stored; nothing else is held up by them"),
}


def words_of(line: NodeLine) -> Words:
    """What is said of the trouble of a node."""
    return REVOKED_HERE if line.trouble is Trouble.REVOKED and not line.revoked_t else WORDS[line.trouble]


def values_of(line: NodeLine, now_t: int) -> dict[str, object]:
    """What the sentences of a node name."""
    return {
        "name": name_of(line),
        "have": line.have,
        "day": contact_text(line.contact_t, now_t, full=True),
        "days": (now_t - line.contact_t) // DAY_MS if line.contact_t else 0,
        "skew": skew_text(line.skew_ms),
        "parted": day_text(line.parted_t),
        "aside": line.aside,
        "why": _(ASIDE_WHY.get(line.aside_why, ASIDE_WHY[""])),
        "disk": "--" if line.disk_used is None else line.disk_used,
        "revoked": day_text(line.revoked_t),
        "reason": line.reason,
        "contact": contact_text(line.contact_t, now_t),
    }


def mark_of(line: NodeLine, now_t: int) -> str:
    """The last column of the list."""
    if line.trouble is Trouble.SKEW:
        return _("clock fast") if line.skew_ms > 0 else _("clock slow")
    return _(words_of(line).mark).format(**values_of(line, now_t))


def brief_of(line: NodeLine, now_t: int) -> str:
    """One line about a node."""
    return _(words_of(line).brief).format(**values_of(line, now_t))


def name_of(line: NodeLine) -> str:
    """The place and the number of its PC."""
    return f"{line.place} {line.number}".strip()


def day_text(t: int) -> str:
    """``10-30``, or ``--``."""
    return f"{local(t):%m-%d}" if t else "--"


def contact_text(t: int, now_t: int, *, full: bool = False) -> str:
    """``10:44`` of today, ``09-28`` of another day (with the time if ``full``), ``2025-09-28`` of another year."""
    if not t:
        return "--"
    at, now = local(t), local(now_t)
    if at.date() == now.date():
        return f"{at:%H:%M}"
    shape = "%m-%d" if at.year == now.year else "%Y-%m-%d"
    return at.strftime(f"{shape} %H:%M" if full else shape)


def skew_text(skew_ms: int) -> str:
    """``0``, or how far a clock is wrong, in the largest unit that says it, within 8 cells."""
    wrong = abs(skew_ms)
    if wrong < SKEW_MS:
        return "0"
    unit_ms, fast, slow = next(one for one in SKEW_UNITS if wrong >= one[0] * 1.95)
    return _(fast if skew_ms > 0 else slow).format(count=round(wrong / unit_ms))


def backlog_text(line: NodeLine, now_t: int) -> str:
    """How many facts wait there, from ten thousand on in thousands (``16k``); ``?`` when that is long ago."""
    if line.contact_t and now_t - line.contact_t >= SILENT_MS:
        return "?"
    waiting = str(line.backlog) if line.backlog < 10_000 else f"{min(line.backlog // 1000, 999)}k"
    return waiting if line.contact_t else "--"


def size_text(size: int | None) -> str:
    """Bytes a day in kB with one decimal, or MB."""
    if size is None:
        return "--"
    return f"{size / 1000:.1f} kB" if size < 1_000_000 else f"{size / 1_000_000:.1f} MB"


def gaps_text(gaps: tuple[Gap, ...]) -> str:
    """The halls whose data is not in yet, by name and since when; empty when all is there."""
    if not gaps:
        return ""
    named = "  ".join(
        _("{hall} since {day}").format(hall=one.name, day=one.since[5:])
        if one.since
        else _("{hall} never").format(hall=one.name)
        for one in gaps
    )
    return _("Days not in of {count} halls: {named}").format(count=len(gaps), named=named)


def head_row(cells: int) -> str:
    """The names of the columns."""
    start = " " + fit(_("Node"), NODE) + fit(_("Hall, window"), PLACE) + fit(_("Ver."), APP)
    numbers = (
        right(_("Wait"), BACKLOG) + right(_("Heard of"), CONTACT) + right(_("Clock"), SKEW) + right(_("Disk%"), DISK)
    )
    more = ""
    if cells >= WIDE_FROM:
        more = right(_("Bytes/day"), BYTES) + right(_("Logs"), EPOCHS) + right(_("Backed up"), DURABLE)
        more += "  " + fit(_("Key"), KEY - 2)
    return f"{start}{numbers}{more}  {_('Trouble')}"


def node_text(line: NodeLine, now_t: int, cells: int) -> str:
    """The columns of one node; more of them from 100 cells on."""
    disk = "--" if line.disk_used is None else str(line.disk_used)
    start = fit(line.node, NODE - 1) + " " + fit(cut(name_of(line), PLACE - 1), PLACE) + fit(line.app or "--", APP)
    numbers = right(backlog_text(line, now_t), BACKLOG) + right(contact_text(line.contact_t, now_t), CONTACT)
    numbers += right(skew_text(line.skew_ms) if line.contact_t and backlog_text(line, now_t) != "?" else "--", SKEW)
    numbers += right(disk, DISK)
    more = ""
    if cells >= WIDE_FROM:
        more = right(size_text(line.bytes_a_day), BYTES) + right(str(line.epochs), EPOCHS)
        more += right(str(line.durable), DURABLE) + "  " + fit(line.key or "--", KEY - 2)
    return f"{start}{numbers}{more}  {mark_of(line, now_t)}"
