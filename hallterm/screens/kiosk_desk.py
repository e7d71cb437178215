"""The ticket page as a clerk opens it from the counter: Esc and the menu lead back."""

from __future__ import annotations

from textual.message import Message

from hallterm.screens.kiosk import KioskScreen


class DeskKiosk(KioskScreen):
    """The kiosk's page with a way back."""

    class Left(Message):
        """Back to the counter."""

    def act(self, action: str) -> None:
        if action in ("back", "menu"):
            self.post_message(self.Left())
        else:
            super().act(action)
