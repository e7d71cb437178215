"""``hallterm report ID --centre``: the report of the centre, for a person who shows who he is; the line is checked there."""

from __future__ import annotations

import sys

import click

from hallterm.asking import ask_password
from hallterm.centre_reading import CannotRead, CentreRequest, read_report, sign_on
from hallterm.config import ConfigError, Settings
from hallterm.locale import _
from hallterm.reports.model import Report
from hallterm.rules.day import business_day
from storage import clock
from storage.access import city_of
from storage.database import Database
from storage.nodes import parents
from storage.views.places import place_names
from storage.views.reporting import own_hall


def from_centre(
    settings: Settings, database: Database, id: str, period: str, scope: str, by: str, staff: str, password_stdin: bool
) -> Report:
    """Ask who it is, then read; without ``scope`` the city of this hall. Raises ConfigError."""
    number = staff or click.prompt(_("Staff number"), type=str)
    password = sys.stdin.readline().rstrip("\n") if password_stdin else _asked_password()
    place = scope or city_of(own_hall(database), parents(database))
    asked = CentreRequest(id.strip().upper(), period or business_day(clock.now().t)[:7], place.strip().upper(), by)
    try:
        token = sign_on(settings, number, password)
        return read_report(settings, token, asked, place_names(database))
    except CannotRead as fault:
        raise ConfigError(fault.reason.text()) from fault


def _asked_password() -> str:
    return ask_password()
