"""Enrolment: a code that a person carries proves both sides; over HTTP, by files, and by the commands."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from storage import nodes
from storage.facts import Moment
from storage.journal import Journal
from storage.nodes import Upstream
from sync import enrol
from sync.client import Result, SyncClient
from sync.enrol import ALPHABET, LIFE_MS, EnrolError, code_key, make_offer, new_code
from sync.join import join, request_of, take_welcome
from sync.keys import NodeKey, holds, key_path, load, load_or_make
from sync.post import Refused
from sync.wire import decode
from tests.sync.centres import CentreProcess, centre_in_thread
from tests.sync.conftest import Opener
from tests.sync.facts import assert_same_facts, at, serve_visits
from tests.sync.trust import CENTRE_KEY, DEVICE_KEY

SCOPE = "3301"


@pytest.fixture
def hall(tmp_path: Path) -> Journal:
    """A hall PC that nobody knows."""
    journal = Journal.open(tmp_path / "new.db")
    journal.found("3301-09", SCOPE)
    return journal


def ask(journal: Journal, code: str, key: NodeKey = DEVICE_KEY) -> enrol.Request:
    return decode(request_of(journal, key, code, "test"), enrol.Request)


def refused(centre: Journal, request: enrol.Request, now: Moment) -> str:
    with pytest.raises(EnrolError) as error:
        enrol.welcome(centre, CENTRE_KEY, request, now)
    return error.value.code


def test_codes_are_read_however_they_are_typed() -> None:
    code = new_code()
    assert len(code) == 12
    assert set(code.replace("-", "")) <= set(ALPHABET)
    assert code_key(code) == code_key(code.lower().replace("-", " "))
    assert code_key("7K3M-PQ9T-21") == code_key("7k3mpq9t2l")
    assert len({code_key(new_code()) for _ in range(3)}) == 3
    for wrong in ("", "7K3M", "7K3M-PQ9T-2HH", "7K3M-PQ9T-2!", "七K3M-PQ9T-2H"):
        with pytest.raises(ValueError, match="ten letters"):
            code_key(wrong)


def test_a_code_lets_one_node_in_once(hall: Journal, centre: Journal) -> None:
    code = make_offer(centre, SCOPE, at(0))
    request = ask(hall, code)
    welcome = enrol.welcome(centre, CENTRE_KEY, request, at(1))
    found = take_welcome(hall, DEVICE_KEY, code, msgspec.json.encode(welcome))
    assert (
        found == nodes.upstream(hall.database) == Upstream("centre-1", CENTRE_KEY.public, CENTRE_KEY.public_box, SCOPE)
    )
    assert enrol.welcome(centre, CENTRE_KEY, request, at(2)) == welcome  # the answer was lost: the same again
    hall.close()


def test_a_wrong_used_expired_or_foreign_code_is_refused(hall: Journal, centre: Journal, tmp_path: Path) -> None:
    code = make_offer(centre, SCOPE, at(0))
    assert refused(centre, ask(hall, new_code()), at(1)) == "unknown-code"
    assert refused(centre, ask(hall, code), Moment(at(0).t + LIFE_MS + 1, 0, "b")) == "unknown-code"
    other = make_offer(centre, "3302", at(0))
    assert refused(centre, ask(hall, other), at(1)) == "unknown-code"
    enrol.welcome(centre, CENTRE_KEY, ask(hall, code), at(1))
    second = Journal.open(tmp_path / "second.db")
    second.found("3301-10", SCOPE)
    assert refused(centre, ask(second, code, NodeKey.make()), at(2)) == "unknown-code"
    second.close()
    hall.close()


def test_a_request_that_was_changed_on_the_way_is_refused(hall: Journal, centre: Journal) -> None:
    request = ask(hall, make_offer(centre, SCOPE, at(0)))
    for change in ({"key": NodeKey.make().public}, {"node": "3301-77"}, {"app": "other"}):
        assert refused(centre, msgspec.structs.replace(request, **change), at(1)) == "unknown-code"
    hall.close()


def test_a_name_that_is_taken_needs_a_code_that_replaces_it(hall: Journal, centre: Journal) -> None:
    enrol.welcome(centre, CENTRE_KEY, ask(hall, make_offer(centre, SCOPE, at(0))), at(1))
    stranger = NodeKey.make()
    assert refused(centre, ask(hall, make_offer(centre, SCOPE, at(2)), stranger), at(3)) == "name-taken"
    assert nodes.registered(centre.database, "3301-09").key == DEVICE_KEY.public  # type: ignore[union-attr]
    code = make_offer(centre, SCOPE, at(4), replaces="3301-09")
    enrol.welcome(centre, CENTRE_KEY, ask(hall, code, stranger), at(5))
    assert nodes.registered(centre.database, "3301-09").key == stranger.public  # type: ignore[union-attr]
    hall.close()


def test_an_answer_of_somebody_else_changes_nothing(hall: Journal, centre: Journal) -> None:
    code = make_offer(centre, SCOPE, at(0))
    welcome = enrol.welcome(centre, CENTRE_KEY, ask(hall, code), at(1))
    forged = msgspec.structs.replace(welcome, key=NodeKey.make().public)
    elsewhere = msgspec.structs.replace(welcome, scope="3302")
    for answer in (forged, elsewhere):
        with pytest.raises(EnrolError, match="bad-answer"):
            take_welcome(hall, DEVICE_KEY, code, msgspec.json.encode(answer))
    with pytest.raises(EnrolError, match="bad-answer"):
        take_welcome(hall, NodeKey.make(), code, msgspec.json.encode(welcome))
    assert nodes.upstream(hall.database) is None
    hall.close()


def test_over_http_and_then_facts_flow(hall: Journal, centre: Journal, open_centre: Opener) -> None:
    serve_visits(hall, 3)
    from storage.clock import now

    with centre_in_thread(open_centre) as url:
        client = SyncClient(lambda: Journal.open(Path(hall.database.where)), url, DEVICE_KEY)
        assert client.step(at(0)).result is Result.NOT_ENROLLED
        with pytest.raises(Refused, match="unknown-code"):
            join(hall, DEVICE_KEY, url, new_code(), "test")
        join(hall, DEVICE_KEY, url, make_offer(centre, SCOPE, now()), "test")
        assert client.step(at(1)).result is Result.STORED
        client.close()
    assert_same_facts(hall, centre)
    hall.close()


def test_keys_rest_in_a_file_of_their_own(tmp_path: Path) -> None:
    assert load(tmp_path) is None
    key = load_or_make(tmp_path)
    assert stat.S_IMODE(key_path(tmp_path).stat().st_mode) == 0o600
    assert load_or_make(tmp_path).public == key.public
    signature = key.sign(b"words")
    assert holds(key.public, b"words", signature)
    assert not holds(key.public, b"other", signature)
    assert not holds("zz", b"words", signature)
    assert not holds(key.public, b"words", "00")
    key_path(tmp_path).write_text("rubbish", encoding="ascii")
    with pytest.raises(ValueError, match="hex"):
        load(tmp_path)


def command(folder: Path, *words: str) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-m", "hallterm", *words, "--data", str(folder), "--lang", "en"],
        capture_output=True,
        text=True,
        check=False,
        env={name: value for name, value in os.environ.items() if not name.startswith("HALLTERM_")},
        cwd=folder.parent,
    )
    return done.returncode, (done.stdout + done.stderr).strip()


def test_the_commands_of_both_sides(tmp_path: Path) -> None:
    pc, centre = tmp_path / "pc", tmp_path / "centre"
    pc.mkdir()
    assert command(centre, "admin", "code", "3301")[0] == 1
    process = CentreProcess(centre)
    process.start()
    try:
        journal = Journal.open(pc / "hall.db")
        journal.found("3301-09", "3301")
        code, shown = command(centre, "admin", "code", "3301")
        assert (code, "3301" in shown) == (0, True)
        assert command(pc, "enrol", shown.split()[0])[0] == 2
        assert command(pc, "enrol", "wrong", "--url", process.url)[0] == 2
        exit_code, said = command(pc, "enrol", shown.split()[0], "--url", process.url)
        assert (exit_code, "Enrolled" in said) == (0, True), said
        assert "3301-09" in command(centre, "admin", "nodes")[1]
        journal.close()

        other = tmp_path / "other"
        other.mkdir()
        journal = Journal.open(other / "hall.db")
        journal.found("3301-10", "3301")
        word = command(centre, "admin", "code", "3301")[1].split()[0]
        asked, answered = tmp_path / "ask.json", tmp_path / "answer.json"
        assert command(other, "enrol", word, "--request", str(asked))[0] == 0
        assert command(centre, "admin", "welcome", str(asked), str(answered))[0] == 0
        assert command(other, "enrol", word, "--answer", str(answered))[0] == 0
        assert nodes.upstream(journal.database) is not None
        assert command(centre, "admin", "revoke", "3301-10", "--reason", "moved")[0] == 0
        assert command(centre, "admin", "revoke", "3301-99", "--reason", "moved")[0] == 2
        listed = command(centre, "admin", "nodes")[1]
        assert "revoked" in listed
        assert ": moved" in listed
        journal.close()
    finally:
        process.stop()
