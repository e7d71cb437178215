"""The documents say what the program says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.docs import DOCUMENTS, PART, PARTS, PROJECT, made_anew

LINK = re.compile(r"\]\((?!https?:)(?P<target>[^)#\s]+)(#[^)]*)?\)")
TEST = re.compile(r"`(?P<file>tests/[\w/]+\.py)(::(?P<name>\w+))?`")


@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_made_parts_are_up_to_date(name: str) -> None:
    text = (PROJECT / name).read_text("utf-8")
    assert made_anew(text) == text, "python -m tests.docs writes them anew"


def test_every_made_part_is_somewhere() -> None:
    used = {part["name"] for name in DOCUMENTS for part in PART.finditer((PROJECT / name).read_text("utf-8"))}
    assert used == set(PARTS)


def test_a_part_that_nobody_makes_is_not_overlooked() -> None:
    with pytest.raises(KeyError):
        made_anew("<!-- made: weather -->\nfine\n<!-- end -->")


@pytest.mark.parametrize("name", DOCUMENTS)
def test_links_lead_somewhere(name: str) -> None:
    path = PROJECT / name
    targets = [found["target"] for found in LINK.finditer(path.read_text("utf-8"))]
    assert [target for target in targets if not (path.parent / target).exists()] == []


@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_tests_that_are_named_exist(name: str) -> None:
    missing = []
    for found in TEST.finditer((PROJECT / name).read_text("utf-8")):
        file = PROJECT / found["file"]
        if not file.exists() or (found["name"] and not _has_test(file, found["name"])):
            missing.append(found[0])
    assert missing == []


def _has_test(file: Path, name: str) -> bool:
    return re.search(rf"^\s*(async )?def {name}\(", file.read_text("utf-8"), re.MULTILINE) is not None
