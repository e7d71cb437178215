"""Real centres on loopback: one in a thread of this process, one as a process of its own."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette

from storage.journal import Journal
from sync.keys import NodeKey
from sync.server import create_app
from tests.sync.trust import CENTRE_KEY, DEVICE_KEY, enrol_at

DEADLINE_S = 120
SERVE = """
import sys
from pathlib import Path
from hallterm.centre import main
from hallterm.config import load
file = Path(sys.argv[4]) if sys.argv[4] else None
sys.exit(main(load(file, environ={}, data=Path(sys.argv[1])), sys.argv[2], sys.argv[3]))
"""


class ThreadedServer(uvicorn.Server):
    def __init__(self, app: Starlette) -> None:
        super().__init__(uvicorn.Config(app, http="h11", ws="none", loop="asyncio", lifespan="on", log_config=None))
        self.up = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.up.set()


@contextmanager
def centre_in_thread(open_journal: Callable[[], Journal], **options: Any) -> Iterator[str]:
    """The URL of a centre that runs until the block ends; ``options`` as of :func:`sync.server.create_app`."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # as the program's own
        server = ThreadedServer(create_app(open_journal, CENTRE_KEY, **options))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            assert server.up.wait(DEADLINE_S)
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


class CentreProcess:
    """``hallterm serve`` on a folder or a PostgreSQL URL; it can be killed and started again at the same port."""

    def __init__(self, folder: Path, url: str = "", tls: tuple[Path, Path] | None = None) -> None:
        self.folder = folder
        self.database_url = url
        self.scheme = "https" if tls else "http"
        self.config = ""
        if tls is not None:
            file = folder.with_name(f"{folder.name}.toml")
            file.write_text(f'[sync]\ncertificate = "{tls[0]}"\nkey = "{tls[1]}"\n', encoding="utf-8")
            self.config = str(file)
        self.port = 0
        self.process: subprocess.Popen[str] | None = None

    @property
    def url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}"

    def start(self) -> None:
        arguments = [str(self.folder), self.database_url, f"127.0.0.1:{self.port}", self.config]
        self.process = subprocess.Popen(
            [sys.executable, "-c", SERVE, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        found = re.search(r"https?://127\.0\.0\.1:(\d+)$", line.strip())
        assert found, (line, self.process.communicate(timeout=DEADLINE_S))
        self.port = int(found[1])

    def enrol(self, device: Journal, key: NodeKey = DEVICE_KEY) -> None:
        """A code made in the running centre's database lets the device in over HTTP."""
        own = Journal.open(self.database_url or self.folder / "centre.db")
        enrol_at(device, own, self.url, key)
        own.close()

    def signal(self, number: signal.Signals) -> None:
        assert self.process is not None
        os.kill(self.process.pid, number)

    def ended(self) -> tuple[int, str]:
        """Wait for the end; its exit code and what it said on stderr."""
        assert self.process is not None
        _, said = self.process.communicate(timeout=DEADLINE_S)
        return self.process.returncode, said

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.signal(signal.SIGKILL)
            self.ended()
