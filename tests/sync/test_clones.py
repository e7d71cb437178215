"""T8, T9, T16: copied, restored and tampered disks, on real files, over real HTTP: each heals and is listed once."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest

from hallterm import admin_command
from hallterm.config import load
from storage import nodes, outbox
from storage.chain import next_hash
from storage.doctor import verify_chain
from storage.journal import Journal
from storage.rebuild import compare
from sync.client import SyncClient
from sync.settle import Result
from tests.sync.centres import centre_in_thread
from tests.sync.conftest import Opener
from tests.sync.facts import at, has, serve_visits
from tests.sync.test_histories import dropfork, norewind
from tests.sync.trust import DEVICE_KEY

pytestmark = pytest.mark.faults
MOST_STEPS = 300


def drained(path: Path, url: str) -> list[Result]:
    """Exchange until nothing waits and the last answer changed nothing."""
    client = SyncClient(lambda: Journal.open(path), url, DEVICE_KEY)
    results: list[Result] = []
    try:
        for second in range(MOST_STEPS):
            outcome = client.step(at(second))
            results.append(outcome.result)
            if outcome.result is Result.STORED and not outcome.waiting:
                own = outbox.next_to_send(client.journal)
                if not own.is_closed:
                    return results
    finally:
        client.close()
    raise AssertionError(f"not drained: {results[-5:]}")


def copy_of(journal: Journal, path: Path) -> Path:
    journal.database.execute("VACUUM INTO ?", (str(path),))
    return path


def alone(centre: Journal, folder: Path) -> Path:
    """The centre's file in a data folder of its own."""
    (folder / "centre").mkdir()
    return copy_of(centre, folder / "centre" / "centre.db").parent


def services(journal: Journal) -> set[str]:
    return {row[0] for row in journal.database.rows("SELECT id FROM service")}


