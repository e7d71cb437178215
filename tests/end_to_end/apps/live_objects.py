"""What the live objects of this process hold of secrets: FOLDER/``secrets`` has one a line, backwards; FOLDER/``found``.

Backwards, so that the search is not what it looks for.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from pathlib import Path

SPELT_MOST = 600
KEYS = frozenset({"Key", "Arrived"})
"""Types with a ``character``; any other object might run code of its own when it is asked for one."""


def search(folder: Path) -> None:
    """Write what was found, all at once; the first line says how many texts were looked at."""
    backwards = (folder / "secrets").read_text("ascii").splitlines()
    texts = list(live_texts())
    found = {f"{secret} in {kind}" for kind, text in texts for secret in backwards if secret in text[::-1]}
    new = folder / "found.new"
    new.write_text("\n".join([f"searched {len(texts)}", *sorted(found)]), "utf-8")
    new.rename(folder / "found")


def live_texts() -> Iterator[tuple[str, str]]:
    """Every text that an object or a frame of any thread holds, also one that is spelt by its elements or keys."""
    gc.collect()
    holders: list[object] = [*gc.get_objects()]
    for frame in sys._current_frames().values():
        inner = frame
        while inner.f_back is not None:
            holders.append(list(inner.f_locals.values()))
            inner = inner.f_back
    for holder in holders:
        held = gc.get_referents(holder)
        yield from ((type(holder).__name__, text) for one in held if (text := as_text(one)))
        if 10 <= len(held) <= SPELT_MOST:
            spelt = "".join(map(as_sign, held))
            yield from ((type(holder).__name__, text) for text in (spelt, spelt[::-1]))  # lists come backwards


def as_text(one: object) -> str:
    if isinstance(one, str):
        return one if len(one) > 10 else ""
    if isinstance(one, (bytes, bytearray)):
        return one.decode("latin-1")
    return ""


def as_sign(one: object) -> str:
    """One character, or the character of a key."""
    sign = getattr(one, "character", "") if type(one).__name__ in KEYS else one
    return sign if isinstance(sign, str) and len(sign) == 1 else ""
