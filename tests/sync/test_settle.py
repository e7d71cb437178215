"""What an answer means: the whole table, line by line, without a network."""

from __future__ import annotations

import pytest

from storage.epochs import Cause
from storage.outbox import Standing
from sync.answer import Ack
from sync.outgoing import Sent
from sync.post import NotAnAnswer
from sync.settle import Result, Search, Step, judge

OURS = {seq: bytes([seq]) * 32 for seq in range(31)}
OTHER = b"\xff" * 32


def own(acked: int = 10, have: int = 20, **more: object) -> Standing:
    return Standing("n1", 0, have, OURS[have], acked, 0, **more)  # type: ignore[arg-type]


def ack(have: int, common: int, head: bytes | None = None, **more: object) -> Ack:
    values: dict[str, object] = {"node": "n1", "epoch": 0, "durable": 0, "now": 0, "next": 300, "store": "s", "rev": 1}
    found = OURS[have] if head is None else head
    return Ack(have=have, common=common, head=found.hex(), **values | more)  # type: ignore[arg-type]


def meant(standing: Standing, said: Ack, first: int, last: int, search: Search | None = None) -> Step:
    mine = {seq: OURS[seq] for seq in range(standing.have + 1)}
    return judge(standing, said, Sent(first, last), mine.get, search)


CASES: dict[str, tuple[Standing, Ack, int, int, Step]] = {
    "stored now": (own(), ack(15, 15), 11, 15, Step(Result.STORED, 15)),
    "stored before, by a copy that has no other line": (own(), ack(20, 15), 11, 15, Step(Result.STORED, 20)),
    "a heartbeat": (own(20), ack(20, 20), 21, 20, Step(Result.STORED, 20)),
    "the centre went back": (own(), ack(4, 4), 11, 15, Step(Result.REWOUND, 4)),
    "it went back behind what is pruned": (
        own(pruned=6), ack(4, 4), 11, 15, Step(Result.FORKED, 4, 4, Cause.PRUNED)
    ),
    "a fork within what was sent": (own(), ack(17, 13, OTHER), 11, 15, Step(Result.FORKED, 10, 13, Cause.FORKED)),
    "a fork at its first line": (own(), ack(17, 10, OTHER), 11, 15, Step(Result.FORKED, 10, 10, Cause.FORKED)),
    "a longer log that is a fork": (own(), ack(30, 13, OTHER), 11, 15, Step(Result.FORKED, 10, 13, Cause.FORKED)),
    "a longer log, not all of ours compared": (own(), ack(30, 15, OTHER), 11, 15, Step(Result.STORED, 15)),
    "another log further on, not all compared": (own(), ack(18, 15, OTHER), 11, 15, Step(Result.STORED, 15)),
    "a longer log, all of ours compared": (
        own(), ack(30, 20, OTHER), 11, 20, Step(Result.WENT_BACK, 20, 20, Cause.WENT_BACK)
    ),
    "a fork before what was sent": (own(), ack(17, 0, OTHER), 11, 15, Step(Result.SEARCHING, 10, search=Search(0, 0, 10))),
    "a gap and another log": (own(), ack(4, 4, OTHER), 11, 15, Step(Result.SEARCHING, 10, search=Search(0, 0, 4))),
    "a closed log that is there": (own(10, is_closed=True, upto=14), ack(20, 14), 11, 14, Step(Result.STORED, 14)),
    "a closed log that somebody went on with": (
        own(10, is_closed=True, upto=14), ack(30, 14, OTHER), 11, 14, Step(Result.STORED, 14)
    ),
    "a closed log that parted earlier": (
        own(10, is_closed=True, upto=14), ack(30, 12, OTHER), 11, 14, Step(Result.FORKED, 10, 12, Cause.FORKED)
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_each_line_of_the_table(case: str) -> None:
    standing, said, first, last, expected = CASES[case]
    assert meant(standing, said, first, last) == expected


IMPOSSIBLE = {
    "another node": (ack(15, 15, node="n2"), 15),
    "another epoch": (ack(15, 15, epoch=7), 15),
    "less than was sent": (ack(12, 12), 15),
    "our length, another log": (ack(20, 20, OTHER), 20),
    "another beginning": (ack(0, 0, OTHER), 15),
}


@pytest.mark.parametrize("case", IMPOSSIBLE)
def test_what_cannot_be_is_no_answer(case: str) -> None:
    said, last = IMPOSSIBLE[case]
    with pytest.raises(NotAnAnswer):
        meant(own(), said, 11, last)


@pytest.mark.parametrize("parted", range(20))
def test_the_place_is_found_by_hashes_alone_in_few_steps(parted: int) -> None:
    """The other log has twenty-five lines and is ours up to ``parted``."""
    standing = own(20)
    step = meant(standing, ack(25, 0, OTHER), 21, 20) if parted < 20 else None
    asked = 0
    while step is not None and step.search is not None:
        probe = step.search.probe
        asked += 1
        step = meant(standing, ack(25, probe if probe <= parted else 0, OTHER), probe + 1, probe, step.search)
        assert asked <= 6
    assert step is not None
    assert (step.result, step.common, step.cause) == (Result.FORKED, parted, Cause.FORKED)
