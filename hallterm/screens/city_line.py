"""What a page asks of the centre: a child (:mod:`hallterm.centre_child`) speaks with it, the terminal only waits."""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING, Final

import msgspec
from msgspec import Struct

from hallterm.locale import N_, _, language
from hallterm.reports.model import Report
from hallterm.reports.wire import received
from sync.report_wire import ReportTable
from sync.wire import WireError

if TYPE_CHECKING:
    from hallterm.config import Settings

CHILD: Final = "hallterm.centre_child"
MOST_BYTES: Final = 16 * 1024 * 1024
BROKEN = N_("the centre could not be asked from here: try again")


class Told(Struct, frozen=True):
    """A token, a report, or the sentence that says why neither; ``code`` as the centre names it."""

    token: str = ""
    report: ReportTable | None = None
    told: str = ""
    code: str = ""


async def ask(settings: Settings, given: dict[str, object]) -> Told:
    """One question; the child ends with the task that waits for it."""
    place = (str(settings.file or ""), str(settings.data.path), language())
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", CHILD, *place),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        limit=MOST_BYTES,
    )
    try:
        out, _err = await child.communicate(msgspec.json.encode(given) + b"\n")
        return msgspec.json.decode(out, type=Told)
    except msgspec.MsgspecError:
        return Told(told=_(BROKEN))
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()


def report_of(told: Told) -> Report | None:
    """The report of an answer; None where there is none or it is none that this program knows."""
    try:
        return received(told.report) if told.report is not None else None
    except WireError:
        return None
