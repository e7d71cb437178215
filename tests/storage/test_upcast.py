"""Facts of older programs: each step is pure, and the whole way is walked."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest

from storage.facts import KINDS, Fact
from storage.projections import Unknown, decode
from storage.upcast import UPCASTERS, upcasts

SAMPLES: dict[tuple[str, int], dict[str, Any]] = {}
"""Data as each version wrote them that is no longer the newest: for every upcaster one, kept for ever."""


class Waved(Fact, frozen=True):
    version = 3
    kind = "hand.waved"

    hands: int
    by: str


@pytest.fixture(autouse=True)
def three_versions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(KINDS, "hand.waved", Waved)
    for version in (1, 2):
        monkeypatch.setitem(UPCASTERS, ("hand.waved", version), lambda data: data)
    upcasts("hand.waved", 1)(lambda data: {"hands": 2 if data["both"] else 1})
    upcasts("hand.waved", 2)(lambda data: data | {"by": "-"})


def test_old_data_become_the_fact_of_today() -> None:
    assert decode("hand.waved", 1, b'{"both":true}') == Waved(hands=2, by="-")
    assert decode("hand.waved", 2, b'{"hands":1}') == Waved(hands=1, by="-")
    assert decode("hand.waved", 3, b'{"hands":1,"by":"x"}') == Waved(hands=1, by="x")


def test_a_version_of_a_newer_program_is_unknown() -> None:
    with pytest.raises(Unknown):
        decode("hand.waved", 4, b"{}")


@pytest.mark.parametrize(("version", "data"), [(1, b"{}"), (0, b"{}"), (2, b'{"hands":"x"}'), (1, b"[]"), (1, b"")])
def test_data_that_cannot_be_read_are_broken_data(version: int, data: bytes) -> None:
    with pytest.raises(msgspec.MsgspecError):
        decode("hand.waved", version, data)


def test_every_older_version_of_every_kind_can_be_read() -> None:
    for kind, fact in KINDS.items():
        for version in range(1, fact.version):
            assert (kind, version) in UPCASTERS
            if kind != "hand.waved":
                assert decode(kind, version, json.dumps(SAMPLES[kind, version]).encode()).kind == kind
