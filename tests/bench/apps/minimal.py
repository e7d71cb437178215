"""The least that a Textual application can be: what the counter's start is compared with."""

from __future__ import annotations

from textual.app import App, ComposeResult
from textual.widgets import Footer, Header, Input, Static

READY = "minimal application"


class Minimal(App[None]):
    """A header, a line, a field and a footer, as the first page of any tutorial."""

    def compose(self) -> ComposeResult:
        yield Header()
        yield Static(READY)
        yield Input()
        yield Footer()


if __name__ == "__main__":
    Minimal().run(mouse=False)
