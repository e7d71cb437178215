"""A hall without any line, by the commands that people type: enrol by files, serve, export, carry, import, bring back."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from storage import nodes, outbox
from storage.clock import now
from storage.facts import SettingSet
from storage.journal import Journal
from storage.nodes import Upstream
from sync.bundle import BUNDLE, RECEIPT
from sync.keys import load_or_make
from tests.sync.centres import CentreProcess
from tests.sync.facts import LINES, serve_visits
from tests.sync.trust import CENTRE_KEY

PROJECT = Path(__file__).parents[2]
NODE, SCOPE = "3301-09", "3301"


def run(folder: Path, *words: str, lang: str = "en") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "hallterm", *words, "--data", str(folder), "--lang", lang],
        capture_output=True,
        text=True,
        check=False,
        env={name: value for name, value in os.environ.items() if not name.startswith("HALLTERM_")},
        cwd=PROJECT,
    )


def done(folder: Path, *words: str, lang: str = "en") -> str:
    found = run(folder, *words, lang=lang)
    assert found.returncode == 0, found.stderr
    return found.stdout.strip()


def bundle(folder: Path, *words: str) -> Any:
    return json.loads(done(folder, "bundle", *words, "--json"))


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    path = tmp_path / "stick"
    path.mkdir()
    return path


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[CentreProcess]:
    """``hallterm serve``, running all the while."""
    process = CentreProcess(tmp_path / "centre")
    process.start()
    yield process
    process.stop()


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Journal]:
    folder = tmp_path / "hall"
    folder.mkdir()
    journal = Journal.open(folder / "hall.db")
    journal.found(NODE, SCOPE)
    yield journal
    journal.close()


def folder_of(journal: Journal) -> Path:
    return Path(journal.database.where).parent


def enrol_by_files(hall: Journal, centre: CentreProcess, stick: Path) -> None:
    code = done(centre.folder, "admin", "code", SCOPE).split()[0]
    done(folder_of(hall), "enrol", code, "--request", str(stick / "ask"))
    done(centre.folder, "admin", "welcome", str(stick / "ask"), str(stick / "answer"))
    done(folder_of(hall), "enrol", code, "--answer", str(stick / "answer"))


def test_a_hall_without_a_line_lives_by_its_stick(hall: Journal, centre: CentreProcess, stick: Path) -> None:
    pc, office = folder_of(hall), Journal.open(centre.folder / "centre.db")
    refused = run(pc, "bundle", "export", str(stick))
    assert (refused.returncode, "not enrolled" in refused.stderr) == (1, True)
    enrol_by_files(hall, centre, stick)

    serve_visits(hall, 20)
    with office.write("-", now()) as tx:
        tx.record(SettingSet("rating.timeout_s", "45", SCOPE, "2026-03-02"))
    assert bundle(pc, "export", str(stick)) == {"facts": 100, "files": [str(stick / f"{NODE}-0-1-100{BUNDLE}")]}
    (taken,) = bundle(centre.folder, "import", str(stick))
    assert (taken["way"], taken["result"], taken["node"], taken["lines"]) == ("taken_in", "stored", NODE, 100)
    assert office.database.rows(LINES, (NODE, 0)) == hall.database.rows(LINES, (NODE, 0))
    assert outbox.all_waiting(hall) == 100, "the receipt is still on the road"

    serve_visits(hall, 2, start=20)
    (back,) = bundle(pc, "import", str(stick))
    assert (back["way"], back["have"], back["waiting"], back["more"]) == ("returned", 100, 10, False)
    assert hall.database.value("SELECT value FROM setting WHERE name = 'rating.timeout_s'") == "45"
    assert outbox.standing(hall).durable == 0
    office.close()

    done(centre.folder, "admin", "backup")
    (path,) = bundle(pc, "export", str(stick))["files"]
    assert Path(path).name == f"{NODE}-0-101-110{BUNDLE}", "only what is new"
    assert "收到 3301-09 的 10 条" in done(centre.folder, "bundle", "import", path, lang="zh_CN")
    assert "待传 0 条" in done(pc, "bundle", "import", str(Path(path).with_suffix(RECEIPT)), lang="zh_CN")
    own = outbox.standing(hall)
    assert (own.acked, own.durable) == (110, 100), "what the backup holds may be pruned"


def test_a_pc_with_a_line_forwards_its_neighbours_bundle(
    hall: Journal, centre: CentreProcess, stick: Path, tmp_path: Path
) -> None:
    centre.enrol(hall, load_or_make(folder_of(hall)))
    serve_visits(hall, 1)
    bundle(folder_of(hall), "export", str(stick))
    courier = tmp_path / "courier"
    courier.mkdir()
    no_line = run(courier, "bundle", "import", str(stick))
    assert (no_line.returncode, "take it there" in no_line.stderr) == (1, True)
    config = tmp_path / "hallterm.toml"
    config.write_text(f'[sync]\nupstream = "{centre.url}"\n', encoding="utf-8")
    (sent,) = bundle(courier, "import", str(stick), "--config", str(config))
    assert (sent["way"], sent["ok"]) == ("forwarded", True)
    assert run(courier, "bundle", "import", str(stick), "--config", str(config)).returncode == 2, (
        "nothing is left to do"
    )
    (back,) = bundle(folder_of(hall), "import", str(stick))
    assert (back["have"], back["waiting"]) == (5, 0)


def test_what_is_no_bundle_is_told_and_stops_nothing_else(hall: Journal, centre: CentreProcess, stick: Path) -> None:
    centre.enrol(hall, load_or_make(folder_of(hall)))
    bundle(folder_of(hall), "export", str(stick))
    (stick / f"odd{BUNDLE}").write_bytes(b"no bundle")
    found = run(centre.folder, "bundle", "import", str(stick))
    assert (found.returncode, len(found.stdout.splitlines()), len(found.stderr.splitlines())) == (1, 1, 1)
    assert "odd.hts: not sealed for this centre" in found.stderr
    assert run(centre.folder, "bundle", "import", str(stick / "nowhere")).returncode == 2
    (stick / f"odd{RECEIPT}").write_bytes(b"no receipt")
    wrong = run(folder_of(hall), "bundle", "import", str(stick / f"odd{RECEIPT}"))
    assert (wrong.returncode, "not a receipt for this PC" in wrong.stderr) == (1, True)


def test_progress_is_one_short_line_on_a_terminal(hall: Journal, stick: Path) -> None:
    nodes.enrolled_with(hall, Upstream("centre-1", CENTRE_KEY.public, CENTRE_KEY.public_box, SCOPE))
    serve_visits(hall, 1)
    main, side = pty.openpty()
    words = ["bundle", "export", str(stick), "--data", str(folder_of(hall)), "--lang", "en"]
    subprocess.run([sys.executable, "-m", "hallterm", *words], stderr=side, stdout=subprocess.DEVNULL, check=True)
    os.close(side)
    shown = os.read(main, 4096)
    os.close(main)
    assert shown == b"\r100 %\r\n"
