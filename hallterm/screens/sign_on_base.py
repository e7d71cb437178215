"""What the pages outside the counter share: asking the storage thread, one question at a time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol, TypeVar, cast

import msgspec

from hallterm.locale import _
from hallterm.widgets.frame import ATTENTION, NOT_DONE, FrameScreen, Kind
from hallterm.widgets.writing import FAILURES, NOT_SAVED, reason_text
from hallterm.workflows.desk import Desk, Refused
from storage.errors import StorageError
from storage.facts import Moment
from storage.vault import Vault

T = TypeVar("T")


class PageStore(Protocol):
    """The storage thread as these pages use it."""

    vault: Vault

    async def do(self, work: Callable[[Desk, Moment], T], pressed: Moment | None = None, *, writes: bool = True) -> T:
        """Run a workflow; raises Refused or StorageError."""
        ...


class AskingScreen(FrameScreen):
    """A screen that asks the storage thread; one write at a time, a key that comes meanwhile is told so."""

    def __init__(self, id: str | None = None) -> None:
        super().__init__(id=id)
        self.asking = False

    @property
    def page_store(self) -> PageStore:
        """The store of the app."""
        return cast(PageStore, self.host.store)

    def ask_store(
        self,
        work: Callable[[Desk, Moment], T],
        then: Callable[[T], None],
        *,
        writes: bool = True,
        refused: Callable[[str], None] | None = None,
    ) -> bool:
        """Run ``work``; ``then`` gets its answer, ``refused`` the sentence of a refusal (default: row 22)."""
        if writes:
            if self.asking:
                self.tell(_("Still saving: press the key again then"), ATTENTION)
                return False
            self.asking = True
        self.run_worker(self._asked(work, then, writes, refused), exit_on_error=True)
        return True

    async def _asked(
        self,
        work: Callable[[Desk, Moment], T],
        then: Callable[[T], None],
        writes: bool,
        refused: Callable[[str], None] | None,
    ) -> None:
        try:
            try:
                answer = await self.page_store.do(work, self.host.now(), writes=writes)
            finally:
                self.asking = self.asking and not writes
        except Refused as no:
            sentence = reason_text(self, no.reason)
            self.tell(sentence, NOT_DONE) if refused is None else refused(sentence)
        except StorageError as error:
            self.tell(_(FAILURES.get(type(error), NOT_SAVED)), NOT_DONE)
        else:
            then(answer)

    def tell(self, sentence: str, kind: Kind) -> None:
        """Where this screen says what went wrong."""
        self.say(sentence, kind)


def seat(desk: Desk, **values: Any) -> Desk:
    """The desk with another window or person."""
    return msgspec.structs.replace(desk, **values)
