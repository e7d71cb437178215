"""The sending side: only a checked answer moves the mark, and every failure leaves everything as it was."""

from __future__ import annotations

import random
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from functools import partial

import httpx
import msgspec
import pytest

from storage import outbox
from storage.journal import Journal
from sync import answer
from sync.answer import Ack
from sync.client import ANSWERED, Outcome, Result, SyncClient, SyncState
from sync.pace import CEILING, FLOOR, LONGEST_PAUSE_S, START, Backoff, BatchSize
from sync.post import Post
from sync.wire import CONTENT_TYPE
from tests.sync.centres import DEADLINE_S, centre_in_thread
from tests.sync.conftest import Opener
from tests.sync.facts import assert_same_facts, at, serve_visits
from tests.sync.trust import CENTRE_KEY, DEVICE_KEY

ANSWER = {"Content-Type": CONTENT_TYPE, "Content-Encoding": "gzip"}
Handler = Callable[[httpx.Request], httpx.Response]


@pytest.fixture
def centre_url(open_centre: Opener) -> Iterator[str]:
    with centre_in_thread(open_centre) as url:
        yield url


def told(handler: Handler, device: Journal, states: list[SyncState] | None = None) -> SyncClient:
    """A client whose centre is a function."""
    path = device.database.where
    transport = httpx.MockTransport(handler)
    return SyncClient(
        lambda: reopened(path), "http://centre", DEVICE_KEY, transport, (states or []).append, random.Random(1)
    )


def reopened(path: str) -> Journal:
    return Journal.open(f"sqlite:///{path}")


def replying(status: int = 200, content: bytes = b"", headers: dict[str, str] | None = None) -> Handler:
    return lambda _request: httpx.Response(status, headers=headers, stream=httpx.ByteStream(content))


def truthful(device: Journal, seq: int, **changes: object) -> bytes:
    """The answer of a centre that has the log up to ``seq``, with something changed."""
    head = outbox.hash_at(device, outbox.standing(device), seq)
    assert head is not None
    who = device.identity
    ack = Ack(
        node=who.node,
        epoch=who.epoch,
        have=seq,
        head=head.hex(),
        common=seq,
        durable=0,
        now=at(0).t,
        next=300,
        store="s",
        rev=seq,
        asked=outbox.standing(device).head.hex(),
    )
    return answer.write(msgspec.structs.replace(ack, **changes), CENTRE_KEY.sign)


def reached(seen: list[SyncState], have: int) -> bool:
    return bool(seen) and seen[-1].acked == have


def one_step(client: SyncClient) -> Outcome:
    try:
        return client.step(at(0))
    finally:
        client.close()


def test_everything_arrives_in_growing_batches(device: Journal, centre: Journal, centre_url: str) -> None:
    serve_visits(device, 160)
    states: list[SyncState] = []
    client = SyncClient(lambda: reopened(device.database.where), centre_url, DEVICE_KEY, on_state=states.append)
    sent: list[int] = []
    while not sent or outbox.standing(device).waiting:
        outcome = client.step(at(7))
        assert outcome.result is Result.STORED
        sent.append(outcome.sent)
    assert sent == [50, 100, 200, 400, 50]
    assert outcome.wait_s == 300
    assert_same_facts(device, centre)
    assert states[-1] == client.state
    assert (states[-1].online, states[-1].waiting, states[-1].acked, states[-1].since_t) == (True, 0, 800, at(7).t)
    assert client.step(at(8)).sent == 0
    client.close()


NOT_ANSWERS: dict[str, Handler] = {
    "captive portal": replying(200, b"<html>", {"Content-Type": "text/html"}),
    "redirect": replying(302, headers={"Location": "http://portal/"}),
    "empty": replying(200, b"", ANSWER),
    "garbage": replying(200, b"garbage", ANSWER),
    "endless": replying(200, bytes(2_000_000), ANSWER),
    "proxy error": replying(502, b"Bad Gateway"),
    "no content": replying(204),
}


@pytest.mark.parametrize("name", NOT_ANSWERS)
def test_what_is_no_answer_moves_nothing(name: str, device: Journal) -> None:
    serve_visits(device, 1)
    outcome = one_step(told(NOT_ANSWERS[name], device))
    assert (outcome.result, outcome.sent, outcome.acked, outcome.waiting) == (Result.NOT_AN_ANSWER, 0, 0, 5)
    assert outbox.standing(device).acked == 0


