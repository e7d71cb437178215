"""What the command line says when something goes wrong: one sentence on stderr and an exit code, never a traceback."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from hallterm.config import ConfigError, default_data
from hallterm.keys import KeyMapError
from hallterm.locale import _
from storage.errors import StorageError

OK = 0
STOPPED = 1
BAD_INPUT = 2


def nobody_reads() -> int:
    """The reader went away (``| head``): Python must not complain once more when it closes the stream."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
    return OK


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
        return message.format(file=os.fsdecode(error.filename), reason=error.strerror)
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
    match error:
        case click.NoSuchOption():
            found = _("there is no option {name}").format(name=error.option_name)
        case click.exceptions.NoSuchCommand():
            found = _("there is no command {name}").format(name=error.command_name)
        case click.MissingParameter() if error.param is not None:
            found = _("{name} is missing").format(name=error.param.make_metavar(context))
        case click.BadParameter() if error.param is not None:
            found = _("{name} cannot be used as it is").format(
                name=error.param.make_metavar(context)
                if isinstance(error.param, click.Argument)
                else error.param.opts[0]
            )
        case _:
            found = _("these words are not understood")
    return _("{found}; {command} --help shows what can be given").format(found=found, command=context.command_path)
