"""Random valid facts of every kind, for properties.

Entities are named from a small pool, so that facts meet on the same rows. Columns that one fact alone may set (the
opening of an entity) are left to the node that owns the entity, as in life.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from enum import Enum
from functools import cache
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints

import msgspec
from hypothesis import strategies as st

from storage import facts as f
from storage.chain import causal_order
from storage.facts import KINDS, Fact
from storage.projections import Placed

NODES = ("n1", "n2", "n3")
LONGEST = 8
ENTITIES = {"ticket", "service", "visit", "pause", "pause_id", "ask", "of_fact", "leave", "substitution", "decision"}
OWNED = {
    "rating.missing": {"service"},
}
POOLS: dict[str, tuple[str, ...]] = {
    "window": ("360602001-01", "360602001-02", "360602002-01"),
    "staff": ("1001", "1002"),
    "day": ("2026-02-28", "2026-03-01"),
    "code": ("360602001-01", "360602001", "T01"),
    "hall": ("360602001", "360602002"),
    "prefix": ("A", "B"),
    "number": ("B001", "B3-001"),
    "shown_number": ("", "B001"),
    "claim": ("", "c1", "c2"),
}


def digest(node: str, seq: int) -> bytes:
    return hashlib.sha256(f"{node}{seq}".encode()).digest()


def id_of(node: str, seq: int) -> str:
    return f"{node}/0/{seq}/{digest(node, seq).hex()[:8]}"


def entities(nodes: tuple[str, ...]) -> st.SearchStrategy[str]:
    return st.sampled_from([id_of(node, seq) for node in nodes for seq in range(1, LONGEST + 1)])


def value(kind: str, name: str, wanted: Any, node: str) -> st.SearchStrategy[Any]:
    """Any value of a field."""
    if get_origin(wanted) is UnionType or (get_origin(wanted) is not None and type(None) in get_args(wanted)):
        inner = next(one for one in get_args(wanted) if one is not type(None))
        return st.none() | value(kind, name, inner, node)
    if get_origin(wanted) is tuple:
        return st.lists(value(kind, name, get_args(wanted)[0], node), max_size=2).map(tuple)
    if name == "sums":
        return st.dictionaries(st.sampled_from(f.SUMS), st.integers(-9, 9))
    if get_origin(wanted) is Mapping:
        keys, held = get_args(wanted)
        return st.dictionaries(value(kind, "", keys, node), value(kind, "", held, node), max_size=2)
    if get_origin(wanted) is dict:
        return st.dictionaries(st.sampled_from(["a", "b"]), st.integers(0, 9))
    if isinstance(wanted, type) and issubclass(wanted, Enum):
        return st.sampled_from(list(wanted))
    if isinstance(wanted, type) and issubclass(wanted, msgspec.Struct):
        return struct(wanted, node)
    if wanted is bool:
        return st.booleans()
    if wanted is int:
        return st.integers(1, 5) if name in ("level", "nth", "number") else st.integers(0, 10**7)
    if name in ENTITIES or name == "abandoned":
        return entities((node,) if name in OWNED.get(kind, ()) else NODES)
    return st.sampled_from(POOLS.get(name, ("", "x", "乙")))


@cache
def struct(wanted: type[msgspec.Struct], node: str) -> st.SearchStrategy[Any]:
    kind = getattr(wanted, "kind", "")
    hints = get_type_hints(wanted)
    names = [field.name for field in msgspec.structs.fields(wanted)]
    return st.builds(wanted, **{name: value(kind, name, hints[name], node) for name in names})


def unique(fact: Fact, node: str, seq: int) -> Fact:
    """What is once in the world: a rating window of a pad."""
    if isinstance(fact, f.RatingGiven | f.RatingAsked):
        return msgspec.structs.replace(fact, wid=seq, pad=node)
    return fact


def some_facts(node: str) -> st.SearchStrategy[list[Fact]]:
    """The facts of one log."""
    one = st.sampled_from(sorted(KINDS)).flatmap(lambda kind: struct(KINDS[kind], node))
    facts = st.lists(one, min_size=1, max_size=LONGEST)
    return facts.map(lambda many: [unique(fact, node, seq) for seq, fact in enumerate(many, 1)])


@st.composite
def some_log(draw: st.DrawFn, node: str) -> list[Placed]:
    """One log: its facts in their places, the causal counter growing by any step."""
    placed, causal = [], 0
    for seq, fact in enumerate(draw(some_facts(node)), 1):
        causal += draw(st.integers(1, 3))
        name = digest(node, seq)
        place = Placed(
            fact=fact,
            id=id_of(node, seq),
            ord=causal_order(causal, name),
            node=node,
            t=1_772_400_000_000 + draw(st.integers(-(10**6), 10**6)),
            m=draw(st.integers(0, 10**6)),
            boot="b00t",
            actor="1001",
            hall=f"hall of {node}",
        )
        placed.append(place)
    return placed


@st.composite
def interleaved(draw: st.DrawFn, logs: list[list[Placed]]) -> list[Placed]:
    """The logs mixed in any way that keeps the order of each."""
    turns = draw(st.permutations([n for n, log in enumerate(logs) for _ in log]))
    left = [iter(log) for log in logs]
    return [next(left[n]) for n in turns]
