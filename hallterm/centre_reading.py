"""Reading at the centre from another place: a person shows who he is there, and gets reports within his grants.

What goes wrong is one sentence (``CannotRead``). Only commands and the child of a screen load this: a terminal speaks no HTTP.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from msgspec import Struct

from hallterm.config import Settings
from hallterm.granting import told
from hallterm.locale import N_, language
from hallterm.reports.model import Report
from hallterm.reports.registry import REPORTS
from hallterm.reports.wire import received
from hallterm.rules.words import Reason
from storage.access import Action
from sync.post import Busy, NoAnswer, Refused, Unreachable
from sync.reader import NotGranted, Reader
from sync.report_wire import REPORT_PATH, ReportTable
from sync.wire import WireError

NO_ADDRESS = Reason(N_("this PC knows no centre: put its address under [sync] upstream, or enrol with a code"))
AWAY = N_("the centre at {url} does not answer: local pages go on; try again when the network is up")
BUSY = N_("the centre asks for patience: try again in {wait_s} s")
NOT_A_CENTRE = N_("what answers at {url} is not the centre: check the address and the network")
OLDER = Reason(N_("the centre does not have this report, place or time"))
SAID: Mapping[str, Reason] = {
    "wrong-password": Reason(N_("the centre does not know this number with this password")),
    "must-change": Reason(N_("the password must be changed first: sign on at a counter")),
    "no-passwords": Reason(N_("nobody signs on at this centre over the line")),
    "no-token": Reason(N_("the sign-on at the centre has run out: give the password again")),
    "no-reports": Reason(N_("this centre gives no reports over the line: update it")),
    "unfit-report": OLDER,
    "status-404": OLDER,
}
TOKEN_RAN_OUT = "no-token"


class CannotRead(Exception):
    """``reason`` is the sentence; ``code`` tells a token that ran out from all else."""

    def __init__(self, reason: Reason, code: str = "") -> None:
        super().__init__(reason.msgid)
        self.reason = reason
        self.code = code


class CentreRequest(Struct, frozen=True):
    """A report of the centre; ``period`` and ``scope`` as they are written, ``rows`` "": what suits the place."""

    id: str
    period: str
    scope: str
    rows: str = ""


def sign_on(settings: Settings, number: str, password: str) -> str:
    """A token for fifteen minutes; raises CannotRead."""
    with _line(settings) as line:
        return line.sign_on(number, password).token


def read_report(settings: Settings, token: str, asked: CentreRequest, names: Mapping[str, str]) -> Report:
    """The report as the centre makes it for whoever holds the token; ``names`` of places for a refusal. Raises CannotRead."""
    query = {
        "id": asked.id,
        "scope": asked.scope,
        "period": asked.period,
        "rows": asked.rows or "suits",
        "language": language(),
    }
    with _line(settings) as line:
        try:
            return received(line.read(token, REPORT_PATH, query, ReportTable))
        except NotGranted as refused:
            spec = REPORTS.get(asked.id)
            action = spec.action if spec else Action.SEE_FIGURES
            raise CannotRead(told(action, refused.grants, names), refused.code) from refused


@contextmanager
def _line(settings: Settings) -> Iterator[Reader]:
    """The line to the centre of this PC; raises CannotRead."""
    url = settings.sync.upstream
    if not url:
        raise CannotRead(NO_ADDRESS)
    try:
        line = Reader(url, settings.sync.ca)
    except ValueError as error:
        raise CannotRead(Reason(NOT_A_CENTRE, {"url": url})) from error
    try:
        yield line
    except NoAnswer as fault:
        raise CannotRead(_sentence(fault, url), fault.code) from fault
    except WireError as fault:
        raise CannotRead(Reason(NOT_A_CENTRE, {"url": url})) from fault
    finally:
        line.close()


def _sentence(fault: NoAnswer, url: str) -> Reason:
    if isinstance(fault, Busy):
        return Reason(BUSY, {"wait_s": max(1, round(fault.retry_after_s))})
    if isinstance(fault, Refused) and fault.code in SAID:
        return SAID[fault.code]
    return Reason(AWAY if isinstance(fault, Unreachable) else NOT_A_CENTRE, {"url": url})
