"""Learning the key of a POS or reader that types: one swipe, of which only its key and its length are shown or kept."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING

import msgspec
from textual._time import get_time
from textual.events import Key
from textual.timer import Timer

from hallterm.config import ConfigError, load
from hallterm.key_saving import Kept, keep
from hallterm.key_trial import Arrived, KeyTrial, Learnt, Told
from hallterm.keys import KeyMapError, key_name
from hallterm.locale import _
from hallterm.os_words import why as system_words
from hallterm.widgets.frame import ATTENTION, NOT_DONE
from hallterm.workflows.technician.look import Place

if TYPE_CHECKING:
    from hallterm.screens.technician import TechnicianScreen

POLL_S = 0.1


class ReaderLesson:
    """From F7 to the saved file; while it is ``open`` every key but Esc comes here and does nothing else."""

    def __init__(self, mode: TechnicianScreen) -> None:
        self._mode = mode
        self._trial: KeyTrial | None = None
        self._told = Told()
        self._timer: Timer | None = None
        self.problems: tuple[str, ...] = ()
        """Why nothing could be saved: sentences longer than row 22."""

    @property
    def open(self) -> bool:
        """A swipe is waited for."""
        return self._trial is not None

    def line(self) -> str:
        """The row of the page; empty before the first time."""
        text = _("POS key   {ask}   {received}")
        told = self._told
        if not self.open and not told.count:
            return ""
        ask = _("Swipe once at the POS (nothing of it is kept)") if self.open else _("was asked for")
        return text.format(ask=ask, received=_received(told)).rstrip()

    def begin(self) -> None:
        """Ask for a swipe."""
        self._trial, self._told, self.problems = KeyTrial(), Told(), ()
        self._timer = self._mode.set_interval(POLL_S, lambda: self._mode.call_later(self._silence))
        self._mode.say("")

    def end(self) -> None:
        """Nothing is waited for any more; what came stays unused."""
        self._trial = None
        if self._timer is not None:
            self._timer.stop()

    def key(self, event: Key) -> None:
        """Whatever arrives; Esc ends it."""
        if event.key == "escape":
            self.end()
            self._mode.say(_("Nothing was saved"))
            self._mode.draw()
        else:
            self._take(Arrived(event.key, event.character, event.time * 1000))

    def _silence(self) -> None:
        """Behind the keys that already wait: whether silence ends what came."""
        due_ms = self._trial.due_ms if self._trial is not None else None
        if due_ms is not None and get_time() * 1000 > due_ms:
            self._take(None)

    def _take(self, key: Arrived | None) -> None:
        if self._trial is None:
            return
        for told in self._trial.take(key):
            self._told = told
            if told.learnt is not None:
                self.end()
                self._mode.run_worker(self._save(told.learnt), exit_on_error=True)
                break
            if told.count:
                self._mode.say(_("That was no reader: too slow, or too short. Swipe once more"), ATTENTION)
        self._mode.draw()

    async def _save(self, learnt: Learnt) -> None:
        mode = self._mode
        try:
            kept = await asyncio.to_thread(_keep, mode.place, learnt)
        except KeyMapError as error:
            self.problems = error.problems
            mode.say(_("Nothing was saved: give these actions another key first"), NOT_DONE)
        except ConfigError as error:
            self.problems = (str(error),)
            mode.say(_("Nothing was saved"), NOT_DONE)
        except OSError as error:
            mode.say(_("keys.toml cannot be written ({reason})").format(reason=system_words(error)), NOT_DONE)
        else:
            mode.host.key_map = kept.key_map
            mode.post_message(mode.ReaderLearnt(kept.reader))
            mode.say(_saved(kept, learnt))
        mode.repaint()


def _keep(place: Place, learnt: Learnt) -> Kept:
    """With the files as they are now, for a thread."""
    settings = load(place.config, os.environ, data=place.data, window=place.window)
    return keep(msgspec.structs.replace(settings, machine_folder=place.machine_folder), learnt)


def _received(told: Told) -> str:
    header = told.learnt.header if told.learnt is not None else told.name
    if header and told.count:
        return _("received {key} and {count} characters").format(key=key_name(header), count=told.count)
    if header:
        return _("received {key}").format(key=key_name(header))
    return _("received {count} characters").format(count=told.count) if told.count else ""


def _saved(kept: Kept, learnt: Learnt) -> str:
    if not learnt.header:
        return _("This reader sends no key of its own, so no key moves; written to keys.toml")
    text = _("{key} belongs to the reader: {moves}; the key bar follows, written to keys.toml")
    moves = _(", ").join(kept.moves) or _("nothing was on it")
    return text.format(key=key_name(learnt.header), moves=moves)
