"""T15: a stick that is full, locked, or pulled while it is written: one sentence, nothing broken under a final name."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from storage import nodes, outbox
from storage.clock import now
from storage.journal import Journal
from storage.nodes import Upstream
from sync import bundle, segment
from sync import export as exporting
from sync.bundle import BUNDLE, BundleError
from sync.keys import load_or_make
from tests.sync.facts import FACTS_OF_A_VISIT, serve_visits
from tests.sync.trust import CENTRE_KEY

pytestmark = pytest.mark.faults

PROJECT = Path(__file__).parents[2]
PATIENCE_S = 120
FACTS = 500
KILLS = int(os.environ.get("HALLTERM_KILLS", "3"))
WRITE_FOR_EVER = """
import sys
from pathlib import Path
from storage.clock import now
from storage.journal import Journal
from sync import export
from sync.keys import load_or_make
export.PIECE_BYTES = 2_000
export.MAX_EVENTS = 50
folder = Path(sys.argv[1])
journal, key = Journal.open(folder / "hall.db"), load_or_make(folder)
while True:
    export.export(journal, key, Path(sys.argv[2]), now())
"""
COMMAND = """
import os, resource, sys
from hallterm import bundle_command, cli
from sync import bundle, export
FAULTS = {
    "none": lambda: None,
    "small": lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096)),
    "nobody": lambda: os.geteuid() or (os.setgroups([]), os.setgid(65534), os.setuid(65534)),
}
remove_unfinished = bundle.remove_unfinished
def meets_it(*given):
    FAULTS[sys.argv[1]]()
    return remove_unfinished(*given)
