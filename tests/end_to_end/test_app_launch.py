"""The tax software is opened when a matter starts: by the real program, on a real terminal, without that terminal."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec
import pytest

from hallterm.workflows.reference import as_fact
from storage import views
from storage.facts import ServiceTypeSet
from tests.end_to_end.hall import HALL, MEI, Hall, called_number, state_row, window
from tests.end_to_end.terminal import Terminal

pytestmark = pytest.mark.pty
SCRIPT = """#!/bin/sh
here=$(dirname "$0")
{ printf '%s\\n' "$@"; ps -o sid= -p $$ | tr -d ' '; echo $$; } > "$here/part.$$"
(: < /dev/tty) 2> /dev/null && echo terminal >> "$here/part.$$"
mv "$here/part.$$" "$here/opened.$$"
exec sleep 30
"""


def tool(folder: Path) -> Path:
    """A program that writes down what it was given, and goes on running."""
    path = folder / "tool" / "taxcore"
    path.parent.mkdir()
    path.write_text(SCRIPT, encoding="utf-8")
    path.chmod(0o755)
    return path


def opened(path: Path) -> list[list[str]]:
    """What each start was given, the oldest first."""
    files = sorted(path.parent.glob("opened.*"), key=lambda one: one.stat().st_mtime_ns)
    return [one.read_text(encoding="utf-8").splitlines() for one in files]


def known_to_the_tax_software(hall: Hall, code: str, ref: str) -> None:
    """A new version of a matter that has a reference."""

    def fact() -> ServiceTypeSet:
        matter = hall.read(lambda desk: views.matter(desk.journal.database, HALL, code))
        assert matter is not None
        return msgspec.structs.replace(as_fact(matter), number=matter.number + 1, tax_core_ref=ref)

    hall.record(fact())


def configured(hall: Hall, command: str) -> None:
    text = hall.config.read_text(encoding="utf-8")
    hall.config.write_text(f"{text}[launch]\ncommand = '''{command}'''\n", encoding="utf-8")


def serve(terminal: Terminal) -> str:
    terminal.wait_for(state_row("空闲"))
    terminal.press("f5")
    number = called_number(terminal)
    terminal.press("f6")
    terminal.wait_for(state_row("办理中"))
    return number


def test_a_matter_opens_its_module_and_another_one_its_own(hall: Hall, tmp_path: Path) -> None:
    path = tool(tmp_path)
    configured(hall, f"'{path}' --module={{ref}} '{{code}} {{ticket}}' {{window}} {{staff}}")
    known_to_the_tax_software(hall, "B02", "FP 领用;$(id)")
    hall.issue()
    children: list[int] = []
    try:
        with hall.counter() as terminal:
            number = serve(terminal)
            terminal.wait_until(lambda: len(opened(path)) == 1, what="nothing was opened")
            given = opened(path)[0]
            children.append(int(given[5]))
            assert given[:4] == ["--module=FP 领用;$(id)", f"B02 {number}", window(1), MEI]
            assert given[4] == given[5], "a session of its own"
            assert given[6:] == [], "no terminal"
            terminal.press("f8")
            terminal.wait_for(state_row("空闲"))
            assert os.getpgid(children[0]) == children[0], "it goes on after the matter"
        assert len(opened(path)) == 1
    finally:
        for child in children:
            os.kill(child, 15)


def test_a_program_that_is_not_there_is_told_and_the_matter_goes_on(hall: Hall, tmp_path: Path) -> None:
    configured(hall, f"{tmp_path}/nowhere {{ref}}")
    known_to_the_tax_software(hall, "B02", "FP02")
    hall.issue()
    with hall.counter() as terminal:
        serve(terminal)
        terminal.wait_for("税务系统没有打开")
        terminal.press("f8")
        terminal.wait_for(state_row("空闲"))
    assert "service.finished" in hall.kinds()


@pytest.mark.parametrize(
    ("command", "said"), [("taxcore {password}", "没有 {password}"), ("taxcore 'open", "launch] command = ")]
)
def test_a_template_that_cannot_be_filled_in_is_one_sentence_at_the_start(hall: Hall, command: str, said: str) -> None:
    configured(hall, command)
    with hall.terminal(at=1) as terminal:
        assert terminal.wait_exit() == 2
        assert said in terminal.text()
        assert "Traceback" not in terminal.text()
