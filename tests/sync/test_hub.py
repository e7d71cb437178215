"""What the number host answers, and whom: news of the hall and claims over real HTTP, with real signatures."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage import clock, contacts
from storage.contacts import Contact
from storage.doctor import verify_chain
from storage.facts import Got, Moment, NodeEnrolled, NodeRevoked, TicketIssued, Want
from storage.hall_logs import Piece
from storage.journal import Journal
from storage.rebuild import compare
from sync import hub_wire
from sync.hub import MAX_QUESTION, HallDesk
from sync.hub_wire import ClaimAnswer, ClaimQuestion, HallAnswer, HallQuestion, KnownLog, Mark
from sync.keys import NodeKey
from sync.post import Busy, NotAnAnswer, Post, Refused, Unreachable
from sync.wire import BadLines, BadSignature, WireError, pack
from tests.sync.centres import centre_in_thread
from tests.sync.trust import CENTRE_KEY, DEVICE_KEY

HALL = "360600001"
NODE = f"{HALL}-02"
OTHER = NodeKey.make()
Ask = Callable[[HallQuestion], tuple[HallAnswer, list[Piece]]]


def decide(journal: Journal, asked: ClaimQuestion, now: Moment) -> ClaimAnswer:
    return ClaimAnswer(claim=asked.claim, got=Got.GIVEN, ticket="t", number="B001")


DESK = HallDesk(decide, lambda journal, now: None, lambda now: "2026-11-24")


@pytest.fixture
def open_host(tmp_path: Path) -> Callable[[], Journal]:
    path = tmp_path / "host.db"
    journal = Journal.open(path)
    journal.found(f"{HALL}-01", HALL)
    with journal.write("-", clock.now()) as tx:
        for name, scope, key in ((NODE, HALL, DEVICE_KEY), ("3301-9", "330100001", OTHER)):
            tx.record(NodeEnrolled(node=name, scope=scope, key=key.public, box=key.public_box))
        tx.record(TicketIssued("2026-11-24", "B001", "B"))
    journal.close()
    return lambda: Journal.open(path)


@pytest.fixture
def url(open_host: Callable[[], Journal]) -> Iterator[str]:
    with centre_in_thread(open_host, desk=DESK) as url:
        yield url


@pytest.fixture
def post(url: str) -> Iterator[Post]:
    made = Post(url)
    yield made
    made.close()


def ask(post: Post, question: HallQuestion, key: NodeKey = DEVICE_KEY) -> tuple[HallAnswer, list[Piece]]:
    body = post.send(hub_wire.write(question, key.sign), hub_wire.HALL_PATH)
    return hub_wire.answer(body, CENTRE_KEY.public, HallAnswer)


def claim(post: Post, key: NodeKey = DEVICE_KEY, node: str = NODE) -> ClaimAnswer:
    question = ClaimQuestion(node=node, claim="c" * 24, want=Want.CALL, window=f"{HALL}-02")
    body = post.send(hub_wire.write(question, key.sign), hub_wire.CLAIM_PATH)
    return hub_wire.answer(body, CENTRE_KEY.public, ClaimAnswer)[0]


def turn(post: Post) -> str:
    return ask(post, HallQuestion(node=NODE, known={}))[0].turn


def test_news_are_whole_lines_of_each_log_and_stop_when_they_are_known(post: Post) -> None:
    said, pieces = ask(post, HallQuestion(node=NODE, known={}, turn=turn(post)))
    assert [(one.node, one.first, len(one.lines)) for one in pieces] == [(f"{HALL}-01", 1, 3)]
    _said, again = ask(post, HallQuestion(node=NODE, known={f"{HALL}-01/0": 3}, turn=said.turn))
    assert again == []


def test_who_says_that_lines_were_lost_makes_one_new_log_and_no_second_one_soon(
    post: Post, open_host: Callable[[], Journal]
) -> None:
    """A PC that lies costs the number host one epoch in five minutes; every fact stays, once."""

    def lie(epoch: int) -> HallQuestion:
        return HallQuestion(node=NODE, known={}, yours=(KnownLog(epoch, (Mark(99, "00" * 32),)),))

    ask(post, lie(0))
    journal = open_host()
    sql = "SELECT epoch FROM log WHERE node = ? ORDER BY closed DESC"
    epochs = [int(epoch) for (epoch,) in journal.database.rows(sql, (f"{HALL}-01",))]
    assert len(epochs) == 2
    ask(post, lie(epochs[1]))
    ask(post, lie(77))
    assert len(journal.database.rows(sql, (f"{HALL}-01",))) == 2
    assert journal.database.value("SELECT count(*) FROM ticket") == 1
    assert compare(journal.database) == []
    assert verify_chain(journal.database).holds
    journal.close()


def test_an_answer_is_held_back_until_there_is_news(post: Post, open_host: Callable[[], Journal]) -> None:
    said, pieces = ask(post, HallQuestion(node=NODE, known={}, turn=turn(post)))
    known = {f"{HALL}-01/0": len(pieces[0].lines)}
    found: list[int] = []

    def wait() -> None:
        with_news = Post(post._url)
        found.append(ask(with_news, HallQuestion(node=NODE, known=known, turn=said.turn, wait_s=30))[1][0].first)
        with_news.close()

    waiting = threading.Thread(target=wait)
    waiting.start()
    journal = open_host()
    with journal.write("-", clock.now()) as tx:
        tx.record(TicketIssued("2026-11-24", "B002", "B"))
    journal.close()
    waiting.join(60)
    assert found == [4]


def test_a_question_that_was_overheard_tells_nothing_when_it_is_asked_again(post: Post) -> None:
    question = hub_wire.write(HallQuestion(node=NODE, known={}, turn=turn(post)), DEVICE_KEY.sign)
    first = hub_wire.answer(post.send(question, hub_wire.HALL_PATH), CENTRE_KEY.public, HallAnswer)
    again = hub_wire.answer(post.send(question, hub_wire.HALL_PATH), CENTRE_KEY.public, HallAnswer)
    assert first[1]
    assert not again[1]


@pytest.mark.parametrize(
    ("key", "node", "code"),
    [(OTHER, NODE, "bad-signature"), (DEVICE_KEY, "nobody-1", "not-enrolled"), (OTHER, "3301-9", "forbidden")],
)
def test_only_an_enrolled_node_of_this_hall_is_answered(post: Post, key: NodeKey, node: str, code: str) -> None:
    for attempt in (
        lambda: ask(post, HallQuestion(node=node, known={}), key),
        lambda: claim(post, key, node),
    ):
        with pytest.raises(Refused) as caught:
            attempt()
        assert caught.value.code == code


def test_a_revoked_node_is_refused(post: Post, open_host: Callable[[], Journal]) -> None:
    journal = open_host()
    with journal.write("-", clock.now()) as tx:
        tx.record(NodeRevoked(NODE, "stolen"))
    journal.close()
    with pytest.raises(Refused) as caught:
        claim(post)
    assert caught.value.code == "revoked"


def test_claims_wait_after_a_start_for_those_who_were_here_lately(open_host: Callable[[], Journal]) -> None:
    journal = open_host()
    contacts.keep(journal, Contact(node=NODE, contact_t=clock.now().t, epoch=0, backlog=0, disk=0, skew_ms=0, err="",
                                   app="", feed_rev=0))  # fmt: skip
    journal.close()
    with centre_in_thread(open_host, desk=DESK) as url:
        post = Post(url)
        assert claim(post).got is Got.NOT_NOW
        said, _ = ask(post, HallQuestion(node=NODE, known={}, unsent=3, turn=turn(post)))
        assert not said.gives
        assert claim(post).got is Got.NOT_NOW
        said, _ = ask(post, HallQuestion(node=NODE, known={}, turn=said.turn))
        assert said.gives
        assert claim(post).got is Got.GIVEN
        post.close()


@pytest.mark.parametrize("path", [hub_wire.HALL_PATH, hub_wire.CLAIM_PATH])
@pytest.mark.parametrize("body", [b"", b"\x1f\x8b", b"{}", b"x" * 1000])
def test_what_is_no_question_gets_a_problem_and_the_next_one_is_served(post: Post, path: str, body: bytes) -> None:
    with pytest.raises((Unreachable, NotAnAnswer)):
        post.send(body, path)
    assert claim(post).got is Got.GIVEN


def test_a_centre_gives_no_tickets(open_host: Callable[[], Journal]) -> None:
    with centre_in_thread(open_host) as url:
        post = Post(url)
        with pytest.raises(NotAnAnswer):
            claim(post)
        post.close()


def test_only_so_many_wait_at_once(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sync.hub.MOST_WAITING", 0)
    with pytest.raises(Busy):
        claim(post)
    monkeypatch.undo()
    assert claim(post).got is Got.GIVEN


def test_a_claim_is_bounded(post: Post) -> None:
    with pytest.raises(Unreachable):
        post.send(b"x" * (MAX_QUESTION + 1), hub_wire.CLAIM_PATH)


PIECE = Piece(NODE, 0, 5, b"p" * 32, b"h" * 32, None, (b'{"s":5}', b'{"s":6}'))


def test_pieces_come_as_they_went() -> None:
    said = HallAnswer(node=NODE, turn="t", now=1)
    body = hub_wire.write(said, CENTRE_KEY.sign, [PIECE, PIECE._replace(epoch=3, lines=())])
    assert hub_wire.answer(body, CENTRE_KEY.public, HallAnswer) == (said, [PIECE, PIECE._replace(epoch=3, lines=())])
    with pytest.raises(BadSignature):
        hub_wire.answer(body, OTHER.public, HallAnswer)


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_any_bytes_are_a_question_or_a_wire_error(data: st.DataObject) -> None:
    body = bytearray(hub_wire.write(HallQuestion(node=NODE, known={"a/0": 1}), DEVICE_KEY.sign))
    for _change in range(data.draw(st.integers(0, 3))):
        body[data.draw(st.integers(0, len(body) - 1))] = data.draw(st.integers(0, 255))
    try:
        found = hub_wire.question(bytes(body)).read(DEVICE_KEY.public, HallQuestion)
    except WireError:
        return
    assert found.known == {"a/0": 1}


def test_an_answer_that_names_more_lines_than_come_is_none() -> None:
    head = hub_wire.PieceHead(NODE, 0, 1, 5, "0" * 64, "0" * 64)
    body = pack(HallAnswer(node=NODE, turn="t", now=1), [msgspec.json.encode(head)], CENTRE_KEY.sign, whole=True)
    with pytest.raises(BadLines):
        hub_wire.answer(body, CENTRE_KEY.public, HallAnswer)
