"""What the screens need of the app they run in."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol, TypeVar

from msgspec import Struct

from devices.card import CardReading
from hallterm.keys import KeyMap
from hallterm.workflows.desk import Desk
from storage.facts import Moment

T = TypeVar("T")


class Store(Protocol):
    """The one storage thread of a terminal; screens touch no file."""

    async def do(self, work: Callable[[Desk, Moment], T], pressed: Moment | None = None, *, writes: bool = True) -> T:
        """Run a workflow with the moment its key was pressed.

        Raises hallterm.workflows.desk.Refused when a rule says no, storage.errors.StorageError when it could not save.
        """
        ...


class ModePage(Struct, frozen=True):
    """One numbered page of row 1 that this person may open; ``screen`` is its name, ``label`` (with the number)
    is to be translated."""

    number: int
    label: str
    screen: str
    open: Callable[[], None]


class Host(Protocol):
    """The app, as the screens see it."""

    key_map: KeyMap

    @property
    def store(self) -> Store: ...

    @property
    def pages(self) -> Mapping[str, Callable[[], None]]:
        """The menu's pages that this person may open, by action id; a page that is not here is not in the menu."""
        ...

    @property
    def mode(self) -> Sequence[ModePage]:
        """The numbered pages of this person, in order; empty for who has no mode."""
        ...

    def now(self) -> Moment:
        """The clocks, one reading; the only clock of the screens."""
        ...

    def case_now(self) -> Moment:
        """The clocks of the case: they stand still while no write can be taken, as that time is not counted."""
        ...

    def change_language(self) -> None:
        """The other language, on every screen at once."""
        ...

    async def unlock(self, password: str) -> None:
        """The person at the window gives the password again; raises Refused, StorageError."""
        ...

    async def read_card(self, window: str) -> CardReading:
        """The ID card that lies on the reader of a window (its code)."""
        ...

    def signed_off(self) -> None:
        """The person has signed off: back to the sign-on page."""
        ...
