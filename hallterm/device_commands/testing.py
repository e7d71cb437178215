"""``hallterm device test|loop|report``: does it work, and a paper about it."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Sequence
from contextlib import AsyncExitStack
from datetime import datetime
from pathlib import Path

import click
import msgspec

from devices.bindings import Binding
from devices.errors import LineSettings
from devices.technician.checks import CounterCheck, DeviceCheck, Level, check_counter
from devices.technician.loopback import FRAMES, LoopFigures, plug_test
from devices.technician.report import Replaced, Report, digest, dump, save
from devices.technician.results import Light, Outcome
from devices.technician.showing import Answer, Question, Texts
from hallterm.config import Settings
from hallterm.device_commands.place import FAILED, OK, Bench, Stop, as_json, same_place, waited
from hallterm.device_names import code_word, light_words, role_name, test_name
from hallterm.device_report import OUTCOMES, report_page
from hallterm.device_words import error_words
from hallterm.locale import N_, _
from hallterm.widgets.cells import fit
from hallterm.workflows.desk import Desk
from hallterm.workflows.technician.look import Ports, technician_look
from hallterm.workflows.technician.visit import Visit
from storage import clock
from storage.journal import Journal

QUESTIONS = {
    Question.DISPLAY_SEEN: N_("Is the text on the display whole and readable?"),
    Question.SLIP_GOOD: N_("Is the slip whole, with its QR code?"),
    Question.SENTENCE_HEARD: N_("Was the sentence heard clearly?"),
    Question.LAMP_SEEN: N_("Was the lamp lit?"),
    Question.PAD_BLINKED: N_("Did the pad flash or beep?"),
    Question.PRESS_A_KEY: N_("Press any key of the pad within 20 s after answering; ready?"),
    Question.PUT_A_CARD: N_("Put the test card on the reader; nothing of it is kept; ready?"),
    Question.SCAN_SOMETHING: N_("Scan any code within 20 s after answering; nothing of it is kept; ready?"),
}
NOTHING_BOUND = N_("nothing is bound at window {window}")
NO_HALL = N_("there is no hall in {folder}: hallterm setup makes one, and a report names it")
SAVED = N_("saved: {file}, fingerprint {sha256}")
ASKING_NEEDS = N_("an interactive test asks questions: run it in a terminal (over SSH use ssh -t)")
SENTENCE = "请到三号窗口"
"""The voice speaks Chinese, whatever the screen does."""
LOOP = N_("{port} {baud}: {frames} frames, {errors} errors, BER {ber:.2e}, round trip {rtt:.1f} ms (95 %)")


def check(settings: Settings, window: str, level: Level, json: bool) -> int:
    """All devices of a window ("-" the hall's own, "" everything); 1 if one failed."""

    async def work() -> int:
        if level is Level.INTERACTIVE and not (sys.stdin.isatty() and sys.stdout.isatty()):
            raise Stop(_(ASKING_NEEDS))
        bench = Bench(settings)
        ports = bench.ports()
        done = await _check(bench, ports, chosen(ports.bindings, window), level, quiet=json)
        if json:
            as_json({"light": str(done.light), "devices": [_plain(one) for one in done.devices]})
        else:
            click.echo(light_words(done.light))
        return FAILED if done.light is Light.RED else OK

    return waited(work)


def loop(settings: Settings, port: str, bauds: Sequence[int], frames: int, json: bool) -> int:
    """Bytes through a plug that joins TX and RX; 1 if one was wrong."""

    async def work() -> int:
        bench = Bench(settings)
        row = bench.row(port)
        figures = []
        async with bench.borrowed(row):
            for baud in bauds:
                one = await plug_test(row.name, line=LineSettings(baud), frames=frames or FRAMES)
                figures.append(one)
                if not json:
                    click.echo(_loop_line(row.short_name, one))
        if json:
            as_json([{**msgspec.structs.asdict(one), "ber": one.ber} for one in figures])
        return FAILED if any(one.errors for one in figures) else OK

    return waited(work)


class Signed(msgspec.Struct, frozen=True):
    """Who signs a report, why somebody came, what was replaced (part, old and new serial), and where it goes."""

    technician: str
    reason: str = ""
    replaced: tuple[tuple[str, str, str], ...] = ()
    folder: Path | None = None
    show: bool = False
    json: bool = False


def report(settings: Settings, window: str, signed: Signed) -> int:
    """Test everything that can be tested unseen, and save the report with its page; 1 if something failed."""

    async def work() -> int:
        bench = Bench(settings)
        if not (bench.folder / "hall.db").exists():
            raise Stop(_(NO_HALL).format(folder=bench.folder))
        whole = bench.ports()
        ports = msgspec.structs.replace(whole, bindings=chosen(whole.bindings, window))
        visit = Visit(clock.now())
        visit.replaced += [Replaced(*part) for part in signed.replaced]
        done = await _check(bench, whole, ports.bindings, Level.INTERNAL, quiet=True)
        for one in done.devices:
            visit.tried((str(one.role), one.window), one.tests, one.identity)
        _write(_report(bench, visit, ports, window, signed), signed, settings.data.path / "reports")
        return FAILED if done.light is Light.RED else OK

    return waited(work)


def _write(written: Report, signed: Signed, folder: Path) -> None:
    """Shown, or saved with its page."""
    text = dump(written)
    page = report_page(written, digest(text))
    if signed.show:
        if signed.json:
            as_json(msgspec.to_builtins(written, str_keys=True, builtin_types=(datetime,)))
        else:
            click.echo(page, nl=False)
        return
    saved = save(written, signed.folder or folder, page)
    if signed.json:
        as_json({"file": saved.path, "page": saved.page, "sha256": saved.sha256, "result": written.report.result})
    else:
        click.echo(_(SAVED).format(file=saved.path, sha256=saved.sha256))


def chosen(bindings: Sequence[Binding], window: str) -> tuple[Binding, ...]:
    """Those of a window; Stop if there are none."""
    found = tuple(one for one in bindings if not window or same_place(one.window, window))
    if not found:
        raise Stop(_(NOTHING_BOUND).format(window=window or "-"))
    return found


async def _check(bench: Bench, ports: Ports, bindings: Sequence[Binding], level: Level, *, quiet: bool) -> CounterCheck:
    """The station lets go of all ports that are needed, and takes them back at the end."""
    wanted = {(one.role, one.window) for one in bindings}
    rows = [row for row in ports.rows if any((one.role, one.window) in wanted for one in row.bound)]
    async with AsyncExitStack() as stack:
        for row in rows:
            await stack.enter_async_context(bench.borrowed(row))
        return await check_counter(
            bindings, ports.infos, level, ask=_ask if level is Level.INTERACTIVE else None,
            texts=Texts((_("Self-test of the printer"),), "HALLTERM", SENTENCE),
            progress=(lambda one: None) if quiet else _say, neighbours=ports.bindings,
        )  # fmt: skip


async def _ask(question: Question) -> Answer:
    """y, n or s for skip."""
    said = click.prompt(_(QUESTIONS[question]), type=click.Choice(["y", "n", "s"]), default="s")
    return Answer({"y": Outcome.PASS, "n": Outcome.FAIL}.get(said, Outcome.SKIPPED))


def _say(one: DeviceCheck) -> None:
    place = one.window or "-"
    click.echo(f"{place:<4} {fit(role_name(one.role), 16)} {one.driver:<16} {light_words(one.light)}")
    for test in one.tests:
        figures = " ".join(f"{name}={value}" for name, value in test.figures.items())
        outcome = fit(_(OUTCOMES[test.outcome]), 8)
        click.echo(" ".join(("    ", fit(test_name(test.name), 14), outcome, code_word(test.code), figures)).rstrip())
    if one.error is not None:
        click.echo(f"     {error_words(one.error).sentence}")


def _plain(one: DeviceCheck) -> dict[str, object]:
    plain = msgspec.to_builtins(msgspec.structs.replace(one, error=None))
    return {**plain, "light": str(one.light), "error": one.error.reason if one.error else ""}


def _loop_line(port: str, one: LoopFigures) -> str:
    return _(LOOP).format(
        port=port, baud=one.baud, frames=one.frames, errors=one.errors, ber=one.ber, rtt=one.rtt_ms_p95
    )


def _report(bench: Bench, visit: Visit, ports: Ports, window: str, signed: Signed) -> Report:
    """With what the journal and the board know of hall and devices."""
    journal = Journal.open(bench.folder / "hall.db")
    with contextlib.closing(journal):
        now = clock.now()
        desk = Desk(journal, bench.board, journal.identity.hall, staff=signed.technician)
        made = visit.report(technician_look(desk, now), ports, window, now)
    heading = msgspec.structs.replace(made.report, technician=signed.technician, reason=signed.reason)
    return msgspec.structs.replace(made, report=heading)
