"""The sending side of a PC as a process of its own: ``python -m tests.faults.sync_drain FILE URL [forget]``.

Sends what waited when it began, then prints one JSON object: facts, seconds, the most memory it had (kB). ``forget`` is a
mutant that takes the first answer for an answer to everything.
"""

from __future__ import annotations

import json
import re
import sys
import time
from pathlib import Path

from storage import outbox
from storage.clock import now
from storage.journal import Journal
from sync.client import Result, SyncClient
from tests.sync.trust import DEVICE_KEY


def most_kb() -> int:
    """The most memory of this process; ``ru_maxrss`` would be that of the process which started it."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text(encoding="ascii"))
    return int(found[1]) if found else 0


def drain(path: Path, url: str, *, forgets: bool) -> dict[str, float]:
    client = SyncClient(lambda: Journal.open(path), url, DEVICE_KEY)
    backlog = outbox.standing(client.journal).have
    began, sent = time.monotonic(), 0
    while True:
        outcome = client.step(now())
        assert outcome.result is Result.STORED, outcome
        sent += outcome.sent
        if forgets:
            own = outbox.standing(client.journal)
            outbox.acknowledge(client.journal, own, own.have, 0)
        if outcome.acked >= backlog or forgets:
            break
    seconds = time.monotonic() - began
    client.close()
    return {"facts": sent, "seconds": seconds, "most_kb": most_kb()}


if __name__ == "__main__":
    file, address, *more = sys.argv[1:]
    print(json.dumps(drain(Path(file), address, forgets="forget" in more)))