@pytest.mark.parametrize(
    "changes",
    [{"head": "0" * 64}, {"have": 3}, {"have": 0, "head": "1" * 64, "common": 5}],
    ids=["other head", "head of another place", "before anything"],
)
def test_an_answer_about_another_log_moves_nothing(changes: dict[str, object], device: Journal) -> None:
    serve_visits(device, 1)
    outcome = one_step(told(replying(200, truthful(device, 5, **changes), ANSWER), device))
    assert outcome.result is Result.NOT_AN_ANSWER
    assert outbox.standing(device).acked == 0


def test_what_the_store_last_promised_is_kept_though_nothing_moved_and_written_once(device: Journal) -> None:
    """It is how a store learns that it was put back; a file that is written for nothing is read again by everybody."""
    serve_visits(device, 1)
    for rev in (5, 9):
        assert one_step(told(replying(200, truthful(device, 5, rev=rev), ANSWER), device)).acked == 5
        assert f'"rev":{rev}' in outbox.receipt(device)
    written = device.database.value("SELECT total_changes()")
    assert one_step(told(replying(200, truthful(device, 5, rev=9, now=at(7).t), ANSWER), device)).acked == 5
    assert device.database.value("SELECT total_changes()") == written


def test_the_answer_to_another_request_moves_nothing(device: Journal) -> None:
    """Somebody in between may send an old answer again: what it calls equal was so for other lines."""
    serve_visits(device, 1)
    earlier = truthful(device, 3, asked="1" * 64)
    assert one_step(told(replying(200, earlier, ANSWER), device)).code == "other-request"
    assert outbox.standing(device).acked == 0


def test_a_cut_answer_moves_nothing(device: Journal) -> None:
    serve_visits(device, 1)
    whole = truthful(device, 5)
    for length in range(len(whole)):
        assert one_step(told(replying(200, whole[:length], ANSWER), device)).result is Result.NOT_AN_ANSWER
    assert outbox.standing(device).acked == 0
    assert one_step(told(replying(200, whole, ANSWER), device)).acked == 5


@pytest.mark.parametrize(
    ("status", "result", "at_least_s"),
    [
        (503, Result.BUSY, 40),
        (429, Result.BUSY, 40),
        (401, Result.REFUSED, 3600),
        (403, Result.REFUSED, 3600),
        (426, Result.REFUSED, 3600),
        (400, Result.UNREACHABLE, 0),
        (413, Result.UNREACHABLE, 0),
    ],
)
def test_a_refusal_keeps_everything(status: int, result: Result, at_least_s: int, device: Journal) -> None:
    serve_visits(device, 1)
    headers = {"Content-Type": "application/problem+json", "Retry-After": "40"}
    outcome = one_step(told(replying(status, b"{}", headers), device))
    assert (outcome.result, outcome.acked, outcome.waiting) == (result, 0, 5)
    assert outcome.wait_s >= at_least_s


def test_a_centre_that_went_back_is_filled_again(
    device: Journal, centre: Journal, centre_url: str, open_centre: Opener
) -> None:
    """As if yesterday's backup of the centre had been put in place of today's file."""
    serve_visits(device, 30)
    client = SyncClient(lambda: reopened(device.database.where), centre_url, DEVICE_KEY)
    while outbox.standing(device).waiting:
        client.step(at(0))
    with centre.transaction() as database:
        for table in ("event", "segment", "log", "ticket", "visit", "service", "rating", "window", "figure"):
            database.execute(
                f'DELETE FROM "{table}"' + (" WHERE node <> 'centre-1'" if table in ("log", "event") else "")
            )
    serve_visits(device, 1, start=30)
    assert client.step(at(1)).result is Result.REWOUND
    assert outbox.standing(device).acked == 0
    while outbox.standing(device).waiting:
        assert client.step(at(1)).result is Result.STORED
    client.close()
    assert_same_facts(device, centre)


