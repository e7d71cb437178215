"""A password typed at a terminal, without echo; a script gives it another way, and is told so."""

from __future__ import annotations

import sys

import click

from hallterm.config import ConfigError
from hallterm.locale import N_, _

AT_A_TERMINAL = N_(
    "the password is asked for at a terminal: run it there, or give --password-stdin where the command has it"
)


def ask_password() -> str:
    """Ask for it; raises ConfigError where nobody can type unseen."""
    _need_terminal()
    return str(click.prompt(_("Password"), hide_input=True, type=str))


def ask_person() -> tuple[str, str]:
    """Staff number and password; raises ConfigError as :func:`ask_password`."""
    _need_terminal()
    return str(click.prompt(_("Staff number"), type=str)), ask_password()


def _need_terminal() -> None:
    if not sys.stdin.isatty():
        raise ConfigError(_(AT_A_TERMINAL))
