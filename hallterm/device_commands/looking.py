"""``hallterm device list|status|identify|monitor``: what is there, what it is, what it says."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Coroutine, Iterator, Sequence
from pathlib import Path

import click
import msgspec

from devices.errors import LineSettings
from devices.technician.findings import of_identification
from devices.technician.identify import Heard, Identification, Step, identify
from devices.technician.line import opened_link
from devices.technician.listing import PortRow
from devices.technician.modem import modem_lines
from devices.technician.monitor import Filter, Monitor
from devices.technician.rig import monitor_for, rigged
from hallterm.config import Settings
from hallterm.device_commands.place import FAILED, OK, Bench, Stop, as_json, guarded, told, waited
from hallterm.device_words import finding_words, refusal_words
from hallterm.locale import N_, _
from hallterm.station.device_status import device_status
from hallterm.station.watching import watch
from hallterm.widgets.cells import literal
from hallterm.widgets.cells import width as width_of
from hallterm.workflows.pads import STATION, is_there
from hallterm.workflows.technician.station import StationRefused
from storage import clock

NOTHING_KNOWN = N_(
    "no station runs here, so nothing is known of the devices; hallterm station starts it, or any terminal"
)
LAST_WORDS = N_("no station runs here: these are its last words; hallterm station starts it, or any terminal")

PAINT_S = 0.1
LINES_A_PAINT = 40
SKIPPED = N_("... {count} lines left out")
FOUND = N_("{port}: {driver}, {baud} {format}; {identity}")
BIND = N_("To bind it: hallterm device bind {port} {role} WINDOW")
NOBODY_HERE = N_("no ports here")
MANY_BOUND = N_("several devices share this port: monitor it without --drive")
NOT_BOUND = N_("nothing is bound to this port: monitor it without --drive")
NOT_SERVED = N_("no station serves a device at this port: monitor it without --live")
NO_PINS = N_("{port} has no modem lines: a pseudo-terminal, or a converter without them. Nothing is wrong with it")
FOLLOWS = N_("{line} follows {ours}")
ALONE = N_("{line} follows neither DTR nor RTS")
SAVED = N_("{count} lines saved in {file}; card and identity data are not in them")


class PortLine(msgspec.Struct, frozen=True):
    """One port in JSON."""

    name: str
    chip: str
    usb_serial: str
    location: str
    stable_name: str
    bound: tuple[dict[str, str], ...]
    holder: str
    pid: int
    since_s: int
    absent: bool


def list_ports(settings: Settings, json: bool) -> int:
    """The ports, without opening any."""

    def work() -> int:
        rows = Bench(settings).ports().rows
        if json:
            as_json([_line(row) for row in rows])
            return OK
        if not rows:
            click.echo(_(NOBODY_HERE))
        for line in aligned([_cells(row, time.time()) for row in rows]):
            click.echo(line)
        return OK

    return guarded(work)


def status(settings: Settings, json: bool) -> int:
    """The devices as the station sees them, under flat names; 1 if no station runs."""

    def work() -> int:
        bench = Bench(settings)
        named = device_status(bench.board) if (bench.folder / "local.db").exists() else {}
        if json:
            as_json(named)
        for name, value in {} if json else named.items():
            click.echo(f"{name}: {value}")
        if json or is_there(bench.board.process(STATION), clock.now()):
            return OK
        click.echo(_(LAST_WORDS if named else NOTHING_KNOWN), err=True)
        return FAILED

    return guarded(work)


def identify_port(settings: Settings, port: str, json: bool) -> int:
    """What is behind a port; nothing beeps, prints or switches."""

    async def work() -> int:
        bench = Bench(settings)
        row = bench.row(port)
        async with bench.borrowed(row):
            found = await identify(row.name, progress=_quiet if json else _progress)
        if json:
            as_json(_identified(found))
        finding = of_identification(found)
        if finding is not None:
            told(finding_words(finding))
            return FAILED
        if not json:
            _say_found(found, row)
        return OK

    return waited(work)


class Looking(msgspec.Struct, frozen=True):
    """How a line is watched: ``drive`` lets its driver work meanwhile, ``live`` leaves the port with the station."""

    seconds: float = 0.0
    drive: bool = False
    live: bool = False
    wanted: str = ""
    save: Path | None = None
    baud: int = 0
    json: bool = False


def monitor(settings: Settings, port: str, how: Looking) -> int:
    """What goes over a line, until Ctrl+C or for so long."""

    async def work() -> int:
        bench = Bench(settings)
        row = bench.row(port)
        here = {(one.role, one.window) for one in row.bound}
        bindings = [one for one in bench.ports().bindings if (one.role, one.window) in here]
        if how.drive and len(bindings) != 1:
            raise Stop(_(MANY_BOUND if bindings else NOT_BOUND))
        if how.live and not (bindings and bench.station):
            raise Stop(_(NOT_SERVED))
        line = LineSettings(how.baud) if how.baud or not bindings else bindings[0].line
        shown = monitor_for(bindings[0]) if bindings else Monitor(line=line)
        try:
            if how.live:
                first = bindings[0]
                await _paint(shown, how, watch(bench.folder, str(first.role), first.window, shown))
                return OK
            async with bench.borrowed(row):
                if how.drive:
                    async with rigged(bindings[0], row.name, monitor=shown) as rig:
                        await rig.identify()
                        await rig.work()
                        await _paint(shown, how)
                else:
                    async with opened_link(row.name, line, monitor=shown) as link:
                        await _paint(shown, how, link.ended())
        except StationRefused as refused:
            raise Stop(refusal_words(refused.answer), FAILED) from refused
        finally:
            if how.save is not None:
                count = shown.save(how.save)
                click.echo(_(SAVED).format(count=count, file=how.save), err=True)
        return OK

    return waited(work)


async def _paint(shown: Monitor, how: Looking, ended: Coroutine[object, object, object] | None = None) -> None:
    """Ten times a second what is new; the rest is counted. ``ended`` is over when nothing more can come."""
    deadline = time.monotonic() + how.seconds if how.seconds else float("inf")
    closing = asyncio.ensure_future(ended) if ended is not None else None
    cursor = 0
    try:
        while time.monotonic() < deadline and not (closing is not None and closing.done()):
            await asyncio.sleep(PAINT_S)
            page = shown.since(cursor, most=LINES_A_PAINT, wanted=Filter(text=how.wanted))
            cursor = page.cursor
            if page.skipped and not how.json:
                click.echo(_(SKIPPED).format(count=page.skipped))
            for line in page.lines:
                click.echo(msgspec.json.encode(line).decode() if how.json else line.written())
    finally:
        if closing is not None and not closing.done():
            closing.cancel()
            await asyncio.gather(closing, return_exceptions=True)
    error = closing.result() if closing is not None and closing.done() and not closing.cancelled() else None
    if isinstance(error, Exception):
        raise error


def pins(settings: Settings, port: str, json: bool) -> int:
    """The modem lines of a port: DTR and RTS are switched, the others read."""

    async def work() -> int:
        bench = Bench(settings)
        row = bench.row(port)
        async with bench.borrowed(row):
            lines = await asyncio.to_thread(modem_lines, row.name)
        if json:
            as_json(msgspec.to_builtins(lines))
        elif not lines.there:
            click.echo(_(NO_PINS).format(port=row.short_name))
        else:
            for name, ours in lines.follows:
                click.echo(_(FOLLOWS if ours else ALONE).format(line=name.upper(), ours=ours.upper()))
        return OK

    return waited(work)


def _line(row: PortRow) -> PortLine:
    bound = tuple(
        {"role": str(one.role), "window": one.window, "driver": one.driver, "serial": one.serial} for one in row.bound
    )
    holder = row.holder
    return PortLine(
        row.name, str(row.chip or ""), row.usb_serial, row.location, row.stable_name, bound,
        holder.program if holder else "", holder.pid if holder else 0, row.since_s, row.absent,
    )  # fmt: skip


def aligned(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Rows with columns of one width, Chinese counted two wide."""
    safe = [[literal(cell) for cell in row] for row in rows]
    widths = [max(map(width_of, column)) for column in zip(*safe, strict=True)]
    for row in safe:
        cells = (cell + " " * (width - width_of(cell)) for cell, width in zip(row, widths, strict=True))
        yield "  ".join(cells).rstrip()


