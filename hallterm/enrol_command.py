"""``hallterm enrol``: this PC joins the centre, with a one-time code, over the line or by two files on a stick."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from hallterm import __version__
from hallterm.cli_errors import BAD_INPUT, OK, STOPPED
from hallterm.config import Settings, is_address
from hallterm.locale import N_, _

if TYPE_CHECKING:
    from storage.journal import Journal
    from storage.nodes import Upstream

ENROLLED = N_("Enrolled at {node} for {scope}. What was recorded is sent from now on.")
NO_ADDRESS = N_("Where to? Put the address of the centre under [sync] upstream in {file}, or name it: --url ADDRESS")
WRITTEN = N_(
    "{file} is written. Take it to the centre, have it answered there (hallterm admin welcome), and come back."
)
BAD_ADDRESS = N_("{url} is no address of a centre: it looks like https://centre.example:8443")
FAULTS = {
    "not-set-up": N_("This PC has no hall yet: run hallterm setup first."),
    "unknown-code": N_(
        "The centre does not know this code for this hall: mistyped, used before, older than 7 days, or of another hall."
    ),
    "name-taken": N_(
        "The centre knows this PC's name with another key: have a code made that replaces it (hallterm admin code --replaces)."
    ),
    "bad-answer": N_("The answer is not of the centre that made this code: nothing was changed."),
    "no-code": N_("This is no code: a code has ten letters and digits, such as 7K3M-PQ9T-2H."),
    "unreadable": N_("{file}: this is not such a file; take it from the stick again."),
    "connect-error": N_(
        "Nothing can be reached at {url}: check network and address, and that the centre runs. Nothing was changed."
    ),
    "not-an-answer": N_(
        "What answers at {url} is no centre, but perhaps a log-in page of the network. Nothing was changed; try again."
    ),
    "other-certificate": N_(
        "The certificate at {url} is not of the authority known here: check the address and [sync] ca ({ca}). "
        "Nothing was changed."
    ),
    "no-authority": N_("{ca}: this is no certificate of an authority; check [sync] ca. Nothing was changed."),
    "no-answer": N_("The centre at {url} gave no answer ({code}): nothing was changed; try again."),
}


def main(
    settings: Settings, code: str, url: str, request: Path | None, answer: Path | None, centre_of: str = ""
) -> int:
    """Join and say so; the exit code. ``centre_of``: the centre of this place joins a higher one, to tell its sums there."""
    from storage.journal import Journal
    from storage.rollup import FOLDER, open_folder

    url = url or settings.sync.upstream
    if not url and request is None and answer is None:
        return _told(_(NO_ADDRESS).format(file=settings.file or "hallterm.toml"), BAD_INPUT)
    if request is None and answer is None and not is_address(url):
        return _told(_(BAD_ADDRESS).format(url=url), BAD_INPUT)
    if centre_of:
        journal = open_folder(settings.data.path, centre_of)
        settings = msgspec.structs.replace(
            settings, data=msgspec.structs.replace(settings.data, path=settings.data.path / FOLDER)
        )
    else:
        journal = Journal.open(settings.data.path / "hall.db")
    try:
        return _guarded(settings, journal, code, url, request, answer)
    finally:
        journal.close()


def _guarded(
    settings: Settings, journal: Journal, code: str, url: str, request: Path | None, answer: Path | None
) -> int:
    from sync.enrol import EnrolError
    from sync.post import NoAnswer, Refused
    from sync.wire import WireError

    try:
        found = _join(settings, journal, code, url, request, answer)
    except EnrolError as error:
        return _told(_(FAULTS[error.code]), STOPPED)
    except Refused as error:
        text = FAULTS.get(error.code, FAULTS["no-answer"])
        return _told(_(text).format(url=url, code=error.code), STOPPED)
    except NoAnswer as error:
        text = FAULTS.get(error.code, FAULTS["no-answer"])
        return _told(_(text).format(url=url, code=error.code, ca=settings.sync.ca or "--"), STOPPED)
    except WireError:
        return _told(_(FAULTS["unreadable"]).format(file=answer or url), BAD_INPUT)
    except ValueError:
        return _told(_(FAULTS["no-code"]), BAD_INPUT)
    if found is None:
        click.echo(_(WRITTEN).format(file=request))
    else:
        click.echo(_(ENROLLED).format(node=found.node, scope=found.scope))
        _send_now(settings.data.path, journal)
    return OK


def _send_now(folder: Path, journal: Journal) -> None:
    """A station that was refused before asks only once an hour: it need not wait now."""
    from contextlib import suppress

    from hallterm.workflows.desk import Desk, Refused
    from hallterm.workflows.sync_doing import send_now
    from storage.clock import now
    from storage.local import Board

    board = Board(folder / "local.db")
    try:
        with suppress(Refused):
            send_now(Desk(journal, board, journal.identity.hall), now())
    finally:
        board.close()


def _join(
    settings: Settings, journal: Journal, code: str, url: str, request: Path | None, answer: Path | None
) -> Upstream | None:
    from sync import join
    from sync.keys import load_or_make

    key = load_or_make(settings.data.path)
    if request is not None:
        request.write_bytes(join.request_of(journal, key, code, __version__))
        return None
    if answer is not None:
        return join.take_welcome(journal, key, code, answer.read_bytes())
    return join.join(journal, key, url, code, __version__, ca=settings.sync.ca)


def _told(text: str, exit_code: int) -> int:
    print(text, file=sys.stderr)
    return exit_code
