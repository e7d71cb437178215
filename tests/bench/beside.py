"""The same facts, from PouchDB to PouchDB Server and from a hall to a centre, in the same run: both over HTTP on loopback.

The packages are installed into ``build/pouchdb`` by npm where it is there; without it nothing is measured, by name.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import msgspec
from msgspec import Struct

from storage import outbox
from storage.clock import now as read_clock
from storage.journal import Journal
from sync.client import SyncClient
from tests.bench.figure import Figure
from tests.sync.centres import CentreProcess
from tests.sync.facts import serve_visits
from tests.sync.trust import DEVICE_KEY

MODULES = Path("build/pouchdb")
PACKAGES = ("pouchdb@9", "express@4", "express-pouchdb@4")
SCRIPT = Path(__file__).parent / "apps" / "pouchdb.js"
INSTALL_LIMIT_S = 180
LIMIT_S = 120
HALL = "360600001"
VISITS = 2000


class Replicated(Struct, frozen=True):
    """What the script says; ``bytes`` are those that reached the server."""

    documents: int
    seconds: float
    bytes: int


def run() -> list[Figure]:
    """Rates, bytes and the two ratios."""
    fault = installed()
    if fault:
        return [Figure("PouchDB to PouchDB Server", None, "1/s", note=f"not measured: {fault}")]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        hall = Journal.open(folder / "hall.db")
        hall.found("bench-1", HALL)
        for start in range(0, VISITS, 100):
            serve_visits(hall, 100, start, window=f"{HALL}-03")
        theirs = replicated(hall, folder)
        rate, size = sent(hall, folder)
        hall.close()
    per_s, each = theirs.documents / theirs.seconds, theirs.bytes / theirs.documents
    return [
        Figure("facts/s, PouchDB to PouchDB Server", round(per_s), "1/s", note=f"{theirs.documents} facts"),
        Figure("facts/s, hall to centre", round(rate), "1/s", note="two processes"),
        Figure("ratio of the rates", round(rate / per_s, 1), "", ">= 10"),
        Figure("bytes a fact, PouchDB to PouchDB Server", round(each, 1), "B", note="what reached the server"),
        Figure("bytes a fact, hall to centre", round(size, 1), "B", note="bodies of the segments"),
        Figure("ratio of the bytes", round(each / size, 1), "", ">= 10"),
    ]


def installed() -> str:
    """ "" when the packages are there, else why not."""
    npm, node = shutil.which("npm"), shutil.which("node")
    if npm is None or node is None:
        return "no npm here"
    if (MODULES / "node_modules" / "express-pouchdb").exists():
        return ""
    MODULES.mkdir(parents=True, exist_ok=True)
    (MODULES / "package.json").write_text('{"private": true}\n', encoding="utf-8")
    command = [npm, "install", "--no-audit", "--no-fund", "--ignore-scripts", *PACKAGES]
    try:
        done = subprocess.run(command, cwd=MODULES, capture_output=True, timeout=INSTALL_LIMIT_S, check=False)
    except subprocess.TimeoutExpired:
        return "npm install took too long"
    return "" if done.returncode == 0 else "npm install failed"


def replicated(hall: Journal, folder: Path) -> Replicated:
    """The lines of the hall as documents."""
    facts = folder / "facts.jsonl"
    facts.write_bytes(
        b"".join(bytes(line) + b"\n" for (line,) in hall.database.rows("SELECT line FROM event ORDER BY pos"))
    )
    command = ["node", str(SCRIPT), str(MODULES.resolve()), str(facts)]
    said = subprocess.run(command, capture_output=True, timeout=LIMIT_S, check=True, cwd=folder).stdout
    found = msgspec.json.decode(said.splitlines()[-1], type=Replicated)
    if found.documents != outbox.standing(hall).have:
        raise AssertionError("PouchDB did not replicate every document")
    return found


def sent(hall: Journal, folder: Path) -> tuple[float, float]:
    """Facts a second over HTTP, and bytes a fact as the centre stored them."""
    centre, client = CentreProcess(folder / "centre"), None
    try:
        centre.start()
        centre.enrol(hall)
        client = SyncClient(lambda: Journal.open(folder / "hall.db"), centre.url, DEVICE_KEY)
        start = time.perf_counter()
        while outbox.standing(hall).waiting:
            client.step(read_clock())
        gone_s = time.perf_counter() - start
        kept = Journal.open(centre.folder / "centre.db")
        size, aside = kept.database.rows("SELECT sum(length(body)), (SELECT count(*) FROM quarantine) FROM segment")[0]
        kept.close()
    finally:
        if client is not None:
            client.close()
        centre.stop()
    if aside:
        raise AssertionError("some facts were not understood")
    facts = outbox.standing(hall).have
    return facts / gone_s, int(size) / facts
