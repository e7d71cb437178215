"""Two technicians change bindings at the same time: each change holds, none is lost."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from msgspec.structs import replace

from devices.bindings import Binding, BindingError
from devices.events import Role
from devices.ports import PortMatch
from hallterm import bindings_file
from hallterm.bindings_file import merge

EACH = 15
TECHNICIAN = f"""
import sys
from pathlib import Path
from hallterm import bindings_file
from tests.hallterm.test_bindings_file import pad
folder, first, keeps = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3] == "merges"
print("ready", flush=True)
sys.stdin.readline()
for n in range(first, first + {EACH}):
    base = bindings_file.read(folder)
    bindings_file.write(folder, (*base, pad(n)), base if keeps else None)
"""


def pad(window: int, port: int = 0) -> Binding:
    name = f"/dev/ttyUSB{port or window}"
    return Binding(
        Role.RATING_DEVICE, "pad_htp1", str(window), PortMatch(name=name), keys={n: 6 - n for n in range(1, 6)}
    )


def both(folder: Path, way: str) -> set[str]:
    """The windows bound after two processes have added theirs, one by one, as fast as they can."""
    began = [
        subprocess.Popen(
            [sys.executable, "-c", TECHNICIAN, str(folder), str(first), way],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )
        for first in (1, 101)
    ]  # fmt: skip
    for one in began:
        assert one.stdout is not None
        assert one.stdout.readline() == "ready\n"
    for one in began:
        assert one.stdin is not None
        one.stdin.write("\n")
        one.stdin.flush()
    for one in began:
        one.communicate(timeout=120)
        assert one.returncode == 0
    return {one.window for one in bindings_file.read(folder)}


def test_what_two_processes_bind_at_once_is_all_there(tmp_path: Path) -> None:
    bindings_file.write(tmp_path, (pad(50),))
    wanted = {"50"} | {str(n) for first in (1, 101) for n in range(first, first + EACH)}
    assert both(tmp_path, "merges") == wanted


def test_of_two_changes_each_holds_and_a_device_of_both_goes_with_the_later(tmp_path: Path) -> None:
    base = (pad(1), pad(2), pad(3))
    mine = (replace(pad(1), enabled=False), pad(2), pad(3))
    theirs = (pad(1), pad(3), pad(4))
    assert merge(base, mine, theirs) == (mine[0], pad(3), pad(4))
    assert merge(base, (pad(1), pad(2)), (replace(pad(1), enabled=False), pad(2), pad(3))) == (
        replace(pad(1), enabled=False),
        pad(2),
    )
    assert merge(base, (pad(1, port=9), pad(2), pad(3)), (pad(1, port=8), pad(2), pad(3)))[0] == pad(1, port=9)
    bindings_file.write(tmp_path, theirs)
    assert bindings_file.write(tmp_path, mine, base) == (mine[0], pad(3), pad(4))
    assert bindings_file.read(tmp_path) == (mine[0], pad(3), pad(4))


def test_a_port_that_somebody_else_bound_meanwhile_is_refused_and_nothing_written(tmp_path: Path) -> None:
    bindings_file.write(tmp_path, (pad(1), pad(2, port=7)))
    with pytest.raises(BindingError):
        bindings_file.write(tmp_path, (pad(1), pad(3, port=7)), (pad(1),))
    assert bindings_file.read(tmp_path) == (pad(1), pad(2, port=7))
