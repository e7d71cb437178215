"""Reference facts go down to those who may read them, once, with the id they were born with; nothing else does."""

from __future__ import annotations

from pathlib import Path

import pytest

from storage import facts as f
from storage import feed, nodes, outbox, views
from storage.chain import fact_id, next_hash
from storage.doctor import verify_chain
from storage.feed import ITEMS, Cursor, Origin, item_of, share
from storage.feed_index import FeedIndex
from storage.journal import Journal
from storage.projections import Placed, project
from storage.projections.register import PROJECTIONS
from storage.rebuild import compare, rebuild_in_place
from storage.statements import Merge
from sync.client import Result
from sync.keys import NodeKey
from tests.sync.centres import centre_in_thread
from tests.sync.conftest import Opener
from tests.sync.facts import at, serve_visits
from tests.sync.feeding import (
    CITY,
    HALL,
    NODE,
    OTHER,
    client_of,
    exchange,
    join_hall,
    kinds_of,
    lines_of,
    matter,
    person,
    tell,
)
from tests.sync.trust import DEVICE_KEY


def test_every_kind_that_travels_may_be_told_twice() -> None:
    """A fact may come by the feed and by its log: only statements where the causally last fact wins bear that."""
    samples: list[f.Fact] = [
        f.HallSet(HALL, "h"),
        f.WindowSet(f"{HALL}-01", "w", ("A",)),
        person("7"),
        f.GrantSet("7", f.Role.CLERK, HALL),
        f.GrantEnded("7", f.Role.CLERK, HALL),
        matter(5),
        f.SettingSet("x", "1", CITY),
        f.CredentialChanged("7"),
        f.CalendarImported(2027, ()),
        f.ClosingDaySet(HALL, "2026-11-24", closed=True),
    ]
    assert {one.kind for one in samples} == set(ITEMS)
    for one in samples:
        placed = Placed(one, "id", "0" * 22, "n", 0, 0, "b", "-", HALL)
        assert item_of(placed) is not None
        if one.kind in PROJECTIONS:
            assert {step.statement.merge for step in PROJECTIONS[one.kind](placed)} == {Merge.LATEST}


def test_an_edit_at_the_city_reaches_the_hall_with_the_same_id(
    city: Journal, hall: Journal, open_centre: Opener
) -> None:
    told = tell(
        city,
        person("1007"),
        f.GrantSet("1007", f.Role.BUREAU_LEADER, CITY),
        f.SettingSet("rating_timeout_s", "40", CITY),
        matter(8, scope=CITY),
        f.HallSet(HALL, "市办税厅", parent=CITY),
    )
    serve_visits(hall, 2)
    with centre_in_thread(open_centre) as url:
        client = client_of(hall, url)
        exchange(client)
        client.close()
    db = hall.database
    assert views.staff(db, "1007") == views.staff(city.database, "1007")
    assert views.setting(db, "rating_timeout_s", HALL, "2026-11-24") == "40"
    assert [(one.code, one.limit_min) for one in views.matters(db, HALL)] == [("A01", 8)]
    assert {fact_id(one.node, one.epoch, one.seq, one.digest) for one in lines_of(hall)} == set(told)
    lines = {
        int(seq): (bytes(line), bytes(digest))
        for seq, line, digest in city.database.rows("SELECT seq, line, hash FROM event WHERE node = 'centre-1'")
    }
    for one in lines_of(hall):
        assert (one.line, one.digest) == lines[one.seq]
    assert verify_chain(db).holds
    assert compare(db) == []


