"""The centre answers what it has, and every fault with a problem body that acknowledges nothing."""

from __future__ import annotations

import gzip
import re
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from storage import outbox
from storage.errors import StorageBusy, StorageDamaged, StorageDenied, StorageFull
from storage.facts import NodeRekeyed, NodeRevoked
from storage.journal import Journal
from storage.receive import OwnLog
from sync import answer, problem_words, segment, server, wire
from sync.keys import NodeKey
from sync.problem import code_of
from sync.segment import Header
from sync.wire import Clock, WireError
from tests.sync.centres import centre_in_thread
from tests.sync.conftest import Opener
from tests.sync.facts import assert_same_facts, at, batch_of, has, serve_visits
from tests.sync.trust import CENTRE_KEY, DEVICE_KEY, enrolled

HEADERS = {"Content-Type": wire.CONTENT_TYPE, "Content-Encoding": "gzip"}


SIGNED = b'{"sig":"%s"}\n' % (b"0" * 128)


@pytest.fixture
def http(open_centre: Opener) -> Iterator[httpx.Client]:
    with centre_in_thread(open_centre) as url, httpx.Client(base_url=url, trust_env=False, timeout=60) as client:
        yield client


def body_of(device: Journal, first: int, n: int, key: NodeKey = DEVICE_KEY, **changes: object) -> bytes:
    batch = batch_of(device, first, n)
    values: dict[str, object] = {
        "node": batch.node,
        "epoch": batch.epoch,
        "first": first,
        "n": len(batch.lines),
        "prev": batch.prev.hex(),
        "head": batch.head.hex(),
        "now": Clock(0, 0, "b"),
    }
    return segment.write(Header(**values | changes), batch.lines, key.sign)  # type: ignore[arg-type]


def post(http: httpx.Client, body: bytes, headers: dict[str, str] = HEADERS) -> httpx.Response:
    return http.post(wire.SYNC_PATH, content=body, headers=headers)


def ack(response: httpx.Response) -> answer.Ack:
    assert response.status_code == 200
    assert response.headers["content-type"] == wire.CONTENT_TYPE
    return answer.read(gzip.compress(response.content, mtime=0), CENTRE_KEY.public)  # httpx has unpacked it already


def problem(response: httpx.Response) -> tuple[int, str]:
    assert response.headers["content-type"] == "application/problem+json"
    body = response.json()
    assert body["status"] == response.status_code
    assert body["detail"].endswith(".")
    assert (response.status_code == 401) == ("www-authenticate" in response.headers)
    return response.status_code, body["type"].removeprefix("urn:hallterm:problem:")


def test_every_problem_has_its_sentence() -> None:
    """Each code that the sources name; those of the faults of the wire and of the store by their classes."""
    source = "".join(one.read_text(encoding="utf-8") for one in Path(problem_words.__file__).parent.glob("*.py"))
    named = set(re.findall(r'Problem\(HTTPStatus\.[A-Z_]+, "([a-z-]+)"', source))
    named |= set(re.findall(r'EnrolError\("([a-z-]+)"', source))
    named |= {one.code for one in WireError.__subclasses__()}
    named |= {code_of(one("")) for one in (StorageBusy, StorageFull, StorageDenied, StorageDamaged, OwnLog)}
    assert len(named) > 30
    assert named - problem_words.DETAILS.keys() == set()


def test_what_is_stored_is_acknowledged_with_its_hash(http: httpx.Client, device: Journal, centre: Journal) -> None:
    serve_visits(device, 4)
    first = ack(post(http, body_of(device, 1, 12)))
    assert (first.have, first.common) == (12, 12)
    assert first.head == batch_of(device, 1, 12).head.hex()
    again = ack(post(http, body_of(device, 5, 16)))
    assert (again.have, again.store, again.next) == (20, first.store, server.NEXT_S)
    assert_same_facts(device, centre)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"rubbish", (400, "not-gzip")),
        (gzip.compress(b"{}\n" * 3, mtime=0), (401, "bad-signature")),
        (gzip.compress(b'{"p":1}\n' + SIGNED, mtime=0), (400, "bad-header")),
        (gzip.compress(b'{"p":9}\n' + SIGNED, mtime=0), (426, "other-protocol")),
        (gzip.compress(b'{"p":1}\n{"sig":""}\n', mtime=0), (401, "bad-signature")),
        (gzip.compress(b'{"p":1}\n{"sig":"forged"}\n', mtime=0), (401, "bad-signature")),
        (gzip.compress(bytes(wire.MAX_UNPACKED + 1), mtime=0), (413, "too-large")),
        (bytes(wire.MAX_PACKED + 1), (413, "too-large")),
    ],
)
def test_what_is_no_segment_is_a_problem(http: httpx.Client, body: bytes, expected: tuple[int, str]) -> None:
    assert problem(post(http, body)) == expected


