"""The command line: ``hallterm [command]``. A room is imported when its command runs, never for another one.

Exit codes: 0 done, 1 stopped, 2 bad input (one sentence a fault on stderr), 130 interrupted. A function behind a
command takes the settings (and the command's own arguments) and returns an exit code or None.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterable, Sequence
from gettext import gettext
from importlib import import_module
from pathlib import Path
from typing import Any

import click
from msgspec import Struct

from hallterm.cli_errors import INTERRUPTED, OK, input_ended, nobody_reads, record, sentence, tell
from hallterm.config import Settings, load
from hallterm.locale import N_, _, use
from hallterm.terminal import LANGUAGE_SETTINGS, TerminalAnswer, decide


class Entry(Struct, frozen=True):
    """A command that only needs the settings: ``target`` is ``module:function``."""

    target: str
    help: str


ENTRIES = {
    "run": Entry("hallterm.run:main", N_("Open the counter or the desk of who signs on (default).")),
    "setup": Entry("hallterm.setup_command:main", N_("Set up a new hall: name, hours, windows, administrator.")),
    "demo": Entry("hallterm.demo:main", N_("Open a demonstration hall in a scratch folder.")),
    "station": Entry("hallterm.station.main:main", N_("Run the background process of this PC.")),
    "kiosk": Entry("hallterm.run:kiosk", N_("Hand out tickets on this screen.")),
    "board": Entry("hallterm.run:board", N_("Show called tickets on this screen.")),
    "serve": Entry("hallterm.centre:main", N_("Serve other nodes as hub or centre.")),
    "doctor": Entry("hallterm.doctor:main", N_("Check data, keys, clock and devices of this PC.")),
    "backup": Entry("hallterm.backup_command:main", N_("Make a backup now.")),
    "restore": Entry("hallterm.restore_command:restore", N_("Put a backup in place of damaged data.")),
    "rebuild": Entry("hallterm.restore_command:rebuild", N_("Make the tables anew from the journal.")),
}

DEVICE_PRESS = "hallterm.device_commands.simulating:press"
KEYS = "hallterm.keys_command:main"

SETTINGS_OPTIONS = ("config", "data", "window", "lang")
PATH = click.Path(path_type=Path, readable=False)
"""Whoever opens it tells why it cannot be read; click would only say that it cannot be used."""


class HelpFormatter(click.HelpFormatter):
    """Click's help in the language in use."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        super().write_usage(prog, args, prefix or _("Usage: "))

    def write_heading(self, heading: str) -> None:
        titles = {gettext("Options"): _("Options"), gettext("Commands"): _("Commands")}
        super().write_heading(titles.get(heading, heading))

    def write_dl(self, rows: Iterable[tuple[str, str]], *args: Any, **options: Any) -> None:
        """Click names kinds of values and what must be given in English."""
        kinds = re.compile(r"\b(?:INTEGER|FLOAT)(?: RANGE)?\b")
        needed = (f"[{gettext('required')}]", _("[needed]"))
        told = [(kinds.sub("NUMBER", name), text.replace(*needed)) for name, text in rows]
        super().write_dl(told, *args, **options)


class Context(click.Context):
    formatter_class = HelpFormatter


class Command(click.Command):
    context_class = Context


class Group(click.Group):
    context_class = Context


class CommandGroup(Group):
    """Builds a command when it is asked for; without a command it is ``run``."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(BUILDERS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        builder = BUILDERS.get(cmd_name)
        return builder(cmd_name) if builder else None


def settings_options() -> list[click.Parameter]:
    """The options that every command has."""
    return [
        click.Option(["--config"], type=PATH, metavar="FILE", help=_("Configuration file.")),
        click.Option(["--data"], type=PATH, metavar="FOLDER", help=_("Data folder.")),
        click.Option(["--window"], default="", metavar="CODE", help=_("Window of this terminal.")),
        click.Option(["--lang"], type=click.Choice(LANGUAGE_SETTINGS), help=_("Language.")),
        help_option(),
    ]


def help_option() -> click.Option:
    """Click's own in the language in use."""

    def show(context: click.Context, _option: click.Parameter, wanted: bool) -> None:
        if wanted:
            click.echo(context.get_help())
            context.exit()

    text = _("Show this page.")
    return click.Option(["--help"], is_flag=True, is_eager=True, expose_value=False, callback=show, help=text)


def open_settings(options: dict[str, Any]) -> Settings:
    """Load the configuration with the options before and after each word, and switch to its language."""
    groups = _groups_above(click.get_current_context())
    given = {
        name: options.pop(name, None) or next((one[name] for one in groups if one.get(name)), None)
        for name in SETTINGS_OPTIONS
    }
    settings = load(given["config"], data=given["data"], window=given["window"] or "", language=given["lang"] or "")
    use(decide(settings.ui.language, os.environ, TerminalAnswer()).language)
    return settings