def test_what_stands_beside_is_never_sent(city: Journal, hall: Journal, open_centre: Opener) -> None:
    tell(
        city,
        person("2001", OTHER),
        f.GrantSet("2001", f.Role.CLERK, OTHER),
        f.GrantSet("2001", f.Role.CLERK, f"{OTHER}-03"),
        f.SettingSet("rating_timeout_s", "9", OTHER),
        f.WindowSet(f"{OTHER}-01", "w", ("A",)),
        matter(3, scope=OTHER),
        f.TicketIssued(day="2026-11-24", number="A001", prefix="A"),
    )
    with centre_in_thread(open_centre) as url:
        client = client_of(hall, url)
        exchange(client)
        client.close()
    assert lines_of(hall) == []
    assert feed.cursor(hall.database).rev > 0
    assert views.staff(hall.database, "2001") is None
    districts = {place: share(city.database, "a-centre", place, 0).facts for place in ("360602", "360603")}
    assert {place: len(given) > 0 for place, given in districts.items()} == {"360602": True, "360603": False}


def test_a_hall_never_gets_its_own_facts_back_but_those_of_its_other_pc(
    city: Journal, hall: Journal, open_centre: Opener, tmp_path: Path
) -> None:
    second = Journal.open(tmp_path / "second.db")
    second.found(f"{HALL}-02", HALL)
    other_key = NodeKey.make()
    join_hall(city, second, other_key)
    tell(hall, person("1007", HALL), f.WindowSet(f"{HALL}-01", "w", ("A",)), f.CredentialChanged("1007"))
    serve_visits(hall, 1)
    with centre_in_thread(open_centre) as url:
        for journal, key in ((hall, DEVICE_KEY), (second, other_key), (hall, DEVICE_KEY)):
            client = client_of(journal, url, key)
            exchange(client)
            client.close()
    assert lines_of(hall) == []
    assert {one.node for _, one in share(city.database, "somebody", HALL, 0).facts} == {NODE}
    assert share(city.database, NODE, HALL, 0).facts == ()
    assert kinds_of(second) == {"staff.set", "window.set"}
    assert views.staff(second.database, "1007") is not None
    second.close()


def test_a_fact_of_another_place_that_a_hall_told_goes_nowhere(
    city: Journal, hall: Journal, open_centre: Opener, tmp_path: Path
) -> None:
    """A hall PC that was taken over grants itself the city, and sets a value for everybody."""
    tell(hall, f.GrantSet("666", f.Role.ADMIN, CITY), f.SettingSet("rating_timeout_s", "0", ""), person("666", CITY))
    with centre_in_thread(open_centre) as url:
        client = client_of(hall, url)
        exchange(client)
        client.close()
    index = FeedIndex(city)
    index.catch_up()
    assert share(city.database, "x", OTHER, 0).facts == ()
    assert views.setting(city.database, "rating_timeout_s", OTHER, "2026-11-24") is None
    assert city.database.value("SELECT count(*) FROM quarantine WHERE why = 'other_place'") == 3


def test_only_the_last_fact_of_an_item_travels_and_a_lost_store_starts_anew(
    city: Journal, hall: Journal, open_centre: Opener
) -> None:
    for value in range(30):
        tell(city, f.SettingSet("rating_timeout_s", str(value), CITY))
    with centre_in_thread(open_centre) as url:
        client = client_of(hall, url)
        exchange(client)
        assert len(lines_of(hall)) == 1
        before = feed.cursor(hall.database)
        tell(city, f.SettingSet("rating_timeout_s", "77", CITY))
        exchange(client, 100)
        assert feed.cursor(hall.database).rev == before.rev + 1
        for wrong in (Cursor("another-store", 5), Cursor(before.store, 10**6)):
            with hall.transaction() as database:
                feed.apply(database, NODE, [], wrong)
            tell(city, f.SettingSet("auto_recall", "true", CITY))
            exchange(client, 200)
            assert feed.cursor(hall.database).store == before.store
            assert views.setting(hall.database, "auto_recall", HALL, "2026-11-24") == "true"
        client.close()
    assert views.setting(hall.database, "rating_timeout_s", HALL, "2026-11-24") == "77"


