"""T15: sticks and receipts that come late, twice, or to another disk: nothing lost, nothing goes back or twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from storage import outbox
from storage.feed import cursor
from storage.journal import Journal
from storage.receive import Verdict
from sync.bundle import BUNDLE
from sync.centre import Centre
from sync.client import SyncClient
from sync.returned import Came, Returned
from tests.sync.centres import centre_in_thread
from tests.sync.conftest import Opener
from tests.sync.facts import assert_same_facts, at, serve_visits
from tests.sync.sticks import bring, bring_back, code_of, copied, given, office_at, round_trip, settings_at, write_out
from tests.sync.trust import DEVICE_KEY


def assert_same_facts_but_settings(device: Journal, centre: Journal) -> None:
    lines = "SELECT seq, line, hash FROM event WHERE node = ? ORDER BY seq"
    who = (device.identity.node,)
    assert centre.database.rows(lines, who) == device.database.rows(lines, who)


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
