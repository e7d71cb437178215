"""T15: a stick is as good as the line: what it carries arrives once, whatever is done to it is refused or harmless."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from storage import nodes, outbox
from storage.errors import StorageError
from storage.journal import Journal
from storage.nodes import Upstream
from sync import bundle, receipt
from sync.bundle import BUNDLE, RECEIPT, BundleError
from sync.bundled import take_in
from sync.centre import Centre
from sync.keys import NodeKey
from sync.outgoing import next_segment
from sync.post import Post, Refused, Unreachable
from sync.problem import Problem
from sync.returned import Came, Returned
from sync.seal import seal
from sync.wire import MAX_PACKED, SEALED_TYPE, WireError
from tests.sync.centres import centre_in_thread
from tests.sync.conftest import Opener
from tests.sync.facts import FACTS_OF_A_VISIT, assert_same_facts, at, has, serve_visits
from tests.sync.sticks import bring, bring_back, code_of, given, office_at, round_trip, settings_at, write_out
from tests.sync.trust import CENTRE_KEY, DEVICE_KEY

REFUSED = (BundleError, WireError, StorageError, Problem)


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


@pytest.mark.postgresql
def test_a_centre_on_postgresql_takes_a_stick_too(
    device: Journal, open_postgresql_centre: Opener, postgresql_centre: Journal, stick: Path
) -> None:
    serve_visits(device, 2)
    office = office_at(open_postgresql_centre)
    assert [one.came for _ in range(2) for one in round_trip(device, office, stick)] == [Came.STORED, Came.STORED]
    assert has(postgresql_centre, device) == 10
    office.close()


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
