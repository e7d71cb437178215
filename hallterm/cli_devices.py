"""The commands about devices: ``hallterm device …``. Builders only; each imports its room when it runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from hallterm import cli
from hallterm.cli import call, command, group
from hallterm.config import Settings
from hallterm.locale import N_, _

ROOMS = "hallterm.device_commands"
ROLES = (
    "rating_device", "window_display", "ticket_printer", "hall_board", "voice", "overtime_lamp", "id_card_reader",
    "scanner",
)  # fmt: skip
"""As devices.events has them; not imported for a page of help."""
LEVELS = ("internal", "external", "interactive")
BAUDS = ("2400", "4800", "9600", "19200", "38400", "57600", "115200")


def device_group(name: str) -> click.Command:
    commands = [
        _list(), _status(), _identify(), _monitor(), _test(), _loop(), _pins(), _bind(), _unbind(), _swap(), _release(),
        _compare(), _report(), _sim(), _press(),
    ]  # fmt: skip
    return group(name, _("Find, name, test and bind devices."), commands)


def _port() -> click.Argument:
    return click.Argument(["port"], metavar="PORT")


def _role() -> click.Argument:
    return click.Argument(["role"], type=click.Choice(ROLES), metavar="ROLE")


def _at(name: str = "at_window", *, required: bool = True) -> click.Argument:
    """Not ``window``: that is an option of each command."""
    metavar = "WINDOW" if required else _("[WINDOW]")
    return click.Argument([name], metavar=metavar, required=required, default=None if required else "")


def _json() -> click.Option:
    return click.Option(["--json"], is_flag=True, help=_("For a machine."))


def _run(target: str, *arguments: object) -> int:
    return call(f"{ROOMS}.{target}", *arguments)


def _list() -> click.Command:
    return command(
        "list", N_("List the ports, without opening any."),
        lambda settings, json: _run("looking:list_ports", settings, json), [_json()],
    )  # fmt: skip


def _status() -> click.Command:
    return command(
        "status", N_("Print the health of the devices as the station sees them."),
        lambda settings, json: _run("looking:status", settings, json), [_json()],
    )  # fmt: skip


def _identify() -> click.Command:
    return command(
        "identify", N_("Find out what is behind a port; nothing beeps, prints or switches (25 s at most)."),
        lambda settings, port, json: _run("looking:identify_port", settings, port, json), [_port(), _json()],
    )  # fmt: skip


def _monitor() -> click.Command:
    def monitor(settings: Settings, port: str, **given: Any) -> int:
        from hallterm.device_commands.looking import Looking

        how = Looking(
            given["seconds"], given["drive"], given["live"], given["filter"], given["save"], int(given["baud"] or 0),
            given["json"],
        )  # fmt: skip
        return _run("looking:monitor", settings, port, how)

    parameters = [
        _port(),
        click.Option(["--seconds"], type=click.FloatRange(0), default=0.0, help=_("End by itself after so long.")),
        click.Option(["--drive"], is_flag=True, help=_("Let the driver of its binding work meanwhile.")),
        click.Option(["--live"], is_flag=True, help=_("Leave the port with the station and show what it exchanges.")),
        click.Option(["--filter"], default="", metavar="TEXT", help=_("Only lines with this text.")),
        click.Option(["--save"], type=click.Path(path_type=Path), metavar="FILE", help=_("Save the last 2,000 lines.")),
        click.Option(["--baud"], type=click.Choice(BAUDS), help=_("Speed of a port that is not bound.")),
        click.Option(["--json"], is_flag=True, help=_("For a machine, a line each.")),
    ]
    return command(
        "monitor", N_("Show what goes over a line; card and identity data stay hidden."), monitor, parameters
    )


def _test() -> click.Command:
    def test(settings: Settings, at_window: str, level: str, json: bool) -> int:
        from devices.technician.checks import Level

        return _run("testing:check", settings, at_window, Level(level), json)

    text = _("Internal shows nothing, external prints and speaks, interactive asks as well.")
    parameters = [
        _at(required=False),
        click.Option(["--level"], type=click.Choice(LEVELS), default="internal", show_default=True, help=text),
        _json(),
    ]
    return command("test", N_("Test the devices of a window, or all."), test, parameters)


def _loop() -> click.Command:
    def loop(settings: Settings, port: str, baud: tuple[str, ...], frames: int, json: bool) -> int:
        return _run("testing:loop", settings, port, [int(one) for one in baud or ("9600",)], frames, json)

    parameters = [
        _port(),
        click.Option(["--baud"], type=click.Choice(BAUDS), multiple=True, help=_("A speed; may be given again.")),
        click.Option(["--frames"], type=click.IntRange(1, 100_000), default=1000, show_default=True),
        _json(),
    ]
    return command("loop", N_("Send a pattern through a plug that joins TX and RX."), loop, parameters)


def _pins() -> click.Command:
    return command(
        "pins", N_("Switch DTR and RTS and read the other modem lines; a device may start anew."),
        lambda settings, port, json: _run("looking:pins", settings, port, json), [_port(), _json()],
    )  # fmt: skip


def _bind() -> click.Command:
    def bind(settings: Settings, port: str, role: str, at_window: str, **given: Any) -> int:
        from devices.events import Role
        from hallterm.device_commands.binding import Given

        baud = int(given["baud"] or 0)
        more = (given["address"], given["channel"], given["learn"], given["replaces"])
        about = Given(given["driver"], given["profile"], baud, *more)
        return _run("binding:bind", settings, port, Role(role), at_window, about, given["json"])

    learn = _("Show 88 on an AA-BB strip with either check, at each speed, and keep what it goes by.")
    parameters = [
        _port(),
        _role(),
        _at(),
        click.Option(["--driver"], default="", metavar="NAME", help=_("Do not ask the device; it is this.")),
        click.Option(["--profile"], default="", metavar="NAME", help=_("Of this make; it names driver and speed.")),
        click.Option(["--baud"], type=click.Choice(BAUDS), help=_("Speed, with --driver.")),
        click.Option(["--address"], type=click.IntRange(0, 247), default=0, help=_("Address on its line.")),
        click.Option(["--channel"], type=click.IntRange(0, 16), default=0, help=_("Relay of the board, from 1.")),
        click.Option(["--learn"], is_flag=True, help=learn),
        click.Option(
            ["--replaces"], is_flag=True, help=_("It replaces the device bound there: keys and options stay.")
        ),
        _json(),
    ]
    return command("bind", N_("Bind the device at a port to a window (- for the hall)."), bind, parameters)


def _unbind() -> click.Command:
    def unbind(settings: Settings, role: str, at_window: str, json: bool) -> int:
        from devices.events import Role

        return _run("binding:unbind", settings, Role(role), at_window, json)

    return command("unbind", N_("Forget the device of a window."), unbind, [_role(), _at(), _json()])


def _swap() -> click.Command:
    def swap(settings: Settings, role: str, at_window: str, other: str, json: bool) -> int:
        from devices.events import Role

        return _run("binding:swap", settings, Role(role), at_window, other, json)

    parameters = [_role(), _at(), click.Argument(["other"], metavar="OTHER"), _json()]
    return command("swap", N_("Exchange the ports of two windows: their cables were mixed up."), swap, parameters)


def _release() -> click.Command:
    def release(settings: Settings, role: str, at_window: str, json: bool) -> int:
        from devices.events import Role

        return _run("binding:release", settings, Role(role), at_window, json)

    parameters = [_role(), _at(), _json()]
    return command("release", N_("Let a pad count again whose case was open."), release, parameters)


def _compare() -> click.Command:
    def compare(settings: Settings, template: str, at_window: str, take: bool, json: bool) -> int:
        return _run("comparing:compare_windows", settings, template, at_window, take, json)

    take = _("Take over profile, keys, options and speed; bind what a report knows and what is plugged in.")
    parameters = [
        click.Argument(["template"], metavar="TEMPLATE"),
        _at(required=False),
        click.Option(["--take"], is_flag=True, help=take),
        _json(),
    ]
    text = N_("Compare the devices of all windows, or of one, with those of a window or of a saved report.")
    return command("compare", text, compare, parameters)


def _report() -> click.Command:
    def report(settings: Settings, at_window: str, **given: Any) -> int:
        from hallterm.device_commands.testing import Signed

        about = Signed(
            given["technician"], given["reason"], given["replaced"], given["folder"], given["show"], given["json"]
        )
        return _run("testing:report", settings, at_window, about)

    parameters = [
        _at(),
        click.Option(["--technician"], required=True, metavar="NUMBER", help=_("Staff number of who signs.")),
        click.Option(["--reason"], default="", metavar="TEXT", help=_("Why somebody came.")),
        click.Option(
            ["--replaced"], nargs=3, multiple=True, metavar="PART OLD NEW",
            help=_("A part that was replaced, with both serial numbers; may be given again."),
        ),
        click.Option(["--folder"], type=click.Path(path_type=Path), metavar="FOLDER", help=_("Where to save it.")),
        click.Option(["--show"], is_flag=True, help=_("Print the page and save nothing.")),
        _json(),
    ]  # fmt: skip
    return command("report", N_("Test a window unseen and save the report."), report, parameters)


def _sim() -> click.Command:
    def sim(settings: Settings, at_window: tuple[str, ...], **given: Any) -> int:
        return _run("simulating:simulate", settings, at_window, given["run"], given["auto"], given["all"])

    parameters = [
        click.Argument(["at_window"], nargs=-1, metavar=_("[WINDOW]...")),
        click.Option(["--run"], type=click.Path(path_type=Path), metavar="FOLDER", help=_("Where their ports appear.")),
        click.Option(["--auto"], type=int, metavar="SEED", help=_("The pads press by themselves.")),
        click.Option(["--all"], is_flag=True, help=_("Voice, board, lamp, card reader and scanner as well.")),
    ]
    return command("sim", N_("Simulate devices; faults are typed in."), sim, parameters)


def _press() -> click.Command:
    parameters = [_at(), click.Argument(["key"], type=click.IntRange(1, 9), metavar="KEY")]
    return command(
        "press", N_("Press a key of the simulated rating pad of a window."),
        lambda settings, at_window, key: call(cli.DEVICE_PRESS, settings, at_window, key), parameters,
    )  # fmt: skip
