"""The stick is as good as the line: what it carries arrives once, and whatever is done to it is refused or does no harm."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from storage import nodes, outbox
from storage.errors import StorageError
from storage.facts import SettingSet
from storage.feed import cursor
from storage.journal import Journal
from storage.nodes import Upstream
from storage.receive import Verdict
from sync import bundle, export, receipt
from sync.bundle import BUNDLE, RECEIPT, BundleError
from sync.bundled import TakenIn, take_in
from sync.centre import Centre, Settings
from sync.client import SyncClient
from sync.feed import Intake
from sync.keys import NodeKey
from sync.metrics import Metrics
from sync.outgoing import next_segment
from sync.post import Post, Refused, Unreachable
from sync.problem import Problem
from sync.returned import Came, Returned, take_receipt
from sync.seal import seal
from sync.wire import MAX_PACKED, SEALED_TYPE, WireError
from tests.sync.centres import centre_in_thread
from tests.sync.conftest import Opener
from tests.sync.facts import FACTS_OF_A_VISIT, assert_same_facts, at, has, serve_visits
from tests.sync.trust import CENTRE_KEY, DEVICE_KEY

REFUSED = (BundleError, WireError, StorageError, Problem)


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    path = tmp_path / "stick"
    path.mkdir()
    return path


@pytest.fixture
def office(open_centre: Opener) -> Iterator[Centre]:
    made = office_at(open_centre)
    yield made
    made.close()


def office_at(open_journal: Opener) -> Centre:
    return Centre(open_journal, CENTRE_KEY, Settings(300, lambda: at(900)), Metrics())


def write_out(device: Journal, stick: Path) -> list[Path]:
    return list(export.export(device, DEVICE_KEY, stick, at(50)).files)


def bring(office: Centre, path: Path) -> TakenIn:
    done = take_in(office, CENTRE_KEY, bundle.read(path))
    bundle.write(path.with_suffix(RECEIPT), done.receipt)
    return done


def bring_back(device: Journal, path: Path, key: NodeKey = DEVICE_KEY) -> Returned:
    return take_receipt(device, Intake(key), bundle.opened(bundle.read(path.with_suffix(RECEIPT)), key), at(1000).t)


def round_trip(device: Journal, office: Centre, stick: Path) -> list[Returned]:
    """Export, carry, import, bring back."""
    return [bring_back(device, path) for path in write_out(device, stick) if bring(office, path)]


def code_of(work: Callable[[], object]) -> str:
    with pytest.raises(BundleError) as error:
        work()
    return error.value.code


def copied(journal: Journal, path: Path) -> Journal:
    """Another disk with the same content."""
    journal.database.execute("VACUUM INTO ?", (str(path),))
    return Journal.open(path)


@pytest.fixture
def small_segments(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten lines each, and some of them a file: a few visits fill many."""
    monkeypatch.setattr(export, "MAX_EVENTS", 10)
    monkeypatch.setattr(export, "PIECE_BYTES", 2_000)


