"""``hallterm complaint``: founded complaints of a hall, at its own PC or at its centre, by somebody who may."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TextIO

import click
from msgspec import Struct

from hallterm.cli_errors import OK
from hallterm.config import ConfigError, Settings
from hallterm.locale import N_, _
from hallterm.setting_command import SetOptions, journal_here, shown_who
from hallterm.workflows.complaints import ComplaintDraft, complaints_look, record_complaint, withdraw_complaint
from hallterm.workflows.desk import Desk, Refused
from hallterm.workflows.of_a_hall import in_hall
from storage import clock

WHICH_HALL = N_("say with --scope which hall it is about")

OTHER_HALL = N_("this PC speaks of hall {hall} only: --scope {scope} is for its centre")


class Who(Struct, frozen=True):
    """Who asks, and at a centre about which hall; without ``staff`` number and password are asked."""

    scope: str = ""
    staff: str = ""
    password_stdin: bool = False


def record(settings: Settings, draft: tuple[str, str, str, str], who: Who, password_from: TextIO | None = None) -> int:
    """``draft``: about whom, the day, the number, a note."""
    return _done(
        settings,
        who,
        lambda desk: record_complaint(desk, ComplaintDraft(*draft), clock.now()).words.text(),
        password_from,
    )


def withdraw(settings: Settings, complaint: str, reason: str, who: Who, password_from: TextIO | None = None) -> int:
    """Withdraw one by its id."""
    return _done(
        settings, who, lambda desk: withdraw_complaint(desk, complaint, reason, clock.now()).words.text(), password_from
    )


def list_complaints(settings: Settings, month: str, who: Who, password_from: TextIO | None = None) -> int:
    """A line each: day, clerk, number, note, id."""

    def lines(desk: Desk) -> str:
        found = complaints_look(desk, clock.now(), month).lines
        texts = [
            "  ".join((one.day, one.staff, one.number, _("withdrawn") if one.withdrawn_t else one.note or "--", one.id))
            for one in found
        ]
        return "\n".join(texts) or _("No founded complaint in this month")

    return _done(settings, who, lines, password_from)


def _done(settings: Settings, who: Who, work: Callable[[Desk], str], password_from: TextIO | None) -> int:
    from storage.local import Board

    folder = settings.data.path
    with journal_here(settings, "") as (journal, hall):
        if not hall and not who.scope:
            raise ConfigError(_(WHICH_HALL))
        if hall and who.scope not in ("", hall):
            raise ConfigError(_(OTHER_HALL).format(hall=hall, scope=who.scope))
        desk = Desk(journal, Board(folder / "local.db"), hall)
        options = SetOptions(staff=who.staff, password_stdin=who.password_stdin)
        try:
            shown = shown_who(desk, folder, options, password_from or sys.stdin)
            said = work(in_hall(shown, who.scope))
        except Refused as refused:
            raise ConfigError(refused.reason.text()) from refused
        finally:
            desk.board.close()
    click.echo(said)
    return OK