def _groups_above(context: click.Context | None) -> list[dict[str, Any]]:
    """What was given to a command and to each group above it, the nearest first."""
    found = []
    while context is not None:
        found.append(context.params)
        context = context.parent
    return found


def call(target: str, *arguments: object) -> int:
    """Import the room of ``module:function`` and call the function."""
    module, _colon, name = target.partition(":")
    code = getattr(import_module(module), name)(*arguments)
    return code if isinstance(code, int) else OK


def command(
    name: str, text: str, callback: Callable[..., int], parameters: Sequence[click.Parameter] = ()
) -> click.Command:
    """A command with the common options; ``callback`` gets the settings first."""

    def with_settings(**options: Any) -> int:
        settings = open_settings(options)
        return guarded(settings, lambda: callback(settings, **options))

    params = [*parameters, *settings_options()]
    return Command(
        name, params=params, callback=with_settings, help=_(text), add_help_option=False, options_metavar=_("[OPTIONS]")
    )


def group(name: str, text: str, commands: Sequence[click.Command]) -> click.Group:
    """Commands below a command; the common options may also stand before the last word."""
    return Group(
        name,
        commands=commands,
        params=settings_options(),
        help=text,
        add_help_option=False,
        options_metavar=_("[OPTIONS]"),
        subcommand_metavar=_("COMMAND ..."),
    )


def guarded(settings: Settings, action: Callable[[], int]) -> int:
    """Run what a command does; an error that nobody foresaw is recorded in the log folder of these settings."""
    try:
        return action()
    except BrokenPipeError:
        return nobody_reads()
    except (click.Abort, click.exceptions.Exit):
        raise
    except Exception as error:
        if sentence(error):
            raise
        return record(error, settings.data.path / "log")


def entry_command(name: str) -> click.Command:
    entry = ENTRIES[name]
    return command(name, entry.help, lambda settings: call(entry.target, settings))


def keys_command(name: str) -> click.Command:
    parameters = [
        click.Option(["--try", "trying"], is_flag=True, help=_("Show what arrives, and learn the keys of a reader.")),
        click.Option(["--json", "as_json"], is_flag=True, help=_("The map and the clashes for a machine.")),
    ]
    text = N_("Print the keys of a window and their clashes.")
    return command(name, text, lambda settings, trying, as_json: call(KEYS, settings, as_json, trying), parameters)


def serve_command(name: str) -> click.Command:
    def serve(settings: Settings, database: str, listen: str, pace: int) -> int:
        return call(ENTRIES["serve"].target, settings, database, listen, pace)

    parameters = [
        click.Option(
            ["--database"], default="", metavar="URL", help=_("PostgreSQL URL; without it a file in the data folder.")
        ),
        click.Option(["--listen"], default="", metavar="ADDRESS", help=_("Address and port; port 0 takes a free one.")),
        click.Option(
            ["--pace"], default=0, type=click.IntRange(0, 86400), help=_("Seconds between exchanges when little waits.")
        ),
    ]
    return command(name, ENTRIES["serve"].help, serve, parameters)


def doctor_command(name: str) -> click.Command:
    parameters: list[click.Parameter] = [
        click.Option(["--json"], is_flag=True, help=_("Findings for a machine.")),
        click.Option(["--database"], default="", metavar="URL", help=_("A centre's database on PostgreSQL.")),
    ]
    run = lambda settings, json, database: call(ENTRIES["doctor"].target, settings, json, database)  # noqa: E731
    return command(name, ENTRIES["doctor"].help, run, parameters)


def restore_command(name: str) -> click.Command:
    ways = click.Choice(["all", "at-once", "anew", "stick", "look"])
    parameters: list[click.Parameter] = [
        click.Argument(["backup"], default="", metavar=_("[BACKUP]")),
        click.Option(["--way"], type=ways, default="all", help=_("As the screen of damaged data offers them.")),
    ]
    run = lambda settings, backup, way: call(ENTRIES["restore"].target, settings, backup, way)  # noqa: E731
    return command(name, ENTRIES["restore"].help, run, parameters)