@pytest.fixture
def small_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Twenty lines of the feed each."""
    monkeypatch.setattr("storage.feed.MOST", 20)


def settings_at(office: Centre, count: int, value: str = "1") -> None:
    with office.journal.write("-", at(5)) as tx:
        for n in range(count):
            tx.record(SettingSet(f"rating.timeout_{n}", value, "3301", "2026-03-02"))


def given(journal: Journal) -> int:
    return int(journal.database.value("SELECT count(*) FROM setting WHERE name LIKE 'rating.timeout_%'") or 0)


def test_a_stick_carries_all_that_waits_and_its_receipt_moves_the_mark(
    device: Journal, centre: Journal, office: Centre, stick: Path
) -> None:
    serve_visits(device, 110)
    (path,) = write_out(device, stick)
    assert path.name == f"3301-0310-07-0-1-550{BUNDLE}"
    assert outbox.all_waiting(device) == 550, "exporting marks nothing"
    done = bring(office, path)
    assert (done.node, done.lines, done.have) == ("3301-0310-07", 550, 550)
    assert_same_facts(device, centre)
    assert bring_back(device, path) == Returned(Came.STORED, 550, 0, 0, False)
    serve_visits(device, 2, start=110)
    (path,) = write_out(device, stick)
    assert path.name == f"3301-0310-07-0-551-560{BUNDLE}"


@pytest.mark.usefixtures("small_answers")
def test_with_nothing_waiting_the_stick_still_brings_the_whole_feed(
    device: Journal, office: Centre, stick: Path
) -> None:
    settings_at(office, 50)
    (path,) = write_out(device, stick)
    assert path.name == f"3301-0310-07-0-1-0{BUNDLE}"
    bring(office, path)
    back = bring_back(device, path)
    assert (back.came, back.more, back.fed) == (Came.STORED, False, 50)
    assert given(device) == 50
    assert round_trip(device, office, stick)[0].fed == 0


@pytest.mark.usefixtures("small_answers")
def test_a_feed_that_finds_no_room_goes_on_with_the_next_stick(
    device: Journal, office: Centre, stick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sync.bundled.PIECE_BYTES", 1)
    settings_at(office, 30)
    assert [one.more for one in round_trip(device, office, stick)] == [True]
    assert [one.more for one in round_trip(device, office, stick)] == [False]
    assert given(device) == 30


@pytest.mark.usefixtures("small_segments")
def test_a_long_tail_is_several_files_and_a_missing_one_is_said(
    device: Journal, centre: Journal, office: Centre, stick: Path
) -> None:
    serve_visits(device, 40)
    files = write_out(device, stick)
    assert len(files) > 2
    assert list(bundle.files_in(stick, BUNDLE)) == files, "each log from its beginning, also behind ten"
    bring(office, files[1])
    assert has(centre, device) == 0
    assert bring_back(device, files[1]).came is Came.GAP
    for path in files:
        bring(office, path)
    assert_same_facts(device, centre)
    assert bring_back(device, files[-1]).acked == 200
    assert {bring_back(device, path).came for path in files[:-1]} == {Came.KNOWN}
    assert outbox.all_waiting(device) == 0


def state(centre: Journal) -> tuple[object, ...]:
    counts = "SELECT (SELECT count(*) FROM event), (SELECT count(*) FROM quarantine), (SELECT count(*) FROM segment)"
    return (*centre.database.rows(counts), *centre.database.rows("SELECT node, epoch, have, head FROM log"))


def damaged(whole: bytes) -> Iterator[bytes]:
    """One bit of each byte, cut at every fifth byte, and something behind it."""
    for n in range(len(whole)):
        yield whole[:n] + bytes([whole[n] ^ 1 << n % 8]) + whole[n + 1 :]
        if n % 5 == 0:
            yield whole[:n]
    yield whole + b"\0"


def test_a_bundle_with_any_byte_changed_or_missing_is_refused(
    device: Journal, centre: Journal, office: Centre, stick: Path
) -> None:
    serve_visits(device, 1)
    sealed = write_out(device, stick)[0].read_bytes()
    before = state(centre)
    for other in damaged(sealed):
        assert code_of(lambda other=other: take_in(office, CENTRE_KEY, other)) == "not-sealed"  # type: ignore[misc]
    assert state(centre) == before
    take_in(office, CENTRE_KEY, sealed)
    assert_same_facts(device, centre)


def test_a_bundle_that_was_opened_changed_and_sealed_again_is_refused_or_the_same(
    device: Journal, centre: Journal, office: Centre, stick: Path
) -> None:
    """Anybody can seal for the centre: what is inside proves itself."""
    serve_visits(device, 1)
    clear = bundle.join_parts(bundle.opened(write_out(device, stick)[0].read_bytes(), CENTRE_KEY))
    before = seen = state(centre)
    refused = 0
    for other in damaged(clear):
        try:
            take_in(office, CENTRE_KEY, seal(CENTRE_KEY.public_box, other))
        except REFUSED:
            refused += 1
        else:
            assert has(centre, device) == FACTS_OF_A_VISIT, "taken, so it was the same"
            seen = state(centre)
        assert state(centre) in (before, seen)
    assert refused > len(clear) * 1.15, "all but a few bits of gzip's own header"
    take_in(office, CENTRE_KEY, seal(CENTRE_KEY.public_box, clear))
    assert_same_facts(device, centre)


def test_a_receipt_with_any_byte_changed_or_missing_is_refused(device: Journal, office: Centre, stick: Path) -> None:
    settings_at(office, 2)
    serve_visits(device, 1)
    (path,) = write_out(device, stick)
    sealed = bring(office, path).receipt
    for other in damaged(sealed):
        assert code_of(lambda other=other: bundle.opened(other, DEVICE_KEY)) == "not-sealed"  # type: ignore[misc]
    parts = bundle.opened(sealed, DEVICE_KEY)
    whole = receipt.read(parts, CENTRE_KEY.public)
    same = 0
    for other in damaged(bundle.join_parts(parts)):
        try:
            assert receipt.read(bundle.split_parts(other), CENTRE_KEY.public) == whole
            same += 1
        except BundleError:
            continue
    assert same < 20, "only bits of gzip's own header around the manifest change nothing"
    assert outbox.all_waiting(device) == FACTS_OF_A_VISIT


@pytest.mark.usefixtures("small_segments")
def test_answers_cannot_be_mixed(device: Journal, office: Centre, stick: Path) -> None:
    serve_visits(device, 3)
    (path,) = write_out(device, stick)
    old = bundle.opened(bring(office, path).receipt, DEVICE_KEY)
    serve_visits(device, 1, start=3)
    (path,) = write_out(device, stick)
    new = bundle.opened(bring(office, path).receipt, DEVICE_KEY)
    for parts in (
        [old[0], *new[1:]],
        [new[0], *old[1:]],
        [new[0], new[2], new[1], *new[3:]],
        new[:-1],
        [*new, new[-1]],
        new[1:],
    ):
        forged = seal(DEVICE_KEY.public_box, bundle.join_parts(parts))
        path.with_suffix(RECEIPT).write_bytes(forged)
        assert code_of(lambda: bring_back(device, path)) in ("not-signed", "no-bundle")
    assert outbox.all_waiting(device) == 4 * FACTS_OF_A_VISIT


def test_only_the_right_keys_open_and_only_the_right_centre_is_believed(
    device: Journal, office: Centre, stick: Path
) -> None:
    serve_visits(device, 1)
    (path,) = write_out(device, stick)
    stranger = NodeKey.make()
    assert code_of(lambda: take_in(office, stranger, path.read_bytes())) == "not-sealed"
    bring(office, path)
    assert code_of(lambda: bring_back(device, path, stranger)) == "not-sealed"
    right = receipt.read(bundle.opened(bundle.read(path.with_suffix(RECEIPT)), DEVICE_KEY), CENTRE_KEY.public)
    said = right.manifest
    parts = receipt.write(said.node, said.heard, list(said.answers), right.answers, stranger.sign)
    path.with_suffix(RECEIPT).write_bytes(bundle.sealed_parts(DEVICE_KEY.public_box, parts))
    assert code_of(lambda: bring_back(device, path)) == "not-signed"
    nodes.enrolled_with(device, Upstream("centre-1", CENTRE_KEY.public, "", "3301"))
    assert code_of(lambda: write_out(device, stick)) == "no-box"


def test_a_pc_that_is_not_enrolled_neither_sends_nor_is_heard(
    device: Journal, office: Centre, stick: Path, tmp_path: Path
) -> None:
    lone = Journal.open(tmp_path / "lone.db")
    lone.found("3301-99", "3301")
    assert code_of(lambda: write_out(lone, stick)) == "not-enrolled"
    nodes.enrolled_with(lone, Upstream("centre-1", CENTRE_KEY.public, CENTRE_KEY.public_box, "3301"))
    (path,) = write_out(lone, stick)
    with pytest.raises(Problem, match="not-enrolled"):
        bring(office, path)
    (path,) = write_out(device, stick)
    bring(office, path)
    assert code_of(lambda: bring_back(lone, path)) == "other-log"
    lone.close()


def test_a_bundle_of_two_senders_is_none(device: Journal, office: Centre, stick: Path, tmp_path: Path) -> None:
    serve_visits(device, 1)
    other = Journal.open(tmp_path / "other.db")
    other.found("3301-10", "3301")
    bodies = [next_segment(one, outbox.standing(one), DEVICE_KEY, at(1), 500).body for one in (device, other)]
    sealed = bundle.sealed_parts(CENTRE_KEY.public_box, bodies)
    assert code_of(lambda: take_in(office, CENTRE_KEY, sealed)) == "no-bundle"
    other.close()


def test_imported_twice_and_receipts_twice_count_once(
    device: Journal, centre: Journal, office: Centre, stick: Path
) -> None:
    serve_visits(device, 3)
    (path,) = write_out(device, stick)
    first = bring(office, path)
    assert_same_facts(device, centre)
    settings_at(office, 2)
    assert bring(office, path).have == first.have
    assert bring_back(device, path) == Returned(Came.STORED, 15, 0, 2, False)
    assert bring_back(device, path) == Returned(Came.STORED, 15, 0, 0, False)


def test_a_feed_that_does_not_follow_on_what_is_known_is_left_out(
    device: Journal, office: Centre, stick: Path, tmp_path: Path
) -> None:
    old = copied(device, tmp_path / "old.db")
    settings_at(office, 3)
    round_trip(device, office, stick)
    settings_at(office, 1, "2")
    (path,) = write_out(device, stick)
    bring(office, path)
    assert (bring_back(old, path).fed, given(old)) == (0, 0), "a part would look like the whole"
    assert (bring_back(device, path).fed, given(device)) == (1, 3)
    assert (round_trip(old, office, stick)[0].fed, given(old)) == (3, 3)
    old.close()


def test_a_lost_receipt_costs_nothing(device: Journal, centre: Journal, office: Centre, stick: Path) -> None:
    serve_visits(device, 3)
    bring(office, write_out(device, stick)[0])
    serve_visits(device, 2, start=3)
    (path,) = write_out(device, stick)
    assert path.name.endswith(f"-1-25{BUNDLE}")
    assert round_trip(device, office, stick)[0].acked == 25
    assert_same_facts(device, centre)


def test_a_stick_that_comes_after_the_line_moves_nothing_back(
    device: Journal, centre: Journal, open_centre: Opener, office: Centre, stick: Path
) -> None:
    settings_at(office, 3, "1")
    serve_visits(device, 3)
    (path,) = write_out(device, stick)
    bring(office, path)
    serve_visits(device, 2, start=3)
    settings_at(office, 3, "2")
    with centre_in_thread(open_centre) as url:
        client = SyncClient(lambda: Journal.open(Path(device.database.where)), url, DEVICE_KEY)
        assert client.step(at(60)).acked == 25
        client.close()
    known = cursor(device.database)
    assert bring_back(device, path).came is Came.KNOWN
    assert (cursor(device.database), outbox.standing(device).acked) == (known, 25)
    bring(office, path)
    late = bring_back(device, path)
    assert (late.came, late.acked) == (Came.STORED, 25)
    assert device.database.rows("SELECT DISTINCT value FROM setting WHERE name LIKE 'rating.timeout_%'") == [("2",)]
    assert_same_facts_but_settings(device, centre)


def assert_same_facts_but_settings(device: Journal, centre: Journal) -> None:
    lines = "SELECT seq, line, hash FROM event WHERE node = ? ORDER BY seq"
    who = (device.identity.node,)
    assert centre.database.rows(lines, who) == device.database.rows(lines, who)


def test_what_was_carried_says_nothing_of_the_clock(
    device: Journal, centre: Journal, office: Centre, stick: Path
) -> None:
    serve_visits(device, 1)
    bring(office, write_out(device, stick)[0])
    assert centre.database.rows("SELECT * FROM clock_sample") == []
    assert office.contacts["3301-0310-07"].skew_ms == 0


@pytest.mark.usefixtures("small_segments")
def test_the_receipt_for_a_copy_of_this_disk_is_refused_and_its_own_bundle_finds_the_fork(
    device: Journal, centre: Journal, office: Centre, stick: Path, tmp_path: Path
) -> None:
    serve_visits(device, 2)
    round_trip(device, office, stick)
    copy = copied(device, tmp_path / "copy.db")
    serve_visits(device, 1, start=2)
    serve_visits(copy, 6, start=50)
    (path,) = write_out(device, stick)
    bring(office, path)
    assert code_of(lambda: bring_back(copy, path)) == "other-log"
    assert bring_back(device, path).came is Came.STORED
    files = write_out(copy, stick)
    assert [bring(office, path).verdict for path in files] == [Verdict.FORK, Verdict.GAP]
    assert [bring_back(copy, path).came for path in files] == [Came.FORKED, Came.KNOWN]
    assert copy.identity.epoch != 0
    assert {one.came for one in round_trip(copy, office, stick)} == {Came.STORED}
    assert outbox.all_waiting(copy) == 0
    assert centre.database.value("SELECT count(*) FROM ticket") == 9
    copy.close()


def test_a_centre_that_was_put_back_is_filled_again(
    device: Journal, office: Centre, open_centre: Opener, stick: Path, tmp_path: Path
) -> None:
    serve_visits(device, 2)
    round_trip(device, office, stick)
    earlier = copied(office.journal, tmp_path / "earlier.db")
    serve_visits(device, 2, start=2)
    (of_the_lost,) = write_out(device, stick)
    bring(office, of_the_lost)
    bring_back(device, of_the_lost)
    serve_visits(device, 1, start=4)
    put_back = office_at(lambda: earlier)
    assert [one.came for one in round_trip(device, put_back, stick)] == [Came.REWOUND]
    assert [one.acked for one in round_trip(device, put_back, stick)] == [25]
    assert_same_facts(device, earlier)
    assert bring_back(device, of_the_lost).came is Came.KNOWN
    assert outbox.standing(device).acked == 25
    put_back.close()


def test_a_fork_from_before_the_mark_is_found_with_one_more_stick(
    device: Journal, open_centre: Opener, stick: Path, tmp_path: Path
) -> None:
    """A copy filled the centre, which had been put back to before the two disks parted."""
    empty = copied(open_centre(), tmp_path / "empty.db")
    copy = copied(device, tmp_path / "copy.db")
    office, put_back = office_at(open_centre), office_at(lambda: empty)
    serve_visits(device, 2)
    round_trip(device, office, stick)
    serve_visits(copy, 3, start=50)
    round_trip(copy, put_back, stick)
    serve_visits(device, 1, start=2)
    came = [one.came for _ in range(3) for one in round_trip(device, put_back, stick)]
    assert came[:2] == [Came.REWOUND, Came.FORKED]
    assert set(came[2:]) == {Came.STORED}
    assert empty.database.value("SELECT count(*) FROM ticket") == 6
    assert outbox.all_waiting(device) == 0
    for one in (office, put_back):
        one.close()
    copy.close()


def test_a_disk_that_was_put_back_refuses_the_receipt_of_its_later_days(
    device: Journal, centre: Journal, office: Centre, stick: Path, tmp_path: Path
) -> None:
    serve_visits(device, 2)
    old = copied(device, tmp_path / "old.db")
    serve_visits(device, 2, start=2)
    (path,) = write_out(device, stick)
    bring(office, path)
    assert code_of(lambda: bring_back(old, path)) == "other-log"
    assert [one.came for one in round_trip(old, office, stick)] == [Came.WENT_BACK]
    serve_visits(old, 1, start=90)
    assert {one.came for one in round_trip(old, office, stick)} == {Came.STORED}
    assert centre.database.value("SELECT count(*) FROM ticket") == 5
    old.close()


def test_any_pc_with_a_line_forwards_a_bundle(
    device: Journal, centre: Journal, open_centre: Opener, stick: Path
) -> None:
    serve_visits(device, 3)
    (path,) = write_out(device, stick)
    with centre_in_thread(open_centre) as url:
        post = Post(url)
        path.with_suffix(RECEIPT).write_bytes(post.send_bundle(path.read_bytes()))
        with pytest.raises(Refused, match="not-sealed"):
            post.send_bundle(b"HTB1" + bytes(100))
        with pytest.raises(Unreachable):
            post.send_bundle(bytes(MAX_PACKED + 1))
        post.close()
        asked = {"url": f"{url}/v1/bundle", "content": path.read_bytes(), "trust_env": False}
        assert httpx.post(**asked, headers={"Content-Type": "application/json"}).status_code == 415  # type: ignore[arg-type]
        assert httpx.post(**asked, headers={"Content-Type": SEALED_TYPE}).status_code == 200  # type: ignore[arg-type]
    assert bring_back(device, path).came is Came.STORED
    assert_same_facts(device, centre)


def test_a_damaged_line_does_not_hold_up_the_stick(
    device: Journal, centre: Journal, office: Centre, stick: Path
) -> None:
    serve_visits(device, 1)
    device.database.execute("UPDATE event SET line = ? WHERE seq = 2", (b"{}",))
    came = [one.came for _ in range(2) for one in round_trip(device, office, stick)]
    assert set(came) == {Came.STORED}
    assert outbox.all_waiting(device) == 0
    assert centre.database.value("SELECT count(*) FROM event WHERE node = ?", (device.identity.node,)) == 4


def test_other_files_of_a_stick_are_left_alone(device: Journal, stick: Path) -> None:
    (stick / "photo.jpg").write_bytes(b"x")
    unfinished = stick / f".3301-0310-07-0-1-5{BUNDLE}.part"
    unfinished.write_bytes(b"half")
    (stick / f"odd{BUNDLE}").write_bytes(b"no bundle")
    write_out(device, stick)
    assert not unfinished.exists()
    assert (stick / "photo.jpg").read_bytes() == b"x"
    assert [path.name for path in bundle.files_in(stick, BUNDLE)] == [f"odd{BUNDLE}", f"3301-0310-07-0-1-0{BUNDLE}"]
    big = stick / f"big{BUNDLE}"
    big.write_bytes(bytes(MAX_PACKED + 1))
    assert code_of(lambda: bundle.read(big)) == "no-bundle"
    shutil.rmtree(stick)
    assert code_of(lambda: write_out(device, stick)) == "gone"
