"""A PC joins the number host of its hall: it founds no hall, it gets the one that is there."""

from __future__ import annotations

import os
import re
import subprocess
import sys

from msgspec import Struct

from hallterm.locale import N_
from hallterm.rules.words import Reason
from hallterm.workflows.desk import Desk, Refused
from hallterm.workflows.setup import SET_UP_ALREADY, hall_code_refusal
from storage.errors import NotSetUp

JOIN_LIMIT_S = 60.0
CODE = re.compile(r"[0-9A-Za-z]{4}[- ]?[0-9A-Za-z]{4}[- ]?[0-9A-Za-z]{2}", re.ASCII)

NUMBER_WRONG = Reason(
    N_("the number of this PC is that of its first window, from 2 to 99; the number host itself is 1")
)
CODE_WRONG = Reason(N_("the code of the number host has ten letters and digits, such as 7K3M-PQ9T-2H"))
SAID = "{said}"
"""The command's own sentence."""
NO_ANSWER = N_("no answer from {host}")


class Joining(Struct, frozen=True):
    """What is asked: where the number host is, the hall, this PC's number there, and the one-time code made there."""

    host: str
    hall: str
    number: int
    code: str


def joining_refusal(joining: Joining) -> Reason | None:
    """Why this cannot be."""
    refused = hall_code_refusal(joining.hall)
    if refused is None and not 2 <= joining.number <= 99:
        refused = NUMBER_WRONG
    if refused is None and not CODE.fullmatch(joining.code.strip()):
        refused = CODE_WRONG
    return refused


def join_hall(desk: Desk, joining: Joining, language: str) -> None:
    """Give the empty file its name in the hall and enrol it; raises Refused with what came instead of an answer.

    Enrolling is the command of the same name, in a process of its own: a terminal loads neither HTTP nor cryptography.
    """
    refused = joining_refusal(joining)
    if refused is not None:
        raise Refused(refused)
    journal = desk.journal
    try:
        if journal.identity.hall != joining.hall:
            raise Refused(SET_UP_ALREADY)
    except NotSetUp:
        journal.found(f"{joining.hall}-{joining.number:02d}", joining.hall)
    folder = str(desk.board.path.parent)
    command = ["enrol", joining.code.strip(), "--url", joining.host, "--data", folder, "--lang", language]
    try:
        done = subprocess.run(
            [sys.executable, "-m", "hallterm", *command],
            capture_output=True, text=True, timeout=JOIN_LIMIT_S, check=False, stdin=subprocess.DEVNULL, cwd="/",
            env={**os.environ, "PYTHONIOENCODING": "utf-8"},
        )  # fmt: skip
    except subprocess.TimeoutExpired as error:
        raise Refused(Reason(NO_ANSWER, {"host": joining.host})) from error
    if done.returncode:
        said = done.stderr.strip().splitlines()
        raise Refused(Reason(SAID, {"said": said[-1]}) if said else Reason(NO_ANSWER, {"host": joining.host}))
