"""The rows of the page of the nodes: the list, what stands below it, the detail of one node."""

from __future__ import annotations

from hallterm.locale import _
from hallterm.node_words import (
    UNSIGNED,
    brief_of,
    contact_text,
    day_text,
    gaps_text,
    name_of,
    node_text,
    words_of,
)
from hallterm.rules.node_health import DISK_FREE_PERCENT, Trouble
from hallterm.screens.technician_page import listed, rule
from hallterm.widgets.cells import cut, fit, folded, right, width
from hallterm.widgets.health import is_trying
from hallterm.widgets.lines import Ink, Row
from hallterm.workflows.sync_look import NodeDetail, NodeLine, SyncLook

BELOW_ROWS = 10
"""The last of them is the field of row 21."""
NEWS = 2


def list_height(height: int) -> int:
    """Rows of the list on a screen of so many rows: frame, header, rule and what stands below it take the others."""
    return max(1, height - 6 - 2 - BELOW_ROWS)


def node_row(line: NodeLine, now_t: int, cells: int, *, chosen: bool) -> Row:
    """One node."""
    return listed(node_text(line, now_t, cells), words_of(line).ink, chosen=chosen)


def below(look: SyncLook, chosen: NodeLine | None, now_t: int, cells: int, twice: str = "") -> list[Row]:
    """What stands under the list: the chosen node and what to do, two others in trouble, marks, halls not in."""
    rows: list[Row] = []
    if chosen is not None:
        rows += [f" {text}" for text in folded(brief_of(chosen, now_t), cells - 2, 2)]
        if chosen.put_off:
            rows.append("   " + _("Put off until tomorrow"))
        for todo in () if chosen.put_off else words_of(chosen).todo:
            rows += [f"   {text}" for text in folded(_(todo), cells - 4, 2)]
    others = [one for one in look.lines if one is not chosen and one.trouble < Trouble.NONE and not one.put_off][:NEWS]
    news: list[Row] = [((f" {cut(brief_of(one, now_t), cells - 2)}", words_of(one).ink),) for one in others]
    ends: list[Row] = []
    if chosen is not None:
        ends.append(" " + _marks(chosen, look))
    gaps = gaps_text(look.gaps)
    if gaps:
        ends.append(((f" {cut(gaps, cells - 2)}", Ink.YELLOW),))
    if look.unsigned:
        told = folded(_(UNSIGNED).format(count=look.unsigned), cells - 2, 2)
        ends += [((f" {text}", Ink.YELLOW),) for text in told]
    if twice:
        ends.append(((f" {cut(twice, cells - 2)}", Ink.YELLOW),))
    room = BELOW_ROWS - 1 - len(ends)
    rows = [*rows, "", *news][:room]
    return [*rows, *[""] * (room - len(rows)), *ends]


def arrived_text(look: SyncLook, now_t: int) -> str:
    """What came last."""
    last = next((one for one in look.lines if look.arrived and one.node == look.arrived.node), None)
    if look.arrived is None or last is None:
        return ""
    when = contact_text(look.arrived.at_t, now_t)
    return _("{time} {name} sent {count} lines").format(time=when, name=name_of(last), count=look.arrived.lines)


def _marks(line: NodeLine, look: SyncLook) -> str:
    if not look.is_centre and not look.enrolled:
        return _("This PC works alone: nothing is sent. Join a centre with hallterm enrol")
    text = _("Stored up to line {have}   in a backup up to {durable}   kept here until then")
    made = f"({backed_up_text(look.backed_up)})" if look.backed_up else ""
    return text.format(have=line.have, durable=f"{line.durable}{made}")


def backed_up_text(name: str) -> str:
    """``11-23 18:05`` of a backup's name."""
    return f"{name[4:6]}-{name[6:8]} {name[9:11]}:{name[11:13]}"


def health_line(look: SyncLook, cells: int) -> Row:
    """Row 2: how many, how many of them lately, what waits; at the right what is wrong."""
    lines = [one for one in look.lines if not one.revoked_t]
    centre = _("Centre here") if look.is_centre else _centre_word(look)
    words = _("{centre}  PCs {count}  online {online}  waiting {waiting}").format(
        centre=centre,
        count=len(lines),
        online=sum(one.online for one in lines),
        waiting=sum(one.backlog for one in lines),
    )
    silent = sum(one.trouble in (Trouble.SILENT, Trouble.NEVER) for one in lines)
    aside, clones = sum(one.aside for one in lines), sum(one.clones for one in lines)
    counts = ((_("aside {n}"), aside), (_("copies {n}"), clones), (_("over 7 d {n}"), silent))
    tail = "  ".join(text.format(n=n) for text, n in counts) + " "
    start = fit(f" {words}", max(1, cells - width(tail)))
    return ((start, Ink.PLAIN), (tail, Ink.YELLOW if aside or clones or silent else Ink.PLAIN))


def _centre_word(look: SyncLook) -> str:
    if look.health.online:
        return _("Centre on")
    return _("Centre: trying") if look.enrolled and is_trying(look.health) else _("Centre off")


def detail_rows(line: NodeLine, detail: NodeDetail, cells: int) -> list[Row]:
    """Everything of one node: logs by epoch, lines put aside, the segments that came last."""
    head = _("{name}   {node}   key {key}   disk free below {percent} % is told")
    rows: list[Row] = [
        " " + head.format(name=name_of(line), node=line.node, key=line.key or "--", percent=DISK_FREE_PERCENT),
        rule(cells),
        _log_row(_("Log"), _("Lines"), _("Backed up"), _("Began"), _("Parted from, why")),
    ]
    for log in detail.logs:
        began = f"{log.parent_epoch}:{log.parent_seq}  {log.why}" if log.why else "--"
        rows.append(_log_row(str(log.epoch), str(log.have), str(log.durable), day_text(log.opened_t), began))
    rows += ["", " " + _("Lines put aside   {count}").format(count=len(detail.aside))]
    rows += [f"   {one.epoch}:{one.seq}  {one.why}" for one in detail.aside[:5]]
    rows += ["", _segment_row(_("Segments that came last"), _("Lines"), _("Bytes"), _("At"))]
    for segment in detail.segments:
        at = contact_text(segment.received_t, 0, full=True)
        rows.append(_segment_row(str(segment.epoch), f"{segment.first}-{segment.last}", str(segment.size), at))
    return [cut(row, cells) if isinstance(row, str) else row for row in rows]


def _log_row(log: str, lines: str, durable: str, began: str, why: str) -> str:
    return f" {fit(log, 16)}{right(lines, 10)}{right(durable, 11)}   {fit(began, 8)}{why}"


def _segment_row(log: str, lines: str, size: str, at: str) -> str:
    return f" {fit(log, 27)}{fit(lines, 18)}{right(size, 8)}   {at}"
