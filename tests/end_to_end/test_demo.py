"""The demonstration without a terminal: an hour's work on real parts, and every fact at the centre."""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.pty

LIMIT_S = 600
SERVICES = 10


def test_the_demonstration_plays_by_itself_and_leaves_nothing_behind() -> None:
    with tempfile.TemporaryDirectory() as scratch:
        done = subprocess.run(
            [sys.executable, "-m", "hallterm", "demo", "--lang", "en", "--data", f"{scratch}/data"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=LIMIT_S,
            env={"PATH": "/usr/bin:/bin", "HOME": scratch, "TMPDIR": scratch},
        )
        left = [path.name for path in Path(scratch).iterdir()]
    assert done.returncode == 0, done.stderr
    figures = {name.strip(): int(value) for name, value in re.findall(r"^(\D+?)\s{2,}(\d+)$", done.stdout, re.M)}
    assert figures["services finished"] == SERVICES
    assert figures["rated"] + figures["unrated"] == SERVICES
    assert figures["rated"] > 0
    assert figures["facts recorded"] == figures["facts at the centre"] > 0
    assert done.stderr == ""
    assert left == []
