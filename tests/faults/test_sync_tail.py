"""T7, T9: a disk that lost its newest lines gets back from the centre what it had sent; what it had not is said in numbers.

Over real HTTP, from real files; the mutant takes what it is given without looking at the chain.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from hallterm import own_lines, restore_command
from hallterm.config import Settings, load
from storage import own_tail, salvage
from storage.backup import make_backup
from storage.doctor import verify_chain
from storage.journal import Journal
from storage.rebuild import compare
from storage.spooled import SUFFIX
from sync.client import Result, SyncClient
from sync.keys import NodeKey, key_path
from sync.post import Post, Refused
from sync.tail import Asker
from tests.sync.centres import centre_in_thread
from tests.sync.conftest import Opener
from tests.sync.facts import LINES, at, bytes_or_int, serve_visits, tables_of
from tests.sync.test_clones import copy_of, drained, services
from tests.sync.trust import DEVICE_KEY

pytestmark = pytest.mark.faults
OTHER_KEY = NodeKey.make()


def settings_of(folder: Path, url: str) -> Settings:
    file = folder / "hallterm.toml"
    file.write_text(f'[data]\npath = "{folder}"\n[sync]\nupstream = "{url}"\n', encoding="utf-8")
    return load(file, environ={})


def lines_of(journal: Journal) -> list[tuple[object, ...]]:
    rows = journal.database.rows(LINES, (journal.identity.node, 0))
    return [tuple(map(bytes_or_int, row)) for row in rows]


def wreck(folder: Path, keep_bytes: int = 0) -> None:
    for suffix in ("-wal", "-shm"):
        (folder / f"hall.db{suffix}").unlink(missing_ok=True)
    content = (folder / "hall.db").read_bytes()
    (folder / "hall.db").write_bytes(b"\0" * 4096 + content[4096 : 4096 + keep_bytes])


def test_a_restore_takes_from_the_centre_what_only_it_still_has(
    device: Journal, centre: Journal, open_centre: Opener, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    serve_visits(device, 4)
    make_backup(tmp_path, at(0))
    DEVICE_KEY.save(key_path(tmp_path))
    serve_visits(device, 300, start=4)
    with centre_in_thread(open_centre) as url:
        drained(tmp_path / "hall.db", url)
        before, tables = lines_of(device), tables_of(device)
        device.close()
        wreck(tmp_path)
        assert restore_command.restore(settings_of(tmp_path, url)) == restore_command.OK
        said = capsys.readouterr().out
        again = Journal.open(tmp_path / "hall.db")
        assert lines_of(again) == before
        assert tables_of(again) == tables
        assert verify_chain(again.database).holds
        assert compare(again.database) == []
        serve_visits(again, 1, start=900)
        assert set(drained(tmp_path / "hall.db", url)) <= {Result.STORED, Result.REWOUND}
    assert "1500" in said
    assert services(centre) == services(again)
    assert again.identity.epoch == 0
    again.close()


def test_a_centre_that_cannot_be_asked_stops_no_restore_and_is_named(
    device: Journal, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    serve_visits(device, 4)
    make_backup(tmp_path, at(0))
    DEVICE_KEY.save(key_path(tmp_path))
    device.close()
    wreck(tmp_path)
    assert restore_command.restore(settings_of(tmp_path, "http://127.0.0.1:9")) == restore_command.OK
    assert "connect-error" in capsys.readouterr().out
    again = Journal.open(tmp_path / "hall.db")
    assert len(lines_of(again)) == 20
    again.close()


def test_a_disk_that_was_put_back_unseen_gets_its_lines_with_the_next_exchange(
    device: Journal, centre: Journal, open_centre: Opener, tmp_path: Path
) -> None:
    """Nobody ran a command: an image of last week is in the PC, and the clerks go on."""
    serve_visits(device, 3)
    image = copy_of(device, tmp_path / "image.db")
    serve_visits(device, 120, start=3)
    with centre_in_thread(open_centre) as url:
        drained(tmp_path / "hall.db", url)
        assert Result.WENT_BACK in drained(image, url)
        journal = Journal.open(image)
        serve_visits(journal, 2, start=700)
        drained(image, url)
        assert lines_of(journal) == lines_of(device)
        assert services(journal) == services(centre)
        assert len(services(journal)) == 125
        assert verify_chain(journal.database).holds
        assert compare(journal.database) == []
        assert own_tail.wanted(journal) == ""
    journal.close()


def test_the_line_that_breaks_meanwhile_only_delays_it(
    device: Journal, open_centre: Opener, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    serve_visits(device, 2)
    image = copy_of(device, tmp_path / "image.db")
    serve_visits(device, 5, start=2)
    with centre_in_thread(open_centre) as url:
        drained(tmp_path / "hall.db", url)
        with monkeypatch.context() as patch:
            patch.setattr(Post, "fetch", refuse)
            drained(image, url)
        journal = Journal.open(image)
        assert len(lines_of(journal)) == 10
        assert own_tail.wanted(journal)
        drained(image, url)
        assert lines_of(journal) == lines_of(device)
    journal.close()


def refuse(_post: Post, _target: str, _authorization: str) -> bytes | None:
    raise Refused("unauthorized")


@pytest.mark.parametrize("off_ms", [0, -20 * 365 * 86_400_000, 10 * 365 * 86_400_000])
def test_a_wrong_clock_does_not_keep_a_node_from_its_lines(
    off_ms: int, device: Journal, open_centre: Opener, tmp_path: Path
) -> None:
    serve_visits(device, 3)
    with centre_in_thread(open_centre) as url:
        drained(tmp_path / "hall.db", url)
        (tmp_path / "given").mkdir()
        assert fetched(url, DEVICE_KEY, tmp_path / "given", off_ms) == 1


def fetched(url: str, key: NodeKey, folder: Path, off_ms: int = 0) -> int:
    import time

    post = Post(url)
    try:
        return Asker(post, key, "3301-0310-07").fetch({0: 0}, folder, int(time.time() * 1000) + off_ms)
    finally:
        post.close()


def test_nobody_else_is_given_a_log(device: Journal, open_centre: Opener, tmp_path: Path) -> None:
    serve_visits(device, 3)
    with centre_in_thread(open_centre) as url:
        drained(tmp_path / "hall.db", url)
        (tmp_path / "given").mkdir()
        with pytest.raises(Refused):
            fetched(url, OTHER_KEY, tmp_path / "given")


def put_back(device: Journal, tmp_path: Path) -> tuple[Path, Path]:
    """An image that lacks three visits, and a folder with the segment of them, one line of which is changed."""
    serve_visits(device, 1)
    image = copy_of(device, tmp_path / "image.db")
    serve_visits(device, 3, start=1)
    given = tmp_path / "given"
    given.mkdir()
    return image, given


def test_lines_that_do_not_continue_the_chain_are_not_taken(
    device: Journal, open_centre: Opener, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    image, given = put_back(device, tmp_path)
    with centre_in_thread(open_centre) as url:
        drained(tmp_path / "hall.db", url)
        fetched(url, DEVICE_KEY, given)
    (path,) = given.glob(f"*{SUFFIX}")
    whole = path.read_bytes()
    path.write_bytes(whole[:-20])
    assert salvage.take_over(image, None, given).taken == 0
    path.write_bytes(whole)
    monkeypatch.setattr(salvage, "next_hash", lambda before, line: before)
    assert salvage.take_over(image, None, given).taken == 0
    monkeypatch.undo()
    assert salvage.take_over(image, None, given).taken == 15


def test_the_comparison_can_fail_a_client_that_never_asks_stays_short(
    device: Journal, open_centre: Opener, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    serve_visits(device, 2)
    image = copy_of(device, tmp_path / "image.db")
    serve_visits(device, 5, start=2)
    monkeypatch.setattr(SyncClient, "_take_back", lambda client, now: None)
    with centre_in_thread(open_centre) as url:
        drained(tmp_path / "hall.db", url)
        drained(image, url)
    journal = Journal.open(image)
    assert lines_of(journal) != lines_of(device)
    journal.close()


def test_the_words_name_what_is_still_missing() -> None:
    assert own_lines.sentence(None, 5) == ""
    assert "3" in own_lines.sentence(own_lines.CameBack(4), 7)
    assert "busy" in own_lines.sentence(own_lines.CameBack(0, "busy"), 7)
