"""Calls aloud: each once, in the order they were recorded, while they are news and outside the mute hours."""

from __future__ import annotations

import logging
from collections.abc import Mapping

from devices.manager import DeviceManager
from hallterm.locale import N_, _
from hallterm.rules.day import business_day
from hallterm.rules.numbers import window_number
from hallterm.rules.timers import elapsed_ms
from hallterm.rules.voice import FRESH_S, muted
from hallterm.workflows.hall_settings import VOICE_MUTE_FROM, VOICE_MUTE_TO, text
from storage import views
from storage.facts import Moment
from storage.journal import Journal
from storage.projections import Placed

log = logging.getLogger(__name__)

CALL_ALOUD = N_("{number}, please go to window {window}")


class Speaking:
    """The voice of a window if it has one, else that of the hall; used from the station's thread only."""

    def __init__(self, journal: Journal, manager: DeviceManager, names: Mapping[str, str]) -> None:
        self.journal = journal
        self.manager = manager
        self.names = names

    def called(self, p: Placed, now: Moment) -> None:
        """A call or a recall of this hall, wherever it was made."""
        left_s = FRESH_S - elapsed_ms(p.t, p.m, p.boot, now) / 1000
        if left_s <= 0 or p.hall != self.journal.identity.hall or self._muted(now):
            return
        sentence = _(CALL_ALOUD).format(number=p.fact.number, window=window_number(p.fact.window))
        own = self.names.get(p.fact.window, "")
        spoken = bool(own) and self.manager.say(sentence, within_s=left_s, window=own, tag=p.id)
        if not spoken and not self.manager.say(sentence, within_s=left_s, tag=p.id):
            log.debug("call %s not spoken: no voice is ready", p.id)

    def undone(self, call: str) -> None:
        """A call that was taken back (its fact's id) is not spoken any more, unless it has begun."""
        self.manager.withdraw(call)

    def _muted(self, now: Moment) -> bool:
        db, hall = self.journal.database, self.journal.identity.hall
        day = business_day(now.t, views.last_day(db, hall))
        since, until = (text(db, name, hall, day) for name in (VOICE_MUTE_FROM, VOICE_MUTE_TO))
        return muted(since, until, now.t)
