"""A sentence that a rule says, kept as source string and values until somebody reads it in his language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Union

from msgspec import Struct

from hallterm.locale import _
from hallterm.rules.slots import DEFAULT_KEYS, Slot

Value = Union[str, int, Slot, "Reason"]


class Reason(Struct, frozen=True):
    """Why something is so: ``msgid`` is an English source string, ``values`` fill its named places.

    A value that is a :class:`Slot` is shown as the key bound to it, a value that is a Reason as its own text.
    """

    msgid: str
    values: Mapping[str, Value] = {}

    def text(self, keys: Mapping[Slot, str] = DEFAULT_KEYS) -> str:
        """The sentence in the language in use; ``keys`` gives the names of keys that were moved."""
        return _(self.msgid).format(**{name: _shown(value, keys) for name, value in self.values.items()})


def _shown(value: Value, keys: Mapping[Slot, str]) -> str | int:
    if isinstance(value, Reason):
        return value.text(keys)
    if isinstance(value, Slot):
        return keys.get(value, DEFAULT_KEYS[value])
    return value