def test_a_garbled_line_breaks_the_chain(http: httpx.Client, device: Journal) -> None:
    serve_visits(device, 1)
    assert problem(post(http, body_of(device, 1, 5, head="0" * 64))) == (400, "broken-chain")


def test_nobody_speaks_in_the_centres_own_name(http: httpx.Client, device: Journal) -> None:
    serve_visits(device, 1)
    assert problem(post(http, body_of(device, 1, 5, node="centre-1"))) == (401, "not-enrolled")


def test_other_paths_methods_and_media_are_problems(http: httpx.Client, device: Journal) -> None:
    assert problem(http.get("/")) == (404, "not-found")
    assert problem(http.get(wire.SYNC_PATH)) == (405, "method-not-allowed")
    assert problem(post(http, b"{}", {"Content-Type": "application/json"})) == (415, "other-media-type")
    assert problem(post(http, b"{}", HEADERS | {"Content-Encoding": "br"})) == (415, "other-media-type")


def test_a_body_without_an_end_is_stopped_at_the_limit(http: httpx.Client) -> None:
    def endless() -> Iterator[bytes]:
        while True:
            yield bytes(64 * 1024)

    try:
        response = http.post(wire.SYNC_PATH, content=endless(), headers=HEADERS)
    except httpx.TransportError:
        return  # the centre hung up while we were still sending
    assert problem(response) == (413, "too-large")


def test_a_sender_that_goes_away_in_mid_body_does_no_harm(http: httpx.Client, device: Journal, centre: Journal) -> None:
    serve_visits(device, 1)
    body = body_of(device, 1, 5)
    head = (
        f"POST {wire.SYNC_PATH} HTTP/1.1\r\nHost: x\r\nContent-Type: {wire.CONTENT_TYPE}\r\nContent-Encoding: gzip\r\n"
    )
    with socket.create_connection((http.base_url.host, http.base_url.port or 0)) as sender:
        sender.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body[:-10])
    assert ack(post(http, body)).have == 5
    assert_same_facts(device, centre)


def test_the_same_segment_from_many_at_once_counts_once(http: httpx.Client, device: Journal, centre: Journal) -> None:
    serve_visits(device, 20)
    bodies = [body_of(device, first, 100) for first in (1, 1, 1, 1, 1, 1, 1, 1)]
    with ThreadPoolExecutor(8) as pool:
        assert {ack(response).have for response in pool.map(lambda body: post(http, body), bodies)} == {100}
    assert_same_facts(device, centre)


def test_a_busy_store_acknowledges_nothing(device: Journal, open_centre: Opener, centre: Journal) -> None:
    def impatient() -> Journal:
        journal = open_centre()
        journal.database.execute("PRAGMA busy_timeout = 20")
        return journal

    serve_visits(device, 1)
    body = body_of(device, 1, 5)
    with centre_in_thread(impatient) as url, httpx.Client(base_url=url, trust_env=False, timeout=120) as http:
        with centre.transaction():
            response = post(http, body)
            assert problem(response) == (503, "storage-busy")
            assert int(response.headers["retry-after"]) > 0
            assert http.get(server.HEALTH_PATH).json() == {"status": "ok", "rev": 1}
        assert ack(post(http, body)).have == 5


def test_a_full_store_acknowledges_nothing(device: Journal, open_centre: Opener, centre: Journal) -> None:
    opened: list[Journal] = []
    room = threading.Event()

    def cramped() -> Journal:
        journal = open_centre()
        opened.append(journal)
        pages = journal.database.value("PRAGMA page_count")
        journal.database.execute(f"PRAGMA max_page_count = {pages if not room.is_set() else 1_000_000}")
        return journal

    serve_visits(device, 100)
    body = body_of(device, 1, 500)
    with centre_in_thread(cramped) as url, httpx.Client(base_url=url, trust_env=False, timeout=120) as http:
        assert problem(post(http, body)) == (503, "storage-full")
        assert problem(http.get(server.HEALTH_PATH)) == (503, "storage-full")
        assert has(centre, device) == 0
        for one in opened:
            one.database.execute("PRAGMA max_page_count = 1000000")
        assert ack(post(http, body_of(device, 1, 5))).have == 5
        assert http.get(server.HEALTH_PATH).json()["status"] == "ok"
    room.set()
    with centre_in_thread(cramped) as url, httpx.Client(base_url=url, trust_env=False, timeout=120) as http:
        assert ack(post(http, body)).have == 500
    assert_same_facts(device, centre)


