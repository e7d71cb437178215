"""Facts of older programs in the form of this one: pure functions ``(kind, v) -> v + 1``, kept for ever.

A line is never written anew; its data are read through every step that its kind has made since. A version says what a
field means: adding a field with a default needs none.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Data = dict[str, Any]
Upcaster = Callable[[Data], Data]
UPCASTERS: dict[tuple[str, int], Upcaster] = {}


def upcasts(kind: str, version: int) -> Callable[[Upcaster], Upcaster]:
    """Register the step from ``version`` of a kind to the next."""

    def register(function: Upcaster) -> Upcaster:
        UPCASTERS[kind, version] = function
        return function

    return register


def upcast(kind: str, data: Data, version: int, wanted: int) -> Data:
    """The data as ``wanted`` says them; raises LookupError where a step is missing."""
    for step in range(version, wanted):
        data = UPCASTERS[kind, step](data)
    return data
