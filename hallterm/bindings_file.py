"""``hallterm.d/devices.toml`` when several people write it at once: read again, merged, checked and replaced under a lock.

Whoever changes bindings says what he had read. What he changed holds; what others changed meanwhile stays; of two who change
the same device the later one holds, and the copies of the file beside it have what was before.
"""

from __future__ import annotations

from pathlib import Path

from devices import bindings as device_bindings
from devices.bindings import Binding
from hallterm.config import DEVICES_FILE
from hallterm.machine_files import locked, write_machine_file

Bindings = tuple[Binding, ...]


def read(folder: Path) -> Bindings:
    """What is bound; nothing without a file. BindingError, OSError, UnicodeDecodeError."""
    path = folder / DEVICES_FILE
    return device_bindings.load(path.read_text(encoding="utf-8")) if path.exists() else ()


def write(folder: Path, wanted: Bindings, base: Bindings | None = None) -> Bindings:
    """Put ``wanted`` in the file, as far as it differs from ``base``, what was read before (None: as it is). What is bound now.

    Raises BindingError when it does not fit together, OSError; nothing is written then.
    """
    device_bindings.check(wanted)
    with locked(folder, DEVICES_FILE):
        merged = wanted
        if base is not None and (folder / DEVICES_FILE).exists():
            merged = merge(base, wanted, read(folder))
        device_bindings.check(merged)
        write_machine_file(folder, DEVICES_FILE, device_bindings.to_tables(merged))
    return merged


def merge(base: Bindings, wanted: Bindings, now: Bindings) -> Bindings:
    """What differs between the first two, done to the third."""
    if now == base:
        return wanted
    was, will = _by_place(base), _by_place(wanted)
    changed = {place for place in was.keys() | will.keys() if was.get(place) != will.get(place)}
    there = _by_place(now)
    kept = [will.get(place) if place in changed else one for place, one in there.items()]
    new = [one for place, one in will.items() if place in changed and place not in there]
    return (*(one for one in kept if one is not None), *new)


def _by_place(bindings: Bindings) -> dict[tuple[str, str], Binding]:
    return {(str(one.role), one.window): one for one in bindings}
