"""``python -m tests.walk FOLDER``: walk through the demonstration hall and keep its screens as text.

Each screen is written to ``FOLDER/NN-name.LANGUAGE.txt``; ``FOLDER.md`` beside the folder is the index. Takes about two
minutes a language: nobody may be called twice within twenty seconds, here as in a hall.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from hallterm.demo_hall import DemoHall
from hallterm.locale import _, use
from storage.facts import WindowState
from tests import docs
from tests.end_to_end.terminal import Terminal
from tests.walk.counter import (
    LANGUAGES,
    devices_well,
    open_terminal,
    rate,
    sign_on,
    sign_on_shown,
    sign_on_without_window,
    wait_for_state,
)
from tests.walk.steps import COUNTER, IDLE_SAYS, OFFICE, SIGN_ON_SAYS, Step, Until

TICKING_ROWS = (1, 8, 9)
"""Rows that change by themselves."""
ROWS, COLUMNS = 24, 80
KEYS_ROW = 24
GAP_DEADLINE_S = 60.0
BIG = ("board", "kiosk")
"""Screens whose big figures are made of reversed spaces, written as ``#``."""
HEAD = """\
# A walk through the screens

Made from the real program by `python -m tests.walk docs/walk-through`; dates and times are those of that run.
"""


class Walk:
    """One walk in one language."""

    def __init__(self, hall: DemoHall, folder: Path, language: str) -> None:
        self.hall = hall
        self.folder = folder
        self.language = language
        self.kept: list[tuple[str, str]] = []

    def through(self) -> list[tuple[str, str]]:
        """All screens; names with their sentences, in order."""
        with open_terminal(self.hall, Terminal, language=self.language) as terminal:
            terminal.wait_for(sign_on_shown)
            terminal.wait_for(devices_well)
            self.keep(terminal, "sign-on", SIGN_ON_SAYS)
            sign_on(terminal, self.language)
            self.keep(terminal, "idle", IDLE_SAYS)
            for step in COUNTER:
                self.take(terminal, step)
        self.hall.start_colleagues()
        for staff, steps in OFFICE.items():
            with open_terminal(self.hall, Terminal, language=self.language, window="") as terminal:
                sign_on_without_window(terminal, staff, self.language)
                for step in steps:
                    self.take(terminal, step)
        return self.kept

    def take(self, terminal: Terminal, step: Step) -> None:
        """Press, type, wait, keep."""
        if step.page:
            self.page(step.page, step.says)
            return
        if step.works:
            terminal.wait_for(lambda rows: f"-{step.works}" not in rows[KEYS_ROW - 1], GAP_DEADLINE_S)
        body = body_of(terminal.screen())
        if step.typed:
            terminal.type(step.typed)
        for key in step.keys:
            terminal.press(key)
        if "escape" in step.keys:
            terminal.wait_quiet()  # a key at once after Esc would be one with Alt
        if isinstance(step.until, WindowState):
            wait_for_state(terminal, step.until, language=self.language)
        elif step.until is Until.RATED:
            rate(self.hall, terminal, language=self.language)
        elif step.keys or step.typed:
            what = f"{step.keys} {step.typed} changed nothing"
            terminal.wait_until(lambda: body_of(terminal.screen()) != body, what=f"{what}\n{terminal.text()}")
        if step.shows:
            terminal.wait_for(lambda rows: any(_(step.shows) in row for row in rows))
        if step.name:
            self.keep(terminal, step.name, step.says)

    def page(self, page: str, says: str) -> None:
        """Another program of the hall, as it stands."""
        with open_terminal(self.hall, Terminal, page, language=self.language) as terminal:
            terminal.wait_for(lambda rows: any(row.strip() for row in rows[3:21]))
            self.keep(terminal, page, says)

    def keep(self, terminal: Terminal, name: str, says: str) -> None:
        """Write the screen when nothing more is painted but the clock."""
        terminal.wait_quiet(0.4)
        number = len(self.kept) + 1
        path = self.folder / f"{number:02}-{name}.{self.language}.txt"
        text = with_big_figures(terminal) if name in BIG else terminal.text()
        path.write_text(text.rstrip("\n") + "\n", "utf-8")
        self.kept.append((f"{number:02}-{name}", says))
        print(path.name, flush=True)


def with_big_figures(terminal: Terminal) -> str:
    """The screen as text, reversed spaces as ``#``."""
    rows = []
    for row in range(1, ROWS + 1):
        cells = [terminal.cell(row, column) for column in range(1, COLUMNS + 1)]
        rows.append("".join("#" if cell.reverse and cell.data == " " else cell.data for cell in cells).rstrip())
    return "\n".join(rows)


def body_of(rows: Sequence[str]) -> list[str]:
    """What changes only because of a key."""
    return [row for number, row in enumerate(rows, 1) if number not in TICKING_ROWS]


def index(folder: Path, kept: Sequence[tuple[str, str]]) -> Iterator[str]:
    """The page that names them all."""
    yield HEAD
    for name, says in kept:
        links = ", ".join(f"[{language}]({folder.name}/{name}.{language}.txt)" for language in LANGUAGES)
        yield f"- **{name[3:].replace('-', ' ')}** ({links}): {says}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Both languages, one after the other."""
    parser = argparse.ArgumentParser(prog="python -m tests.walk", description=__doc__)
    parser.add_argument("folder", type=Path, metavar="FOLDER")
    folder: Path = parser.parse_args(arguments).folder
    folder.mkdir(parents=True, exist_ok=True)
    kept: list[tuple[str, str]] = []
    written: set[str] = set()
    for language in LANGUAGES:
        use(language)
        with DemoHall(pad_presses=False, has_past=True) as hall:
            kept = Walk(hall, folder, language).through()
        written |= {f"{name}.{language}.txt" for name, _ in kept}
    for old in folder.glob("[0-9][0-9]-*.txt"):
        if old.name not in written:
            old.unlink()
    folder.with_suffix(".md").write_text("\n".join(index(folder, kept)) + "\n", "utf-8")
    docs.main()  # documents that show a screen of the walk
    return 0


if __name__ == "__main__":
    sys.exit(main())
