"""Reading what the probe app reports, and starting it in a terminal."""

from __future__ import annotations

import ast
import sys
from pathlib import Path
from typing import Any

from tests.end_to_end.terminal import Terminal

FIRST_ROW = "首行 first row"
LAST_ROW = "末行 last row"


class Report:
    """The report file of a probe app; lines of a word and a value."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def values(self, word: str) -> list[Any]:
        """All values reported under the word so far, in order."""
        lines = self.path.read_text("utf-8").split("\n")[:-1] if self.path.exists() else []
        return [ast.literal_eval(line.partition(" ")[2]) for line in lines if line.partition(" ")[0] == word]

    def has(self, word: str) -> bool:
        """The word was reported."""
        return bool(self.values(word))


def probe_terminal(report: Report, *modes: str, **options: Any) -> Terminal:
    """A terminal in which the probe app has started; see ``apps/probe_app.py`` for the modes."""
    return Terminal([sys.executable, "-m", "tests.end_to_end.apps.probe_app", str(report.path), *modes], **options)
