"""``hallterm report``: the real command line on a founded hall."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from hallterm.cli import main
from hallterm.locale import language, use
from tests.hallterm.workflows.founded import HALL
from tests.hallterm.workflows.shift import Shift


@pytest.fixture
def folder(shift: Shift, tmp_path: Path) -> Iterator[Path]:
    """A hall with two services, and nobody at its files."""
    desk = shift.open()
    shift.rate(shift.await_rating(desk))
    shift.rate(shift.await_rating(desk, serving_s=700), level=1)
    before = language()
    yield tmp_path / "data"
    use(before)


def run(folder: Path, *words: str) -> int:
    return main(["report", *words, "--data", str(folder), "--lang", "en"])


def test_a_report_is_shown(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(folder, "R03", "--period", "2026-11", "--scope", HALL) == 0
    out = capsys.readouterr().out.splitlines()
    assert out[0].startswith("R03 Workload  2026-11")
    assert any(row.startswith(" Sum") and row.split()[1] == "2" for row in out)
    assert max(map(len, out)) <= 80


def test_bars_are_shown(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(folder, "R03", "--period", "2026-11", "--chart") == 0
    assert "#" in capsys.readouterr().out


@pytest.mark.parametrize(("form", "suffix"), [("csv", "csv"), ("xlsx", "xlsx"), ("text", "txt")])
def test_a_file_is_saved_in_the_data_folder(
    folder: Path, capsys: pytest.CaptureFixture[str], form: str, suffix: str
) -> None:
    assert run(folder, "R01", "--period", "2026-11", "--format", form) == 0
    path = folder / "reports" / f"R01_市办税厅_2026-11.{suffix}"
    assert path.stat().st_size > 100
    assert f"1 lines saved: {path}" in capsys.readouterr().out


def test_a_file_is_saved_where_somebody_wants_it(folder: Path, tmp_path: Path) -> None:
    assert run(folder, "R04", "--period", "2026-11", "--format", "csv", "--out", str(tmp_path / "x.csv")) == 0
    assert (tmp_path / "x.csv").read_bytes().startswith(b"\xef\xbb\xbf")


def test_json_goes_to_standard_output(folder: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert run(folder, "R03", "--period", "2026-11", "--format", "json") == 0
    assert json.loads(capfdbinary.readouterr().out)["total"]["services"] == 2


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("R77",), "there is no report R77; there are R01"),
        (("R01", "--period", "yesterday"), "yesterday is no time that a report can be of; R01 takes a month"),
        (("R01", "--period", "2026-11", "--scope", "999"), f"there are 360000 360600 {HALL}"),
    ],
)
def test_what_cannot_be_made_is_one_sentence(
    folder: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], said: str
) -> None:
    assert run(folder, *words) == 2
    err = capsys.readouterr().err
    assert said in err
    assert len(err.strip().splitlines()) == 1


def test_a_folder_without_a_hall_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path, "R01") == 2
    assert "holds no hall" in capsys.readouterr().err


def test_reports_are_listed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path, "--list") == 0
    out = capsys.readouterr().out
    assert "R11  Pauses and excluded time" in out
    assert "a day (2026-11-24)" in out


def test_doctor_says_that_the_reports_agree(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "--data", str(folder), "--lang", "en"]) == 0
    assert "Sums: the reports agree with each other" in capsys.readouterr().out
