"""How far a long reading has come, told to who waits for it, and ended when he waits no longer.

Whoever reads hall by hall calls :func:`step`; whoever waits gives a :class:`Reading` by :func:`watched`. Nobody need watch.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sized
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Protocol, TypeVar

T_co = TypeVar("T_co", covariant=True)


class Stopped(Exception):
    """Nobody waits for it any more."""


class Reading:
    """One reading: ``done`` of ``of`` halls. Written by the thread that reads, ``ended`` by the one that waits."""

    def __init__(self) -> None:
        self.done = self.of = 0
        self.ended = False

    def end(self) -> None:
        """What is still to be read is not read."""
        self.ended = True


class Some(Iterable[T_co], Sized, Protocol[T_co]):
    """Of which it is known how many there are."""


_watched: ContextVar[Reading | None] = ContextVar("watched", default=None)


@contextmanager
def watched(reading: Reading) -> Iterator[None]:
    """All that is read within is told to ``reading``; raises Stopped in it once that was ended."""
    token = _watched.set(reading)
    try:
        yield
    finally:
        _watched.reset(token)


def told(halls: Some[T_co]) -> Iterator[T_co]:
    """Each of them, telling that it is begun."""
    reading = _watched.get()
    if reading is None:
        yield from halls
        return
    reading.done, reading.of = 0, len(halls)
    for one in halls:
        if reading.ended:
            raise Stopped
        yield one
        reading.done += 1
