"""Passwords go sealed to the halls of their grants, and to nobody else; the same feed from PostgreSQL."""

from __future__ import annotations

from pathlib import Path

import pytest

from storage import contacts, feed, views
from storage import facts as f
from storage.access import Action, Grant, may
from storage.doctor import verify_chain
from storage.feed import Cursor, share
from storage.feed_index import FeedIndex
from storage.journal import Journal
from storage.rebuild import compare
from storage.vault import Vault
from storage.views.sums import hall_sums
from sync import feed as wire_feed
from sync.keys import NodeKey
from tests.sync.centres import centre_in_thread
from tests.sync.conftest import Opener
from tests.sync.facts import DAY, serve_visits
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


@pytest.fixture
def vaults(tmp_path: Path) -> tuple[Path, Path]:
    folders = tmp_path / "centre-vault", tmp_path / "hall-vault"
    for folder in folders:
        folder.mkdir()
    return folders


def password_of(folder: Path, number: str, password: str) -> bool:
    vault = Vault.open(folder)
    try:
        return vault.verify(number, password)
    finally:
        vault.close()


def set_password(journal: Journal, folder: Path, number: str, password: str) -> None:
    vault = Vault.open(folder)
    tell(journal, f.CredentialChanged(number))
    vault.set_password(number, password)
    vault.close()


def test_a_password_goes_sealed_to_the_halls_of_its_grants_only(
    city: Journal, hall: Journal, open_centre: Opener, vaults: tuple[Path, Path]
) -> None:
    above, below = vaults
    tell(city, person("1007", OTHER), person("2002", OTHER))
    for number in ("1007", "2002"):
        set_password(city, above, number, f"password of {number}")
    tell(city, f.GrantSet("1007", f.Role.CLERK, HALL), f.GrantSet("2002", f.Role.CLERK, OTHER))
    with centre_in_thread(open_centre, open_vault=lambda: Vault.open(above)) as url:
        client = client_of(hall, url, vault=below)
        exchange(client)
        assert password_of(below, "1007", "password of 1007")
        assert not password_of(below, "2002", "password of 2002")
        assert views.staff(hall.database, "1007") is not None  # the grant brought its person
        assert views.staff(hall.database, "2002") is None
        grants = [Grant(f.Role(one.role), one.node) for one in views.grants(hall.database, "1007")]
        assert may(grants, Action.SERVE, f"{HALL}-01", own=True)

        own = Vault.open(below)
        own.set_password("1007", "chosen by himself")
        own.close()
        with hall.transaction() as database:  # everything is sent once more
            feed.apply(database, NODE, [], Cursor("", 0))
        exchange(client, 100)
        assert password_of(below, "1007", "chosen by himself")
        set_password(city, above, "1007", "reset by the city")
        exchange(client, 200)
        assert password_of(below, "1007", "reset by the city")
        client.close()
    for one in lines_of(hall):
        assert b"argon2" not in one.line


def test_a_hall_cannot_ask_for_anybodys_password_by_granting(
    city: Journal, hall: Journal, open_centre: Opener, vaults: tuple[Path, Path]
) -> None:
    above, below = vaults
    tell(city, person("9001", CITY), f.GrantSet("9001", f.Role.BUREAU_LEADER, OTHER))
    set_password(city, above, "9001", "of a leader")
    tell(hall, f.GrantSet("9001", f.Role.ADMIN, HALL))
    with centre_in_thread(open_centre, open_vault=lambda: Vault.open(above)) as url:
        client = client_of(hall, url, vault=below)
        exchange(client)
        set_password(city, above, "9001", "of a leader, again")
        exchange(client, 100)
        client.close()
    assert "credential.changed" not in kinds_of(hall)
    assert not password_of(below, "9001", "of a leader, again")


def test_a_sealed_password_is_of_no_use_to_another_node(
    city: Journal, hall: Journal, vaults: tuple[Path, Path]
) -> None:
    above, below = vaults
    tell(city, person("1007", HALL), f.GrantSet("1007", f.Role.CLERK, HALL))
    set_password(city, above, "1007", "secret enough")
    FeedIndex(city).catch_up()
    vault = Vault.open(above)
    given = wire_feed.read_lines(wire_feed.lines_of(share(city.database, NODE, HALL, 0), DEVICE_KEY.public_box, vault))
    vault.close()
    assert [bool(one.sealed) for one in given].count(True) == 1
    stranger = wire_feed.Intake(NodeKey.make(), lambda: Vault.open(below))
    with hall.transaction() as database:
        stranger.take(database, own=NODE, given=given, upto=Cursor("s", 9))
    stranger.close()
    assert not password_of(below, "1007", "secret enough")
    assert not any("argon2" in str(one) for one in given)


@pytest.mark.postgresql
def test_the_same_goes_down_from_postgresql(
    postgresql_centre: Journal, open_postgresql_centre: Opener, hall: Journal, vaults: tuple[Path, Path]
) -> None:
    above, below = vaults
    join_hall(postgresql_centre, hall, DEVICE_KEY)
    tell(postgresql_centre, person("1007", OTHER), f.SettingSet("rating_timeout_s", "40", CITY), matter(8, scope=CITY))
    set_password(postgresql_centre, above, "1007", "of a clerk")
    tell(postgresql_centre, f.GrantSet("1007", f.Role.CLERK, HALL), f.SettingSet("rating_timeout_s", "50", CITY))
    serve_visits(hall, 2)
    with centre_in_thread(open_postgresql_centre, open_vault=lambda: Vault.open(above)) as url:
        client = client_of(hall, url, vault=below)
        exchange(client)
        client.close()
    assert views.setting(hall.database, "rating_timeout_s", HALL, "2026-11-24") == "50"
    assert kinds_of(hall) == {"staff.set", "setting.set", "service_type.set", "grant.set", "credential.changed"}
    assert password_of(below, "1007", "of a clerk")
    assert (verify_chain(hall.database).holds, compare(hall.database)) == (True, [])
    database = postgresql_centre.database
    (one,) = [one for one in contacts.everybody(database, CITY) if one.node == NODE]
    assert (one.have, one.app, one.backlog) == (10, "1.0", 0)
    sums = hall_sums(database, CITY, DAY, DAY, 10)
    assert sums is not None
    assert [(one.hall, one.tickets) for one in sums] == [(HALL, 2)]
    assert hall_sums(database, CITY, DAY, DAY, 0) is None
    assert views.matters(database, HALL) == views.matters(hall.database, HALL)