def _cells(row: PortRow, now_s: float) -> tuple[str, ...]:
    bound = ", ".join(f"{one.role} {one.window or '-'}" for one in row.bound) or _("not bound")
    holder = row.holder
    owner = "-" if holder is None else _("station") if holder.station else f"{holder.program} ({holder.pid})"
    age = _("gone") if row.absent else _age(now_s - row.since_s) if row.since_s else "-"
    name = row.short_name or row.usb_serial or row.location
    return name, str(row.chip or "-"), row.usb_serial or "-", row.location or "-", bound, owner, age


def _age(seconds: float) -> str:
    minutes = int(max(0.0, seconds) // 60)
    if minutes < 60:
        return _("{count} min").format(count=minutes)
    return (
        _("{count} h").format(count=minutes // 60) if minutes < 2880 else _("{count} d").format(count=minutes // 1440)
    )


def _quiet(step: Step) -> None:
    """Nothing: the answer is for a program."""


def _progress(step: Step) -> None:
    if step.heard is not Heard.ASKING:
        words = {Heard.SILENT: _("no answer"), Heard.UNREADABLE: _("unreadable"), Heard.FOUND: _("answers")}
        evidence = step.evidence.hex(" ").upper()[:60]
        click.echo(f"  {step.trial:<8} {step.baud:>6}  {words[step.heard]} {evidence}".rstrip(), err=True)


def _identified(found: Identification) -> dict[str, object]:
    answered = found.answered
    identity = msgspec.structs.asdict(answered.identity) if answered else {}
    return {
        "port": found.port,
        "verdict": str(found.verdict),
        "driver": answered.driver if answered else "",
        "roles": [str(role) for role in answered.roles] if answered else [],
        "baud": found.line.baud if answered else 0,
        "format": found.line.format if answered else "",
        "identity": identity,
        "evidence": answered.evidence.hex(" ").upper() if answered else "",
        "echo": answered.echo if answered else False,
        "addresses": list(answered.addresses) if answered else [],
        "spent_ms": found.spent_ms,
        "reason": found.error.reason if found.error else "",
    }


def _say_found(found: Identification, row: PortRow) -> None:
    answered = found.answered
    assert answered is not None
    identity = answered.identity
    known = [text for text in (identity.model, identity.serial, identity.firmware) if text]
    if identity.address:
        known.append(_("address {address}").format(address=identity.address))
    line = found.line
    sentence = _(FOUND).format(
        port=row.short_name, driver=answered.driver, baud=line.baud, format=line.format, identity=" ".join(known) or "-"
    )
    click.echo(sentence)
    click.echo(_(BIND).format(port=row.short_name, role=answered.roles[0]))
