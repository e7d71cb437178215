"""Simulators as a process of their own: bindings in DIR/devices.toml, commands through a socket in DIR.

A command is one line (devices.sim.commands), the answer is one line.
"""

import contextlib
import os
import socket
import socketserver
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from devices.bindings import dump
from devices.sim.bench import Bench
from devices.sim.commands import obey

SOCKET_NAME: Final = "control.sock"
BINDINGS_NAME: Final = "devices.toml"
LINE_MOST_BYTES: Final = 400
ANSWER_LIMIT_S: Final = 5.0


def send_command(run_dir: Path, line: str) -> str:
    """Sends one line to the simulators of this folder; their answer. OSError if none are running."""
    with _short_path(run_dir) as path, socket.socket(socket.AF_UNIX) as client:
        client.settimeout(ANSWER_LIMIT_S)
        client.connect(path)
        client.sendall(line.encode() + b"\n")
        with client.makefile("rb") as answer:
            return answer.readline(LINE_MOST_BYTES).decode().strip()


class ControlServer:
    """Listens in the folder of a bench until closed; writes the bindings when everything is up."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench
        self._path = bench.run_dir / SOCKET_NAME
        self._path.unlink(missing_ok=True)

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                line = self.rfile.readline(LINE_MOST_BYTES).decode("utf-8", "replace")
                self.wfile.write(obey(bench, line).encode() + b"\n")

        with _short_path(bench.run_dir) as path:
            self._server = socketserver.UnixStreamServer(path, Handler)
        os.chmod(self._path, 0o600)
        fresh = bench.run_dir / f".{BINDINGS_NAME}.new"
        fresh.write_text(dump(bench.bindings()), encoding="utf-8")
        os.replace(fresh, bench.run_dir / BINDINGS_NAME)

    def serve(self) -> None:
        """Until `stop`."""
        self._server.serve_forever(poll_interval=0.2)

    def stop(self) -> None:
        """From another thread than `serve`."""
        self._server.shutdown()

    def close(self) -> None:
        self._server.server_close()
        self._path.unlink(missing_ok=True)
        (self._bench.run_dir / BINDINGS_NAME).unlink(missing_ok=True)


@contextlib.contextmanager
def _short_path(run_dir: Path) -> Iterator[str]:
    """The socket's path through an open folder: a Unix socket takes 107 bytes at most."""
    folder = os.open(run_dir, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{folder}/{SOCKET_NAME}"
    finally:
        os.close(folder)
