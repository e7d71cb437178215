"""What the storage thread tells the screens."""

from __future__ import annotations

from typing import Any

from textual.message import Message


class Seen(Message):
    """What a screen shows as it is now; posted to the app after every own commit and when another process changed the file.

    The view of an own commit is posted before ``store.do`` returns. A newer view replaces one that still waits.
    """

    def __init__(self, view: Any) -> None:
        super().__init__()
        self.view = view

    def can_replace(self, message: Message) -> bool:
        return isinstance(message, Seen)
