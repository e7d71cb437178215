"""A bundle that a command took in beside a running centre: the running one says so too."""

from __future__ import annotations

from pathlib import Path

import httpx
import msgspec

from storage.clock import now as read_clock
from storage.journal import Journal
from sync import tokens
from sync.centre import Centre, Settings
from sync.client import SyncClient
from sync.metrics import Metrics
from sync.reads import NODES_PATH
from tests.sync.centres import centre_in_thread
from tests.sync.conftest import Opener
from tests.sync.facts import serve_visits
from tests.sync.sticks import bring, write_out
from tests.sync.trust import CENTRE_KEY, DEVICE_KEY

TARGET = f"{NODES_PATH}?scope=3301"


def contact_t(url: str) -> int:
    header = tokens.authorization(DEVICE_KEY, "3301-0310-07", TARGET, read_clock().t)
    found = httpx.get(url + TARGET, headers={"Authorization": header}, trust_env=False, timeout=120).json()
    return int(found["nodes"][0]["contact_t"])


def test_a_running_centre_tells_of_a_bundle_that_a_command_took_in(
    device: Journal, open_centre: Opener, stick: Path
) -> None:
    serve_visits(device, 2)
    with centre_in_thread(open_centre) as url:
        client = SyncClient(lambda: Journal.open(Path(device.database.where)), url, DEVICE_KEY)
        client.step(read_clock())
        client.close()
        heard = contact_t(url)
        later = msgspec.structs.replace(read_clock(), t=heard + 600_000)
        command = Centre(open_centre, CENTRE_KEY, Settings(300, lambda: later), Metrics())
        serve_visits(device, 1, start=2)
        for path in write_out(device, stick):
            bring(command, path)
        command.close()
        assert contact_t(url) == later.t > heard
