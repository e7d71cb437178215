"""A small Textual app on hallterm's driver that reports in a file what happens to it.

``python -m tests.end_to_end.apps.probe_app REPORT_FILE [mode ...]``; each line of the file is a word and its value.
Modes: ``beat`` counts and repaints the whole screen ten times a second; ``input`` has a focused field; ``mouse`` asks
for the mouse; the modes of ``MISBEHAVIOUR`` show at F5.
"""

from __future__ import annotations

import asyncio
import logging
import sys
import threading
import time
from pathlib import Path
from typing import ClassVar

from hallterm.terminal import set_textual_environment

set_textual_environment()

from textual import events  # noqa: E402
from textual.app import App, ComposeResult  # noqa: E402
from textual.binding import Binding, BindingType  # noqa: E402
from textual.widgets import Input, Static  # noqa: E402

from hallterm.driver import HalltermDriver  # noqa: E402
from hallterm.incident import RecordsIncidents, record_what_escapes  # noqa: E402
from tests.end_to_end.apps.identity import IDENTITY, NAME  # noqa: E402


class ProbeApp(RecordsIncidents, App[None]):
    """Shows the last key and, in ``beat``, a screen full of the beat's number."""

    CSS = "Input { height: 1; border: none; } #body { height: 1fr; }"
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+q", "bell", priority=True)]

    def __init__(self, report: Path, modes: set[str]) -> None:
        super().__init__(driver_class=HalltermDriver, ansi_color=True)
        self.log_folder = report.parent / "log"
        self.modes_of_test = modes
        self.beats = 0
        self.keys_seen = 0
        self._report = report.open("a", buffering=1, encoding="utf-8")
        self._tasks: set[asyncio.Task[None]] = set()

    def report(self, word: str, value: object = "") -> None:
        """One line in the report; the value is quoted, so that a line stays a line."""
        self._report.write(f"{word} {value!r}\n")

    def compose(self) -> ComposeResult:
        yield Static("首行 first row", id="first", markup=False)
        yield Static("", id="body", markup=False)
        if "input" in self.modes_of_test:
            yield Input()
        yield Static("末行 last row", id="last", markup=False)

    def on_mount(self) -> None:
        if "beat" in self.modes_of_test:
            self.set_interval(0.1, self.beat)

    def beat(self) -> None:
        """Repaint all of the body with something new, and say so."""
        self.beats += 1
        line = f"第 {self.beats:05} 拍 " * 6
        self.query_one("#body", Static).update("\n".join([line] * 21))
        self.report("beat", self.beats)
        self.report("dropped", self.line_driver.frames_dropped)

    @property
    def line_driver(self) -> HalltermDriver:
        """The driver under test."""
        assert isinstance(self._driver, HalltermDriver)
        return self._driver

    async def on_event(self, event: events.Event) -> None:
        if isinstance(event, events.Key) and not event.is_forwarded:
            self.report("key", event.key)
            self.keys_seen += 1
            self.query_one("#first", Static).update(f"首行 first row 键 {self.keys_seen} {event.key}")
            if event.key == "f5":
                for mode in self.modes_of_test & MISBEHAVIOUR.keys():
                    MISBEHAVIOUR[mode](self)
        if isinstance(event, events.Resize):
            self.report("size", tuple(event.size))
        await super().on_event(event)

    def on_paste(self, event: events.Paste) -> None:
        self.report("paste", event.text)

    def on_input_changed(self, event: Input.Changed) -> None:
        self.report("value", event.value)

    def on_unmount(self) -> None:
        self.report("unmount")

    def quit(self) -> None:
        """Exit as a user does."""
        self.exit()

    def block(self) -> None:
        """Block the event loop."""
        self.report("blocking")
        while True:
            time.sleep(0.01)

    def crash(self) -> None:
        """Fail in a handler."""
        fail(IDENTITY, NAME)

    def thread(self) -> None:
        """Fail in a worker of Textual."""
        self.run_worker(lambda: fail(IDENTITY, NAME), thread=True)

    def input_thread(self) -> None:
        """Fail in the thread that reads the keys."""
        self.line_driver.process_message = lambda message: fail(IDENTITY, str(message))  # type: ignore[method-assign]
        self.line_driver.write("\x1b[6n")  # the terminal answers as if a key were pressed

    def lonely_task(self) -> None:
        """Fail in a task that nobody waits for."""

        async def failing() -> None:
            fail(IDENTITY, NAME)

        def forget(task: asyncio.Task[None]) -> None:
            self._tasks.discard(task)
            self.exit()

        task = asyncio.create_task(failing())
        task.add_done_callback(forget)
        self._tasks.add(task)

    def lost_thread(self) -> None:
        """Fail in a thread of the program's own."""
        thread = threading.Thread(target=fail, args=(IDENTITY, NAME))
        thread.start()
        thread.join()
        self.exit()

    def outside(self) -> None:
        """Fail after the app has ended."""
        self.exit()


MISBEHAVIOUR = {
    "quit": ProbeApp.quit,
    "block": ProbeApp.block,
    "crash": ProbeApp.crash,
    "thread": ProbeApp.thread,
    "input_thread": ProbeApp.input_thread,
    "lonely_task": ProbeApp.lonely_task,
    "lost_thread": ProbeApp.lost_thread,
    "outside": ProbeApp.outside,
}


def fail(identity: str, name: str) -> None:
    """Fail as a careless program does, with data in locals and in the message."""
    holder = {"identity": identity, "name": name}
    error = ValueError(f"bad identity {identity} of {holder}")
    error.record_ids = ("3f2a/1/10412/0badcafe", f"x {identity}")  # type: ignore[attr-defined]
    raise error


def main() -> None:
    """Run, then exit with the app's return code."""
    modes = set(sys.argv[2:])
    app = ProbeApp(Path(sys.argv[1]), modes)
    logging.basicConfig(filename=app.log_folder.parent / "program.log")
    record_what_escapes(app.log_folder)
    app.run(mouse="mouse" in modes)
    if "outside" in modes:
        fail(IDENTITY, NAME)
    if app.incident_number:
        print(f"incident {app.incident_number}")
    sys.exit(app.return_code)


if __name__ == "__main__":
    main()
