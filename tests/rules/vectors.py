"""The test vectors by topic: every field of a vector's ``expected`` is compared, none is skipped."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

FILE = Path(__file__).parent.parent / "vectors" / "vectors.json"


class Vector:
    """One vector; numbers with a point are decimals."""

    def __init__(self, row: dict[str, Any]) -> None:
        self.id: str = row["id"]
        self.topic: str = row["topic"]
        self.inputs: dict[str, Any] = row["inputs"]
        self.expected: dict[str, Any] = row["expected"]

    def __repr__(self) -> str:
        return self.id


def vectors(topic: str) -> list[Vector]:
    """All vectors of a topic; there is at least one."""
    rows = json.loads(FILE.read_text(encoding="utf-8"), parse_float=Decimal)["vectors"]
    found = [Vector(row) for row in rows if row["topic"] == topic]
    assert found, topic
    return found