@pytest.mark.parametrize("is_replaced", [False, True])
def test_a_store_that_was_removed_or_replaced_acknowledges_nothing(
    device: Journal, http: httpx.Client, tmp_path: Path, is_replaced: bool
) -> None:
    """What is written into it is lost with the process; the same file in its place is served again, if no other stood there."""
    serve_visits(device, 2)
    assert ack(post(http, body_of(device, 1, 5))).have == 5
    (tmp_path / "centre.db").rename(tmp_path / "elsewhere.db")
    if is_replaced:
        Journal.open(tmp_path / "centre.db").close()
    assert problem(post(http, body_of(device, 6, 5))) == (503, "storage-gone")
    assert problem(http.get(server.HEALTH_PATH)) == (503, "storage-gone")
    assert problem(http.get(server.METRICS_PATH)) == (503, "storage-gone")
    (tmp_path / "elsewhere.db").rename(tmp_path / "centre.db")
    if is_replaced:  # the other file has used its log
        assert problem(http.get(server.HEALTH_PATH)) == (503, "storage-gone")
        return
    assert http.get(server.HEALTH_PATH).json() == {"status": "ok", "rev": 6}
    assert ack(post(http, body_of(device, 6, 5))).have == 10


def test_a_mistake_of_ours_acknowledges_nothing_and_tells_nothing(
    device: Journal, centre: Journal, http: httpx.Client, caplog: pytest.LogCaptureFixture
) -> None:
    serve_visits(device, 1)
    centre.database.execute("ALTER TABLE segment RENAME TO gone")
    response = post(http, body_of(device, 1, 5))
    assert problem(response) == (503, "storage-busy")
    assert "segment" not in response.text
    assert has(centre, device) == 0


def test_too_many_at_once_are_asked_to_come_back(
    http: httpx.Client, device: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    serve_visits(device, 1)
    monkeypatch.setattr(server, "MAX_WAITING_BYTES", 10)
    assert problem(post(http, body_of(device, 1, 5))) == (503, "busy")
    monkeypatch.setattr(server, "MAX_WAITING_BYTES", 10_000)
    for _ in range(3):  # what was refused or answered is not counted any more
        assert ack(post(http, body_of(device, 1, 5))).have == 5
    monkeypatch.setattr(server, "MAX_WAITING", 0)
    assert problem(post(http, body_of(device, 1, 5))) == (503, "busy")


def test_health_names_the_last_position(http: httpx.Client, device: Journal) -> None:
    assert http.get(server.HEALTH_PATH).json() == {"status": "ok", "rev": 1}
    serve_visits(device, 1)
    post(http, body_of(device, 1, 5))
    assert http.get(server.HEALTH_PATH).json() == {"status": "ok", "rev": 6}
    assert outbox.standing(device).acked == 0


STRANGER = NodeKey.make()


def test_nothing_is_taken_without_the_signature_of_an_enrolled_node(
    http: httpx.Client, device: Journal, centre: Journal
) -> None:
    serve_visits(device, 1)
    good = body_of(device, 1, 5)
    assert problem(post(http, body_of(device, 1, 5, STRANGER))) == (401, "bad-signature")
    assert problem(post(http, body_of(device, 1, 5, node="3301-0310-08"))) == (401, "not-enrolled")
    swapped = gzip.decompress(good).split(b"\n")
    other = gzip.decompress(body_of(device, 1, 4)).split(b"\n")
    swapped[-2] = other[-2]
    assert problem(post(http, gzip.compress(b"\n".join(swapped), mtime=0))) == (401, "bad-signature")
    assert has(centre, device) == 0
    assert ack(post(http, good)).have == 5


def test_a_revoked_node_is_refused_until_it_enrols_again(http: httpx.Client, device: Journal, centre: Journal) -> None:
    serve_visits(device, 2)
    assert ack(post(http, body_of(device, 1, 5))).have == 5
    with centre.write("-", at(1)) as tx:
        tx.record(NodeRevoked(node=device.identity.node, reason="stolen"))
    assert problem(post(http, body_of(device, 6, 5))) == (401, "revoked")
    enrolled(device, centre)
    assert ack(post(http, body_of(device, 6, 5))).have == 10


def test_a_key_that_changed_speaks_from_the_next_segment_on(
    http: httpx.Client, device: Journal, centre: Journal
) -> None:
    newer = NodeKey.make()
    serve_visits(device, 1)
    with device.write("-", at(9)) as tx:
        tx.record(NodeRekeyed(key=newer.public))
    serve_visits(device, 1, start=50)
    assert problem(post(http, body_of(device, 1, 6, newer))) == (401, "bad-signature")
    assert ack(post(http, body_of(device, 1, 6))).have == 6
    assert problem(post(http, body_of(device, 7, 5))) == (401, "bad-signature")
    assert ack(post(http, body_of(device, 7, 5, newer))).have == 11
    assert has(centre, device) == 11
