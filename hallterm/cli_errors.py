"""What the command line says when something goes wrong: one sentence on stderr and an exit code, never a traceback."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

import click

from hallterm.config import ConfigError, default_data
from hallterm.keys import KeyMapError
from hallterm.locale import _
from hallterm.os_words import why as system_words
from storage.errors import StorageError

OK = 0
STOPPED = 1
BAD_INPUT = 2
INTERRUPTED = 130
EXTRA = re.compile(r"unexpected extra arguments? \((.*)\)")
"""How click names the words that are too many; they are nowhere else."""


def nobody_reads() -> int:
    """The reader went away (``| head``): Python must not complain once more when it closes the stream."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
    return OK


def input_ended() -> int:
    """A question got no answer: Ctrl+C at a terminal, or an input that is none and ended."""
    if sys.stdin.isatty():
        return INTERRUPTED
    click.echo(_("the input ended before everything was asked: run it in a terminal, or see --help"), err=True)
    return BAD_INPUT


def tell(error: Exception) -> int:
    """Say what went wrong, and give the exit code."""
    text = sentence(error)
    if not text:
        return record(error, default_data(os.environ) / "log")
    click.echo(text, err=True)
    denied = isinstance(error, OSError) and not isinstance(error, (FileNotFoundError, IsADirectoryError))
    return STOPPED if denied or isinstance(error, StorageError) else BAD_INPUT


def sentence(error: Exception) -> str:
    """What the user can do about an error; empty if nobody foresaw it."""
    from hallterm.catalogue import CatalogueError

    if isinstance(error, (ConfigError, KeyMapError, CatalogueError)):
        return str(error)
    if isinstance(error, click.UsageError):
        return usage_sentence(error)
    if isinstance(error, StorageError):
        from hallterm.repair import explain

        return explain(error, Path(error.where).parent)
    if isinstance(error, OSError) and error.filename:
        message = _("{file}: {reason}; check the path and the rights of this user")
        return message.format(file=os.fsdecode(error.filename), reason=system_words(error))
    return ""


def record(error: Exception, folder: Path) -> int:
    """Record without values what went wrong, and tell the number of the record."""
    from datetime import datetime

    from hallterm.incident import record_incident

    number = record_incident(error, folder, datetime.now().astimezone())
    message = _("hallterm has stopped; tell the technician incident {number} (recorded in {folder})")
    click.echo(message.format(number=number, folder=folder), err=True)
    return STOPPED


def usage_sentence(error: click.UsageError) -> str:
    context = error.ctx or click.Context(click.Command("hallterm"), info_name="hallterm")
    found = _found(error, context)
    return _("{found}; {command} --help shows what can be given").format(found=found, command=context.command_path)


def _found(error: click.UsageError, context: click.Context) -> str:
    match error:
        case click.NoSuchOption():
            return _("there is no option {name}").format(name=error.option_name)
        case click.exceptions.NoSuchCommand():
            return _("there is no command {name}").format(name=error.command_name)
        case click.MissingParameter() if error.param is not None:
            return _("{name} is missing").format(name=_named(error.param, context))
        case click.BadParameter() if error.param is not None:
            return _expected(error.param, context)
        case click.BadOptionUsage():
            return _("{name} needs a value").format(name=error.option_name)
        case click.exceptions.NoArgsIsHelpError() if isinstance(context.command, click.Group):
            names = ", ".join(context.command.list_commands(context))
            return _("{command} needs one of these words after it: {names}").format(
                command=context.command_path, names=names
            )
    extra = EXTRA.search(error.message)
    return _("{words}: too many words").format(words=extra[1]) if extra else _("these words are not understood")


def _named(param: click.Parameter, context: click.Context) -> str:
    """A word as the help shows it, an option with its name: ``--reason TEXT``."""
    words = param.make_metavar(context)
    return words if isinstance(param, click.Argument) else f"{param.opts[0]} {words}"


def _expected(param: click.Parameter, context: click.Context) -> str:
    """What an option or argument takes; what was given stands in the line above."""
    name = param.make_metavar(context) if isinstance(param, click.Argument) else param.opts[0]
    kind = param.type
    if isinstance(kind, click.Choice):
        return _("{name} takes one of {values}").format(name=name, values=", ".join(map(str, kind.choices)))
    if isinstance(kind, (click.IntRange, click.FloatRange)):
        if kind.max is None:
            return _("{name} takes a number from {least} on").format(name=name, least=kind.min)
        return _("{name} takes a number from {least} to {most}").format(name=name, least=kind.min, most=kind.max)
    if kind is click.INT:
        return _("{name} takes a whole number").format(name=name)
    if isinstance(kind, click.Path):
        return _("{name} must name a file that is there").format(name=name)
    return _("{name} cannot be used as it is").format(name=name)