bundle.remove_unfinished = meets_it
sys.exit(cli.main(sys.argv[2:]))
"""
"""The fault begins when the stick is first looked at: by then the program has loaded itself and its own files."""


@pytest.fixture
def base() -> Iterator[Path]:
    """A place that another user may walk through."""
    with tempfile.TemporaryDirectory(prefix="hallterm-stick-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.fixture(scope="module")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A hall PC with 500 facts that trusts the centre."""
    folder = tmp_path_factory.mktemp("founded")
    journal = Journal.open(folder / "hall.db")
    journal.found("3301-09", "3301")
    nodes.enrolled_with(journal, Upstream("centre-1", CENTRE_KEY.public, CENTRE_KEY.public_box, "3301"))
    serve_visits(journal, FACTS // FACTS_OF_A_VISIT)
    journal.close()
    load_or_make(folder)
    return folder


@pytest.fixture
def hall(founded: Path, base: Path) -> Path:
    return shutil.copytree(founded, base / "hall")


@pytest.fixture
def stick(base: Path) -> Path:
    path = base / "stick"
    path.mkdir()
    return path


def export(hall: Path, stick: Path, fault: str = "none", words: Sequence[str] = ()) -> subprocess.CompletedProcess[str]:
    """The command itself, in a process that meets the fault."""
    command = ["bundle", "export", str(stick), "--data", str(hall), "--lang", "en", *words]
    return subprocess.run(
        [sys.executable, "-c", COMMAND, fault, *command],
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_S,
        cwd=PROJECT,
        env={name: value for name, value in os.environ.items() if not name.startswith("HALLTERM_")},
    )


def told(done: subprocess.CompletedProcess[str]) -> str:
    """The one sentence of a command that stopped."""
    assert (done.returncode, done.stdout) == (1, ""), done
    assert len(done.stderr.splitlines()) == 1, done.stderr
    return done.stderr.strip()


def whole(stick: Path) -> int:
    """Facts in the files with a final name; each of them is whole."""
    found = 0
    for path in bundle.files_in(stick, BUNDLE):
        for part in bundle.opened(bundle.read(path), CENTRE_KEY):
            found += segment.read(part).header.n
    return found


def unfinished(stick: Path) -> list[str]:
    return [path.name for path in stick.iterdir() if not path.name.endswith(BUNDLE)]


def waiting(hall: Path) -> int:
    journal = Journal.open(hall / "hall.db")
    try:
        return outbox.all_waiting(journal)
    finally:
        journal.close()


def test_a_stick_pulled_while_it_is_written_holds_nothing_broken(hall: Path, stick: Path) -> None:
    seed = int(os.environ.get("HALLTERM_SEED") or random.SystemRandom().randrange(10**6))
    print(f"HALLTERM_SEED={seed}")
    luck = random.Random(seed)
    left_over = 0
    for _ in range(KILLS):
        child = subprocess.Popen([sys.executable, "-c", WRITE_FOR_EVER, str(hall), str(stick)], cwd=PROJECT)
        try:
            wait_until_written(stick, luck.randrange(1, 40))
        finally:
            child.send_signal(signal.SIGKILL)
            assert child.wait(PATIENCE_S) == -signal.SIGKILL, "it ended by itself"
        left_over += len(unfinished(stick))
        assert whole(stick) <= FACTS
    assert waiting(hall) == FACTS
    for path in stick.glob(f"*{BUNDLE}"):
        path.unlink()
    done = export(hall, stick)
    assert (done.returncode, whole(stick), unfinished(stick)) == (0, FACTS, []), done
    print(f"{left_over} of {KILLS} kills left an unfinished file")


class Pulled(BaseException):
    """The stick is out."""


def pulled_while_written(hall: Path, stick: Path) -> None:
    """Out after the first half of a file: no final name over it, and nothing is marked as carried."""
    fsync = os.fsync

    def pull(file: int) -> None:
        if os.fstat(file).st_size > 1000 and stat.S_ISREG(os.fstat(file).st_mode):
            os.ftruncate(file, os.fstat(file).st_size // 2)
            raise Pulled
        fsync(file)

    with pytest.MonkeyPatch.context() as patch, closing(Journal.open(hall / "hall.db")) as journal:
        patch.setattr(os, "fsync", pull)
        with pytest.raises(Pulled):
            exporting.export(journal, load_or_make(hall), stick, now())
    assert whole(stick) == 0
    assert waiting(hall) == FACTS


def test_a_file_that_was_half_written_has_no_final_name(hall: Path, stick: Path) -> None:
    pulled_while_written(hall, stick)


def test_the_comparison_can_fail_a_name_before_the_file_is_whole(
    hall: Path, stick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Mutant: written at once under its final name."""

    def hasty(path: Path, sealed: bytes) -> None:
        with path.open("wb") as file:
            file.write(sealed)
            file.flush()
            os.fsync(file.fileno())

    monkeypatch.setattr(bundle, "write", hasty)
    with pytest.raises(BundleError):
        pulled_while_written(hall, stick)


def wait_until_written(stick: Path, changes: int) -> None:
    """The child put so many names there, and is now writing under another one."""
    deadline = time.monotonic() + PATIENCE_S
    seen: object = None
    while changes or not unfinished(stick):
        names = sorted((path.name, path.stat().st_ino) for path in bundle.files_in(stick, BUNDLE))
        if names != seen:
            seen, changes = names, max(0, changes - 1)
        assert time.monotonic() < deadline, "nothing was written"


@contextmanager
def tiny(stick: Path) -> Iterator[str]:
    """The folder on a file system of its own that is full at once; who may not mount gets the fault for it instead."""
    command = ["mount", "-t", "tmpfs", "-o", "size=4k", "tmpfs", str(stick)]
    mounted = os.geteuid() == 0 and subprocess.run(command, capture_output=True, check=False).returncode == 0
    try:
        yield "none" if mounted else "small"
    finally:
        if mounted:
            subprocess.run(["umount", str(stick)], check=True)


def test_a_full_stick_is_told_and_holds_nothing_broken(hall: Path, stick: Path) -> None:
    with tiny(stick) as fault:
        said = told(export(hall, stick, fault))
        assert said == f"{stick}: there is no room on the stick; make room or take another one, then do it again."
        assert (list(stick.iterdir()), waiting(hall)) == ([], FACTS)


def test_what_was_there_survives_a_full_stick(hall: Path, stick: Path) -> None:
    assert export(hall, stick).returncode == 0
    (path,) = stick.iterdir()
    before = path.read_bytes()
    assert "no room" in told(export(hall, stick, "small"))
    assert (path.read_bytes(), list(stick.iterdir())) == (before, [path])


def test_a_locked_stick_is_told(hall: Path, stick: Path) -> None:
    for path in (hall, *hall.rglob("*")):
        path.chmod(0o777 if path.is_dir() else 0o666)
    stick.chmod(0o555)
    said = told(export(hall, stick, "nobody"))
    assert said == f"{stick}: the stick may not be written; take its lock off, or another stick."
    assert list(stick.iterdir()) == []


def test_a_stick_that_is_not_there_is_told(hall: Path, stick: Path) -> None:
    stick.rmdir()
    assert "is not there" in told(export(hall, stick))
    assert not stick.exists(), "nothing is written beside the mount point"


def test_the_list_for_a_machine(hall: Path, stick: Path) -> None:
    done = export(hall, stick, words=["--json"])
    assert json.loads(done.stdout) == {"facts": FACTS, "files": [str(stick / f"3301-09-0-1-{FACTS}{BUNDLE}")]}