def test_many_items_come_in_several_answers(city: Journal, hall: Journal, open_centre: Opener) -> None:
    tell(city, *(f.SettingSet(f"setting_{n:04d}", str(n), CITY) for n in range(1201)))
    with centre_in_thread(open_centre) as url:
        client = client_of(hall, url)
        first = client.step(at(1))
        assert (first.wait_s, len(lines_of(hall))) == (0.0, feed.MOST)
        exchange(client)
        client.close()
    assert len(lines_of(hall)) == 1201
    assert views.setting(hall.database, "setting_1200", HALL, "2026-11-24") == "1200"


def test_facts_mark_and_cursor_are_one_transaction(
    city: Journal, hall: Journal, open_centre: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell(city, f.SettingSet("rating_timeout_s", "40", CITY))
    serve_visits(hall, 1)
    with centre_in_thread(open_centre) as url:
        client = client_of(hall, url)
        with monkeypatch.context() as patch:
            patch.setattr(feed, "SET_META", "INSERT INTO nowhere VALUES (?, ?)")
            with pytest.raises(Exception, match="nowhere"):
                client.step(at(1))
        assert (outbox.standing(hall).acked, lines_of(hall)) == (0, [])
        assert feed.cursor(hall.database) == Cursor("", 0)
        exchange(client)
        client.close()
    assert (outbox.standing(hall).acked, len(lines_of(hall))) == (5, 1)


def test_what_was_seen_counts_before_what_is_said_next(city: Journal, hall: Journal, open_centre: Opener) -> None:
    """The hall's own edit after the city's is causally later, whatever the clocks and the lengths of the logs."""
    serve_visits(city, 40)
    tell(city, f.SettingSet("rating_timeout_s", "40", HALL, may_override=True))
    with centre_in_thread(open_centre) as url:
        client = client_of(hall, url)
        exchange(client)
        tell(hall, f.SettingSet("rating_timeout_s", "50", HALL))
        exchange(client, 100)
        client.close()
    for journal in (hall, city):
        assert views.setting(journal.database, "rating_timeout_s", HALL, "2026-11-24") == "50"


def test_rebuilt_tables_have_what_came_from_above(city: Journal, hall: Journal, open_centre: Opener) -> None:
    tell(city, person("1007"), f.SettingSet("rating_timeout_s", "40", CITY))
    with centre_in_thread(open_centre) as url:
        client = client_of(hall, url)
        exchange(client)
        client.close()
    before = hall.database.rows("SELECT * FROM setting")
    hall.database.execute("DELETE FROM setting")
    assert {one.table for one in compare(hall.database)} == {"setting"}
    rebuild_in_place(hall.database)
    assert hall.database.rows("SELECT * FROM setting") == before
    hall.database.execute("UPDATE feed SET line = replace(CAST(line AS TEXT), '40', '41') WHERE kind = 'setting.set'")
    assert [one.why.value for one in verify_chain(hall.database).breaks] == ["changed"]


def test_a_kind_of_a_newer_program_is_kept_put_aside_and_read_after_the_upgrade(
    hall: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = b'{"s":3,"k":"setting.set","v":9,"t":0,"m":0,"b":"b","a":"-","h":"","d":{"name":"x","value":"1"},"n":7}'
    prev = bytes(32)
    with hall.transaction() as database:
        assert feed.apply(database, NODE, [Origin("centre-1", 0, 3, prev, line, "9.0")], Cursor("s", 1)) == 1
    assert hall.database.rows("SELECT node, seq, why FROM quarantine") == [("centre-1", 3, "unknown_kind")]
    assert (lines_of(hall)[0].digest, compare(hall.database)) == (next_hash(prev, line), [])
    monkeypatch.setattr(f.SettingSet, "version", 9)
    with hall.transaction() as database:
        assert feed.try_again(database, NODE) == 1
    assert views.setting(hall.database, "x", HALL, "2026-11-24") == "1"
    assert (hall.database.rows("SELECT * FROM quarantine"), len(lines_of(hall)), compare(hall.database)) == ([], 1, [])


def test_a_line_under_the_own_name_is_passed_over(hall: Journal) -> None:
    line = b'{"s":1,"k":"setting.set","v":1,"t":0,"m":0,"b":"b","a":"-","h":"","d":{"name":"x","value":"1"}}'
    with hall.transaction() as database:
        feed.apply(database, NODE, [Origin(NODE, 0, 1, bytes(32), line)], Cursor("s", 1))
    assert lines_of(hall) == []
    assert views.setting(hall.database, "x", HALL, "2026-11-24") is None


def test_what_stands_above_wins_unless_it_lets_places_have_their_own(hall: Journal) -> None:
    day, db = "2026-11-24", hall.database
    tell(hall, f.SettingSet("x", '"hall"', HALL), matter(5))
    assert (views.setting(db, "x", HALL, day), views.matter(db, HALL, "A01").limit_min) == ('"hall"', 5)  # type: ignore[union-attr]
    tell(hall, f.SettingSet("x", '"city"', CITY, may_override=True), matter(8, 2, scope=CITY, may_override=True))
    assert (views.setting(db, "x", HALL, day), views.matters(db, HALL)[0].limit_min) == ('"hall"', 5)
    assert (views.setting(db, "x", OTHER, day), views.matters(db, OTHER)[0].limit_min) == ('"city"', 8)
    tell(hall, f.SettingSet("x", '"final"', CITY), matter(9, 3, scope=CITY))
    assert (views.setting(db, "x", HALL, day), views.matters(db, HALL)[0].limit_min) == ('"final"', 9)
    assert (views.matter(db, HALL, "A01", 1).limit_min, views.decided_at(db, HALL, "A01")) == (5, CITY)  # type: ignore[union-attr]
    tell(hall, f.SettingSet("x", '"later"', CITY, "2026-12-01"))
    assert views.setting(db, "x", HALL, day) == '"final"'
    assert views.setting(db, "x", HALL, "2026-12-01") == '"later"'
    tell(hall, f.SettingSet("x", '"all"', ""))
    assert views.setting(db, "x", HALL, "2026-12-01") == '"all"'


def test_a_feed_that_somebody_else_signed_changes_nothing(city: Journal, hall: Journal, open_centre: Opener) -> None:
    tell(city, f.SettingSet("rating_timeout_s", "40", CITY))
    nodes.enrolled_with(hall, nodes.Upstream("centre-1", NodeKey.make().public, "", HALL))
    with centre_in_thread(open_centre) as url:
        client = client_of(hall, url)
        assert client.step(at(1)).result is Result.NOT_AN_ANSWER
        client.close()
    assert (lines_of(hall), feed.cursor(hall.database)) == ([], Cursor("", 0))


def test_projection_of_a_hub_passes_on_what_came_from_above(city: Journal, hall: Journal, open_centre: Opener) -> None:
    """The hall serves a second PC: what came to it from the city goes on down."""
    tell(city, f.SettingSet("rating_timeout_s", "40", CITY), person("1007", OTHER))
    tell(city, f.GrantSet("1007", f.Role.CLERK, HALL))
    with centre_in_thread(open_centre) as url:
        client = client_of(hall, url)
        exchange(client)
        client.close()
    FeedIndex(hall).catch_up()
    passed = {kind for kind, _ in share(hall.database, f"{HALL}-02", HALL, 0).facts}
    assert passed == {"setting.set", "staff.set", "grant.set"}


def test_all_statements_group(hall: Journal) -> None:
    """A batch with several facts of one item comes to the causally last."""
    rows = [Placed(f.SettingSet("y", str(n), CITY), "i", f"{n:022d}", "c", 0, 0, "b", "-", "") for n in range(3)]
    project(hall.database, rows)
    assert views.setting(hall.database, "y", HALL, "2026-11-24") == "2"