def setup_command(name: str) -> click.Command:
    def setup(settings: Settings, **given: Any) -> int:
        from hallterm.setup_command import SetupOptions

        return call(ENTRIES["setup"].target, settings, SetupOptions(**given))

    parameters = [
        click.Option(["--hall-name"], default="", metavar="NAME", help=_("Name of the hall.")),
        click.Option(["--hall-code"], default="", metavar="CODE", help=_("Nine digits: division and number.")),
        click.Option(
            ["--windows"], multiple=True, metavar="N:A,B/C", help=_("A window, its groups, its second groups.")
        ),
        click.Option(["--admin"], default="", metavar="NUMBER", help=_("Staff number of the administrator.")),
        click.Option(["--name"], default="", metavar="NAME", help=_("Name of the administrator.")),
        click.Option(["--password-stdin"], is_flag=True, help=_("Read the password from standard input.")),
        click.Option(["--hours"], default="08:30-12:00 14:00-18:00", metavar="HOURS", help=_("Opening hours.")),
        click.Option(["--open-always"], is_flag=True, help=_("Open at all hours.")),
        click.Option(["--point"], is_flag=True, help=_("A service point.")),
        click.Option(["--centre"], is_flag=True, help=_("A centre: --hall-code is its division, such as 360600.")),
    ]
    return command(name, ENTRIES["setup"].help, setup, parameters)


def device_group(name: str) -> click.Command:
    from hallterm import cli_devices

    return cli_devices.device_group(name)


def catalogue_group(name: str) -> click.Command:
    from hallterm import cli_catalogue

    return cli_catalogue.catalogue_group(name)


def mirror_command(name: str) -> click.Command:
    from hallterm import cli_mirror

    return cli_mirror.mirror_command(name)


def bundle_group(name: str) -> click.Command:
    from hallterm import cli_bundle

    return cli_bundle.bundle_group(name)


def nodes_command(name: str) -> click.Command:
    from hallterm import cli_nodes

    return {"enrol": cli_nodes.enrol_command, "admin": cli_nodes.admin_group}[name](name)


def setting_group(name: str) -> click.Command:
    from hallterm import cli_settings

    return cli_settings.setting_group(name)


def calendar_group(name: str) -> click.Command:
    from hallterm import cli_calendar

    return cli_calendar.calendar_group(name)


def complaint_group(name: str) -> click.Command:
    from hallterm import cli_complaints

    return cli_complaints.complaint_group(name)


def sync_group(name: str) -> click.Command:
    from hallterm import cli_nodes

    return cli_nodes.sync_group(name)


def report_command(name: str) -> click.Command:
    from hallterm import cli_reports

    return cli_reports.report_command(name)


def reconcile_command(name: str) -> click.Command:
    from hallterm import cli_reconcile

    return cli_reconcile.reconcile_command(name)


BUILDERS: dict[str, Callable[[str], click.Command]] = {
    "run": entry_command,
    "setup": setup_command,
    **dict.fromkeys(("demo", "station", "kiosk", "board"), entry_command),
    "mirror": mirror_command,
    "serve": serve_command,
    **dict.fromkeys(("enrol", "admin"), nodes_command),
    "sync": sync_group,
    "bundle": bundle_group,
    "device": device_group,
    "keys": keys_command,
    "catalogue": catalogue_group,
    "setting": setting_group,
    "calendar": calendar_group,
    "complaint": complaint_group,
    "report": report_command,
    "reconcile": reconcile_command,
    "doctor": doctor_command,
    "restore": restore_command,
    **dict.fromkeys(("backup", "rebuild"), entry_command),
}


def build() -> click.Group:
    """The whole command line in the language in use."""

    def without_command(**_options: object) -> int:
        context = click.get_current_context()
        if context.invoked_subcommand is not None:
            return OK
        settings = open_settings({})
        return guarded(settings, lambda: call(ENTRIES["run"].target, settings))

    return CommandGroup(
        "hallterm",
        params=settings_options(),
        callback=without_command,
        invoke_without_command=True,
        help=_("Counter program of tax service halls."),
        add_help_option=False,
        options_metavar=_("[OPTIONS]"),
        subcommand_metavar=_("COMMAND ..."),
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; whatever goes wrong becomes a sentence on stderr."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    use(decide(_language_option(words), os.environ, TerminalAnswer()).language)
    try:
        code = build().main(args=words, prog_name="hallterm", standalone_mode=False)
        sys.stdout.flush()
    except click.Abort:
        return input_ended()
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        return nobody_reads()
    except Exception as error:
        return tell(error)
    return code if isinstance(code, int) else OK


def _language_option(words: Sequence[str]) -> str:
    """``--lang`` as given, before anything else is read: the help needs it."""
    for word, following in zip(words, [*words[1:], ""], strict=True):
        name, _equals, value = word.partition("=")
        if name == "--lang" and (value or following) in LANGUAGE_SETTINGS:
            return value or following
    return "auto"
