"""The calls that only POSIX has, apart from those of the driver: talking to the terminal before anything is painted."""

from __future__ import annotations

import os
import select
import termios
import time
import tty
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def quiet_terminal(fileno: int, every_key: bool = False) -> Iterator[None]:
    """No echo, no line editing; the terminal's own settings return at the end. Raises OSError if it is none.

    With ``every_key`` Ctrl+C, Ctrl+V, Ctrl+Z and Enter arrive as they do in the app.
    """
    try:
        before = termios.tcgetattr(fileno)
    except termios.error as error:
        raise OSError(*error.args) from None
    quiet = termios.tcgetattr(fileno)
    quiet[tty.LFLAG] &= ~(termios.ECHO | termios.ICANON)
    quiet[tty.IFLAG] &= ~termios.IXON  # Ctrl+Q and Ctrl+S are keys
    if every_key:
        quiet[tty.LFLAG] &= ~(termios.ISIG | termios.IEXTEN)
        quiet[tty.IFLAG] &= ~termios.ICRNL
    quiet[tty.CC][termios.VMIN] = 1
    quiet[tty.CC][termios.VTIME] = 0
    termios.tcsetattr(fileno, termios.TCSANOW, quiet)
    try:
        yield
    finally:
        termios.tcsetattr(fileno, termios.TCSANOW, before)


def ask_terminal(
    read_fileno: int, write_fileno: int, question: bytes, complete: Callable[[bytes], bool], limit_s: float
) -> bytes:
    """Write the question and return what came back until it was complete, or until ``limit_s`` had passed."""
    received = b""
    until = time.monotonic() + limit_s
    if not select.select([], [write_fileno], [], limit_s)[1]:
        return received
    with quiet_terminal(read_fileno):
        os.write(write_fileno, question)
        while not complete(received):
            left_s = until - time.monotonic()
            if left_s <= 0 or not select.select([read_fileno], [], [], left_s)[0]:
                break
            chunk = os.read(read_fileno, 1024)
            if not chunk:
                break
            received += chunk
    return received


def read_key(limit_s: float | None) -> str:
    """One key from the terminal of standard input, without Enter; empty when it ended or the time passed."""
    with quiet_terminal(0):
        if not select.select([0], [], [], limit_s)[0]:
            return ""
        return os.read(0, 1).decode("ascii", "replace")


def process_lives(pid: int) -> bool:
    """Whether a process of this machine has the number."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # another user's
        return True
    return True


@contextmanager
def short_path(folder: Path, name: str) -> Iterator[str]:
    """The path of a socket through its open folder: a Unix socket takes 107 bytes at most."""
    opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{opened}/{name}"
    finally:
        os.close(opened)


VIRTUAL_CONSOLE = 4
"""The major number of /dev/tty1 to /dev/tty63: one keyboard for all of them."""


def terminal_of(pid: int) -> tuple[int, int]:
    """Major and minor number of the terminal a process runs on; (0, 0) without one, or where nobody tells."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return (0, 0)
    device = int(text.rpartition(")")[2].split()[4])
    return os.major(device), os.minor(device)


def shares_keyboard(one: int, other: int) -> bool:
    """Whether two processes (ids) are typed at on one keyboard: one terminal, or two virtual consoles of one machine."""
    first, second = terminal_of(one), terminal_of(other)
    if first == (0, 0) or second == (0, 0):
        return False
    return first == second or (first[0] == second[0] == VIRTUAL_CONSOLE and max(first[1], second[1]) < 64)
