"""A crash shows and records no data: neither on the screen nor in any file."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.end_to_end.apps.identity import IDENTITY, NAME
from tests.end_to_end.report import LAST_ROW, Report, probe_terminal

pytestmark = pytest.mark.pty


@pytest.mark.parametrize("mode", ["crash", "thread", "input_thread", "lonely_task", "lost_thread", "outside"])
def test_a_crash_shows_and_records_no_data(tmp_path: Path, mode: str) -> None:
    report = Report(tmp_path / "report")
    with probe_terminal(report, mode) as terminal:
        terminal.wait_for(LAST_ROW)
        terminal.press("f5")
        terminal.wait_exit()
        shown = bytes(terminal.raw).decode()
        assert not terminal.in_alternate_screen
    records = [path.read_text("utf-8") for path in (tmp_path / "log").iterdir()]
    assert len(records) == 1, "one crash, one record"
    assert "error" in records[0]
    assert "ValueError" in records[0]
    assert "apps/probe_app.py:" in records[0]
    assert "records 3f2a/1/10412/0badcafe\n" in records[0]
    for text in (shown, *records, (tmp_path / "program.log").read_text("utf-8")):
        assert IDENTITY not in text
        assert NAME not in text
        assert "Traceback" not in text


@pytest.mark.parametrize("mode", ["crash", "thread", "input_thread"])
def test_a_crash_of_the_app_ends_it_with_a_number(tmp_path: Path, mode: str) -> None:
    report = Report(tmp_path / "report")
    with probe_terminal(report, mode) as terminal:
        terminal.wait_for(LAST_ROW)
        terminal.press("f5")
        assert terminal.wait_exit() == 1
        number = next(path.stem.removeprefix("incident-") for path in (tmp_path / "log").iterdir())
        assert terminal.text().strip() == f"incident {number}"
        assert report.has("unmount")
