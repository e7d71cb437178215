"""What a page of the editor is made of: its columns, the fields of a row, and what its keys do."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from msgspec import Struct

from hallterm.locale import _
from hallterm.rules.words import Reason
from hallterm.widgets.cells import fit, middle
from hallterm.workflows.desk import Desk, Done
from hallterm.workflows.seen import Health
from hallterm.workflows.setting_changes import SettingDone
from storage.access import Action
from storage.facts import Moment
from storage.vault import Vault

Texts = Mapping[str, str]
"""What the fields of a row hold, by the name of the input; ``key`` is the key of the row (empty for a new one)."""
Save = Callable[[Desk, Vault, Moment, Texts, bool], Done | SettingDone]
Toggle = Callable[[Desk, Moment, "Item"], Done]
USUAL_CELLS = 80


class Lists(Protocol):
    """What every view of an editor has: where it is, the kinds of data the person may change, row 2."""

    @property
    def hall(self) -> str: ...

    @property
    def allowed(self) -> frozenset[Action]: ...

    @property
    def health(self) -> Health: ...


class Input(Struct, frozen=True):
    """One field of a row's form; ``fixed`` cannot be changed in a row that is there."""

    name: str
    label: str
    cells: int
    fixed: bool = False
    secret: bool = False


class Item(Struct, frozen=True):
    """One row of a list: its columns, whether it is in use, and its texts for the form.

    ``about`` are the lines below the list, ``takes`` what its fields take, ``refused`` why it cannot be changed here; in
    the fields named by ``digits`` one digit replaces another.
    """

    key: str
    columns: tuple[str, ...]
    active: bool
    texts: Texts
    about: tuple[str, ...] = ()
    takes: str = ""
    refused: Reason | None = None
    digits: tuple[str, ...] = ()


class Page(Struct, frozen=True):
    """One page: who may, what it lists, what its form asks, and what is recorded.

    A page that ``everybody`` may look at tells by its items why they cannot be changed. Without ``toggle`` none of its
    rows goes out of use; without ``toggle`` and not ``grows`` they are always the same.
    """

    title: str
    action: Action
    headers: tuple[str, ...]
    widths: tuple[int, ...]
    inputs: tuple[Input, ...]
    items: Callable[[Any], Sequence[Item]]
    save: Save
    toggle: Toggle | None
    remove: str
    help: Callable[[], str]
    everybody: bool = False
    grows: bool = False

    def sizes(self, cells: int) -> list[int]:
        """The widths of the columns on a screen of so many cells: the widest one takes what there is more."""
        sizes = list(self.widths)
        sizes[sizes.index(max(sizes))] += max(0, cells - USUAL_CELLS)
        return sizes

    def row(self, item: Item, cells: int) -> str:
        """The columns of an item on one row; what is out of use has a mark."""
        texts = (fit(middle(text, size), size) for text, size in zip(item.columns, self.sizes(cells), strict=True))
        return ("  " if item.active else "- ") + "  ".join(texts)

    def header(self, cells: int) -> str:
        """The names of the columns."""
        names = (fit(_(name), size) for name, size in zip(self.headers, self.sizes(cells), strict=True))
        return "   " + "  ".join(names)