def used_in_parallel(copies: int, device: Journal, centre: Journal, open_centre: Opener, tmp_path: Path) -> None:
    """A disk and its copies at work at once; everything is at the centre, once, and each copy is listed."""
    serve_visits(device, 5)
    with centre_in_thread(open_centre) as url:
        drained(tmp_path / "hall.db", url)
        serve_visits(device, 1, start=5)
        paths = [tmp_path / "hall.db"]
        paths += [copy_of(device, tmp_path / f"copy{n}.db") for n in range(copies)]

        def day(n: int) -> None:
            journal = Journal.open(paths[n])
            for part in range(3):
                serve_visits(journal, 4, start=1000 * (n + 1) + part * 10)
                drained(paths[n], url)
            journal.close()

        threads = [threading.Thread(target=day, args=(n,)) for n in range(len(paths))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    found: set[str] = set()
    for path in paths:
        journal = Journal.open(path)
        assert verify_chain(journal.database).holds
        found |= services(journal)
        journal.close()
    assert services(centre) == found, "not all is there"
    assert len(found) == 6 + 12 * len(paths)
    assert centre.database.value("SELECT sum(services) FROM figure WHERE length(period) = 10") == len(found)
    listed = nodes.later_epochs(centre.database)
    assert [(one.why, one.common >= 25) for one in listed] == [("forked", True)] * copies
    assert compare(centre.database) == []
    assert admin_command.list_copies(load(environ={}, data=alone(centre, tmp_path)), "", True) == 0


@pytest.mark.parametrize("copies", [1, 4])
def test_copies_of_one_disk_used_in_parallel_heal_and_are_listed_once(
    copies: int, device: Journal, centre: Journal, open_centre: Opener, tmp_path: Path
) -> None:
    used_in_parallel(copies, device, centre, open_centre, tmp_path)


def test_the_comparison_can_fail_a_copy_that_carries_nothing(
    device: Journal, centre: Journal, open_centre: Opener, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Mutant: where two disks wrote one log, what only the second one has stays behind."""
    dropfork(monkeypatch)
    with pytest.raises(AssertionError, match="not all is there"):
        used_in_parallel(1, device, centre, open_centre, tmp_path)


def test_the_list_names_the_place_and_the_reason(
    device: Journal, centre: Journal, open_centre: Opener, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    serve_visits(device, 2)
    image = copy_of(device, tmp_path / "image.db")
    serve_visits(device, 2, start=2)
    with centre_in_thread(open_centre) as url:
        drained(tmp_path / "hall.db", url)
        assert Result.WENT_BACK in drained(image, url)
        journal = Journal.open(image)
        serve_visits(journal, 1, start=50)
        journal.close()
        drained(image, url)
    admin_command.list_copies(load(environ={}, data=alone(centre, tmp_path)), "", True)
    (listed,) = json.loads(capsys.readouterr().out)
    assert (listed["node"], listed["common"], listed["why"], listed["have"]) == ("3301-0310-07", 10, "went_back", 5)


def put_back(device: Journal, open_centre: Opener, tmp_path: Path) -> None:
    """No step of an administrator: the file of last night in the place of today's, with the same store id."""
    serve_visits(device, 20)
    path = tmp_path / "centre.db"
    with centre_in_thread(open_centre) as url:
        drained(tmp_path / "hall.db", url)
        centre = open_centre()
        last_night = copy_of(centre, tmp_path / "last-night.db")
        store = centre.database.value("SELECT value FROM meta WHERE name = 'store'")
        centre.close()
        serve_visits(device, 20, start=20)
        drained(tmp_path / "hall.db", url)
    for old in tmp_path.glob("centre.db*"):
        old.unlink()
    last_night.rename(path)
    with centre_in_thread(open_centre) as url:
        results = drained(tmp_path / "hall.db", url)
    centre = open_centre()
    assert has(centre, device) == 200, "not refilled"
    assert results[0] is Result.REWOUND
    assert centre.database.value("SELECT value FROM meta WHERE name = 'store'") not in ("", store)
    assert services(centre) == services(device)
    assert outbox.upstream_store(device) == centre.database.value("SELECT value FROM meta WHERE name = 'store'")
    centre.close()


def test_a_centre_put_back_is_filled_again_and_every_position_in_it_is_void(
    device: Journal, open_centre: Opener, tmp_path: Path
) -> None:
    put_back(device, open_centre, tmp_path)


def test_the_comparison_can_fail_a_centre_put_back_is_believed(
    device: Journal, open_centre: Opener, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Mutant: what was acknowledged once is not sent again."""
    norewind(monkeypatch)
    with pytest.raises(AssertionError, match="not refilled"):
        put_back(device, open_centre, tmp_path)


def rewritten(journal: Journal, seq: int) -> None:
    """Somebody with the rights of root changes a line and makes the chain fit again from there on."""
    database = journal.database
    rows = database.rows("SELECT seq, line, hash FROM event WHERE seq >= ? ORDER BY seq", (seq - 1,))
    digest = bytes(rows[0][2])
    for number, line, _ in rows[1:]:
        changed = bytes(line).replace(b'"staff":"1007"', b'"staff":"1008"') if number == seq else bytes(line)
        digest = next_hash(digest, changed)
        database.execute("UPDATE event SET line = ?, hash = ? WHERE seq = ?", (changed, digest, number))
    database.execute("UPDATE log SET head = ?", (digest.hex(),))


def test_history_that_was_sent_cannot_be_changed_unseen(
    device: Journal, centre: Journal, open_centre: Opener, tmp_path: Path
) -> None:
    """A whole new chain after the changed line deceives the PC's own check, not the centre."""
    serve_visits(device, 6)
    with centre_in_thread(open_centre) as url:
        drained(tmp_path / "hall.db", url)
        before = centre.database.rows("SELECT line FROM event WHERE node <> 'centre-1' ORDER BY seq")
        rewritten(device, 12)
        assert verify_chain(device.database).holds
        serve_visits(device, 1, start=6)
        results = drained(tmp_path / "hall.db", url)
    assert Result.FORKED in results
    kept = centre.database.rows("SELECT line FROM event WHERE node <> 'centre-1' AND epoch = 0 ORDER BY seq")
    assert kept == before
    (listed,) = nodes.later_epochs(centre.database)
    assert (listed.why, listed.common) == ("forked", 11)


def test_only_a_tail_that_was_never_sent_can_be_cut(device: Journal, open_centre: Opener, tmp_path: Path) -> None:
    """The stated limit: with the mark changed too, nothing tells that there was more."""
    serve_visits(device, 4)
    with centre_in_thread(open_centre) as url:
        drained(tmp_path / "hall.db", url)
        serve_visits(device, 1, start=4)
        device.database.execute("DELETE FROM event WHERE seq > 20")
        assert [one.seq for one in verify_chain(device.database).breaks] == [21]
        head = device.database.value("SELECT hash FROM event WHERE seq = 20")
        device.database.execute("UPDATE log SET have = 20, head = ?", (bytes(head).hex(),))
        assert verify_chain(device.database).holds
        assert set(drained(tmp_path / "hall.db", url)) == {Result.STORED}
        device.database.execute("DELETE FROM event WHERE seq > 15")
        head = device.database.value("SELECT hash FROM event WHERE seq = 15")
        device.database.execute("UPDATE log SET have = 15, head = ?, acked = 15", (bytes(head).hex(),))
        assert Result.WENT_BACK in drained(tmp_path / "hall.db", url)
