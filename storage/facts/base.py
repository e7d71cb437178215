"""What every fact is, and the register of kinds."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar, TypeVar

from msgspec import Raw, Struct


class Moment(Struct, frozen=True):
    """One reading of the clocks: wall ms UTC, CLOCK_BOOTTIME ms, and the boot it belongs to."""

    t: int
    m: int
    boot: str


class Fact(Struct, frozen=True, omit_defaults=True):
    """Base of all facts; ``kind`` stands in the journal line under ``k``, ``version`` under ``v``."""

    kind: ClassVar[str] = ""
    version: ClassVar[int] = 1


F = TypeVar("F", bound=Fact)
KINDS: dict[str, type[Fact]] = {}


def kind(name: str) -> Callable[[type[F]], type[F]]:
    """Register a fact under its kind, ``noun.verb_past``."""

    def register(cls: type[F]) -> type[F]:
        cls.kind = name
        KINDS[name] = cls
        return cls

    return register


class Line(Struct, frozen=True, omit_defaults=True, gc=False):
    """One line of the journal: ``s`` seq, ``k`` kind, ``v`` kind version, ``t`` wall ms, ``m`` CLOCK_BOOTTIME ms, ``b``
    boot, ``a`` actor (staff number or ``-``), ``h`` hall, ``d`` data; ``n`` causal order where it differs from ``s``;
    ``of`` birth identity of a carried fact.
    """

    s: int
    k: str
    v: int
    t: int
    m: int
    b: str
    a: str
    h: str
    d: Raw
    n: int = 0
    of: tuple[int, int, str] | None = None
