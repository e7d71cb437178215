"""Every vector has its test: by topic, but for those of the hotline."""

from __future__ import annotations

import json
import re
from pathlib import Path

from tests.rules.vectors import FILE

HOTLINE = {"hotline.pay", "hotline.target", "hotline.five_100"}


def test_each_topic_of_the_vectors_is_tested() -> None:
    rows = json.loads(FILE.read_text(encoding="utf-8"))["vectors"]
    sources = "".join(path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("test_*.py"))
    used = set(re.findall(r'vectors\("([a-z0-9_.]+)"\)', sources))
    assert {row["topic"] for row in rows} - HOTLINE == used
