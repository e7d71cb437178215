"""When a matter starts at this window, the tax software's module of that matter is opened, beside the terminal.

The program gets no terminal and no shell, ends when it likes, and is waited for on a thread; the counter never waits.
"""

from __future__ import annotations

import subprocess
import threading
from collections import deque
from collections.abc import Callable, Sequence
from typing import Final

from hallterm.launch_template import Filled, filled, words_of
from hallterm.locale import N_, _
from hallterm.os_words import why as system_words
from hallterm.rules.reconciliation import NOT_IN_CORE
from hallterm.workflows.seen import CounterView
from storage.facts import ServiceState

REMEMBERED: Final = 50
NOT_STARTED = N_("the tax software was not opened: {program} cannot be started ({why}); go on, and tell the technician")


class Launches:
    """Told every view of the counter; opens each matter of each service once. ``told`` hears, from another thread, the
    sentence of a program that cannot be started.
    """

    def __init__(self, command: str, told: Callable[[str], None]) -> None:
        self._words = words_of(command)
        self._told = told
        self._known: deque[tuple[str, str]] = deque(maxlen=REMEMBERED)
        self._whose = ("", "")

    def seen(self, view: CounterView) -> None:
        """A matter that was not open before is opened; what was going on when somebody signed on is not."""
        service, whose = view.service, (view.window.code, view.staff.number)
        is_news, self._whose = whose == self._whose, whose
        if not self._words or service is None or not service.code:
            return
        key = (service.id, service.code)
        if key in self._known:
            return
        self._known.append(key)
        ref = next((one.tax_core_ref for one in view.matters if one.code == service.code), "")
        if is_news and ref not in ("", NOT_IN_CORE) and service.state == ServiceState.SERVING:
            number = view.ticket.number if view.ticket else ""
            values = Filled(ref, service.code, number, view.window.code, view.staff.number)
            start(filled(self._words, values), self._told)


def start(words: Sequence[str], told: Callable[[str], None]) -> None:
    """Start a program on a thread of its own, and see it end there."""
    threading.Thread(target=_run, args=(words, told), name="launch", daemon=True).start()


def _run(words: Sequence[str], told: Callable[[str], None]) -> None:
    nowhere = subprocess.DEVNULL
    try:
        child = subprocess.Popen(words, stdin=nowhere, stdout=nowhere, stderr=nowhere, start_new_session=True)
    except (OSError, ValueError) as error:
        why = system_words(error) if isinstance(error, OSError) else str(error)
        told(_(NOT_STARTED).format(program=words[0], why=why))
        return
    child.wait()
