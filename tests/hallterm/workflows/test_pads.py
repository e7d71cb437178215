"""The station is there while its process lives, even when a slow disk keeps it silent; it is gone when its process is."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from hallterm.workflows.pads import comes_up, is_there
from storage.facts import Moment
from storage.local import ProcessWord

SPOKE = Moment(0, 100_000, "boot")


def gone_pid() -> int:
    """The number of a process that has ended."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def word(pid: int) -> ProcessWord:
    """What the process last said about itself."""
    return ProcessWord("station", pid, SPOKE.t, SPOKE.m, SPOKE.boot, {})


@pytest.mark.parametrize(("silent_s", "there"), [(0, True), (10, True), (11, True), (60, True), (61, False)])
def test_process_that_lives(silent_s: int, there: bool) -> None:
    now = Moment(0, SPOKE.m + silent_s * 1000, SPOKE.boot)
    assert is_there(word(os.getpid()), now) is there


@pytest.mark.parametrize(("silent_s", "there"), [(10, True), (11, False)])
def test_process_that_ended(silent_s: int, there: bool) -> None:
    now = Moment(0, SPOKE.m + silent_s * 1000, SPOKE.boot)
    assert is_there(word(gone_pid()), now) is there


@pytest.mark.parametrize(
    ("after_ms", "heard_ms", "starts"),
    [(0, None, True), (15_000, None, True), (15_001, None, False), (5_000, 4_000, False), (5_000, -9_000_000, True)],
)
def test_it_comes_up_beside_a_terminal(after_ms: int, heard_ms: int | None, starts: bool) -> None:
    """Never heard of, or only before this terminal began: for a while that is no stop."""
    opened = Moment(0, SPOKE.m - (heard_ms or 0), SPOKE.boot)
    heard = None if heard_ms is None else word(os.getpid())
    assert comes_up(heard, opened, Moment(0, opened.m + after_ms, opened.boot)) is starts
    assert not comes_up(heard, None, opened)


def test_another_boot() -> None:
    assert not is_there(word(os.getpid()), Moment(0, SPOKE.m, "another"))
    assert not is_there(None, SPOKE)