def test_a_broken_line_halves_and_success_grows_the_batch_again(device: Journal, centre_url: str) -> None:
    serve_visits(device, 60)
    real = httpx.HTTPTransport()
    broken = True

    class Line(httpx.BaseTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            if broken:
                raise httpx.ReadError("cut")
            return real.handle_request(request)

        def close(self) -> None:
            real.close()

    states: list[SyncState] = []
    client = SyncClient(
        lambda: reopened(device.database.where), centre_url, DEVICE_KEY, Line(), states.append, random.Random(3)
    )
    for _ in range(6):
        assert client.step(at(1)).result is Result.UNREACHABLE
    assert (states[-1].online, states[-1].reason, states[-1].since_t) == (False, "unreachable read-error", at(1).t)
    broken = False
    sent = [client.step(at(2)).sent for _ in range(6)]
    assert sent == [FLOOR, 10, 20, 40, 80, 145]
    assert (states[-1].online, states[-1].since_t, states[-1].skew_ms) == (True, at(2).t, states[-1].skew_ms)
    client.close()


def test_lines_that_are_written_during_an_exchange_end_no_log(
    device: Journal, centre: Journal, centre_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Terminals go on writing: what the centre then has is more than the log had when the exchange began."""
    serve_visits(device, 2)
    cut = outbox.unsent

    def after_others_wrote(journal: Journal, own: outbox.Standing, most: int) -> list[tuple[bytes, bytes]]:
        serve_visits(device, 1, start=outbox.standing(device).have)
        return cut(journal, own, most)

    monkeypatch.setattr(outbox, "unsent", after_others_wrote)
    client = SyncClient(lambda: reopened(device.database.where), centre_url, DEVICE_KEY)
    for second in range(3):
        assert client.step(at(second)).result is Result.STORED
    client.close()
    assert len(outbox.logs(device)) == 1
    assert_same_facts(device, centre)


def test_a_centre_that_is_not_there_is_unreachable(device: Journal) -> None:
    client = SyncClient(lambda: reopened(device.database.where), "http://127.0.0.1:9", DEVICE_KEY)
    assert one_step(client).result is Result.UNREACHABLE


def test_a_locked_file_of_our_own_is_a_pause_not_a_crash(device: Journal, centre_url: str) -> None:
    def impatient() -> Journal:
        journal = reopened(device.database.where)
        journal.database.execute("PRAGMA busy_timeout = 20")
        return journal

    serve_visits(device, 1)
    client = SyncClient(impatient, centre_url, DEVICE_KEY)
    with device.transaction():
        outcome = client.step(at(0))
        assert (outcome.result, outcome.code) == (Result.STORE_FAULT, "StorageBusy")
    assert client.step(at(0)).acked == 5
    client.close()


def test_the_loop_sends_what_gathers_and_ends_when_asked(device: Journal, centre: Journal, centre_url: str) -> None:
    """The first exchange has nothing to send and the pace is 300 s: fifty waiting facts or a call come sooner."""
    stop, told_of = threading.Event(), threading.Condition()
    seen: list[SyncState] = []

    def on_state(state: SyncState) -> None:
        with told_of:
            seen.append(state)
            told_of.notify_all()

    client = SyncClient(lambda: reopened(device.database.where), centre_url, DEVICE_KEY, on_state=on_state)
    thread = threading.Thread(target=client.run, args=(stop,))
    thread.start()
    try:
        for visits, wake in ((0, False), (10, False), (1, True)):
            if visits:
                serve_visits(device, visits, start=len(seen) * 100)
            if wake:
                client.wake()
            have = outbox.standing(device).have
            with told_of:
                assert told_of.wait_for(partial(reached, seen, have), DEADLINE_S)
    finally:
        stop.set()
        thread.join(DEADLINE_S)
    assert not thread.is_alive()
    assert all(state.online for state in seen)
    assert_same_facts(device, centre)


@pytest.mark.parametrize(
    "url", ["ftp://a", "http://", "http://user:word@centre", "centre:8443", "http://centre/?key=1"]
)
def test_an_address_that_holds_a_secret_or_is_none_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="upstream address") as refused:
        Post(url)
    assert "word" not in str(refused.value)


def test_batches_stay_between_floor_and_ceiling() -> None:
    size = BatchSize()
    assert size.events == START
    for _ in range(20):
        size.failed()
    assert size.events == FLOOR
    for _ in range(20):
        size.succeeded()
    assert size.events == CEILING


def test_pauses_grow_have_jitter_and_an_end() -> None:
    backoff = Backoff(random.Random(5))
    pauses = [backoff.pause_s() for _ in range(200)]
    assert all(pause <= 5 * 2**n for n, pause in enumerate(pauses[:8]))
    assert 0.8 * LONGEST_PAUSE_S < max(pauses) <= LONGEST_PAUSE_S
    assert len(set(pauses)) == 200
    assert backoff.pause_s(2000) == 2000
    backoff.succeeded()
    assert backoff.pause_s() <= 5


def test_the_http_library_is_loaded_by_the_first_exchange_only() -> None:
    code = (
        "import sys, sync.client; sync.client.SyncClient(None, 'http://centre', None); sys.exit('httpx' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_results_are_either_answers_or_not() -> None:
    assert set(Result) > ANSWERED
