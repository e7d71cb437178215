"""A part of the demonstration hall as a child: the command line, ended when standard input ends with its parent.

``--enrol HALL CENTRE`` before the command: the hall of the one folder joins the centre of the other. ``--colleagues HALL``
instead of one: the other windows of the hall are at work.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from storage.journal import Journal


def _end_with_parent() -> None:
    while sys.stdin.buffer.read(1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


def enrol(hall: Path, centre: Path) -> None:
    """The demonstration hall joins the demonstration centre, as with a code that a person carries."""
    from hallterm import __version__
    from hallterm.centre import found
    from storage.clock import now
    from storage.journal import Journal
    from sync import enrol as enrolment
    from sync.join import request_of, take_welcome
    from sync.keys import load_or_make
    from sync.wire import decode

    found(centre)
    device, upstream = Journal.open(hall / "hall.db"), Journal.open(centre / "centre.db")
    key = load_or_make(hall)
    code = enrolment.make_offer(upstream, device.identity.hall, now())
    request = decode(request_of(device, key, code, __version__), enrolment.Request)
    answer = enrolment.welcome(upstream, load_or_make(centre), request, now())
    take_welcome(device, key, code, msgspec.json.encode(answer))
    people_above(hall, centre, upstream)
    device.close()
    upstream.close()


def people_above(hall: Path, centre: Path, upstream: Journal) -> None:
    """Who works above the hall signs on at the centre too, with the same password."""
    from hallterm.demo_people import CITY, CITY_NAME, HALL, PEOPLE
    from storage.clock import now
    from storage.facts import GrantSet, HallSet, StaffSet
    from storage.vault import Vault

    known, own = Vault.open(hall), Vault.open(centre)
    with upstream.write("-", now()) as tx:
        tx.record(HallSet(CITY, CITY_NAME))
        for person in PEOPLE:
            found = known.credential(person.number)
            if person.above and found is not None:
                tx.record(StaffSet(person.number, person.name, HALL))
                tx.record(GrantSet(person.number, person.role, CITY))
                own.adopt(person.number, found.hash, must_change=False)
    known.close()
    own.close()


if __name__ == "__main__":
    from hallterm.cli import main

    threading.Thread(target=_end_with_parent, daemon=True).start()
    if sys.argv[1] == "--enrol":
        enrol(Path(sys.argv[2]), Path(sys.argv[3]))
        del sys.argv[1:4]
    if sys.argv[1] == "--colleagues":
        from hallterm.demo_colleagues import work

        work(Path(sys.argv[2]))
    sys.exit(main())
