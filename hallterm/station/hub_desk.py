"""The socket in the data folder at which terminals ask for tickets and numbers of the number host.

It may be used by whoever may write to the data folder, and by nobody else.
"""

from __future__ import annotations

import contextlib
import logging
import os
import socketserver
import stat
import threading
from collections.abc import Callable
from pathlib import Path

import msgspec

from hallterm.platform import short_path
from hallterm.workflows.number_host import QUESTION_MOST_BYTES, SOCKET_NAME, Answer, Wish

log = logging.getLogger(__name__)

READ_LIMIT_S = 5.0
POLL_S = 0.1


def serve(folder: Path, answer: Callable[[Wish], Answer]) -> Callable[[], None]:
    """Begin to answer, each terminal on a thread of its own; what ends it. Where there are no such sockets, nothing."""
    if not hasattr(socketserver, "ThreadingUnixStreamServer"):
        return lambda: None
    path = folder / SOCKET_NAME
    path.unlink(missing_ok=True)  # the station's lock is ours, so nobody answers there

    class Handler(socketserver.StreamRequestHandler):
        timeout = READ_LIMIT_S

        def handle(self) -> None:
            with contextlib.suppress(OSError, msgspec.DecodeError):
                wish = msgspec.json.decode(self.rfile.readline(QUESTION_MOST_BYTES), type=Wish)
                self.wfile.write(msgspec.json.encode(answer(wish)) + b"\n")

    class Server(socketserver.ThreadingUnixStreamServer):
        daemon_threads = True
        block_on_close = False

        def handle_error(self, request: object, client_address: object) -> None:
            log.warning("a terminal was not answered")

    with short_path(folder, SOCKET_NAME) as opened:
        server = Server(opened, Handler)
    os.chmod(path, 0o660 if os.stat(folder).st_mode & stat.S_IWGRP else 0o600)
    thread = threading.Thread(target=server.serve_forever, args=(POLL_S,), name="numbers", daemon=True)
    thread.start()

    def end() -> None:
        server.shutdown()
        thread.join()
        server.server_close()
        path.unlink(missing_ok=True)

    return end
