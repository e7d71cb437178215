"""The tests that the pages on reliability and security name are there, and every fault test is named."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[1]
NAMED = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+))?`")


@pytest.mark.parametrize("page", ["reliability.md", "security.md", "sync.md"])
def test_every_test_that_a_page_names_is_there(page: str) -> None:
    named = NAMED.findall((PROJECT / "docs" / page).read_text(encoding="utf-8"))
    assert named
    for file, function in named:
        text = (PROJECT / file).read_text(encoding="utf-8")
        assert not function or f"def {function}(" in text, f"{file}::{function}"


def test_every_threat_has_a_test() -> None:
    text = (PROJECT / "docs" / "security.md").read_text(encoding="utf-8")
    rows = [line for line in text.splitlines() if line.startswith("| ")][1:]
    assert len(rows) > 30
    assert [row for row in rows if len(row.split(" | ")) != 4 or "::" not in row.split(" | ")[3]] == []


def test_every_fault_test_has_its_line() -> None:
    text = (PROJECT / "docs" / "reliability.md").read_text(encoding="utf-8")
    assert [f"| T{n} |" in text for n in range(1, 19)] == [True] * 18
    for path in sorted((PROJECT / "tests" / "faults").glob("test_sync_*.py")):
        assert f"tests/faults/{path.name}" in text
