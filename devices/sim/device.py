"""A simulated device: a thread on the master side of a real pty, with a cable that can be pulled and faults on it."""

import contextlib
import errno
import os
import random
import select
import socket
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final, Protocol

if sys.platform != "win32":
    import fcntl
    import termios
    import tty

POLL_UNPLUGGED_S: Final = 0.02
READ_BYTES: Final = 4096
FLOOD_STEP_MS: Final = 10


def now_ms() -> int:
    return time.monotonic_ns() // 1_000_000


class Model(Protocol):
    """What a device does with bytes and time; always called with the device's lock held."""

    def received(self, data: bytes, now_ms: int) -> bytes:
        """What it answers."""

    def tick(self, now_ms: int) -> bytes:
        """What it says of itself; called often."""

    def next_ms(self) -> int | None:
        """When `tick` has something to do, None if never."""


class Faults:
    """What is wrong with the line or the device; all off at first."""

    def __init__(self, seed: int = 0) -> None:
        self.mute = False
        """Hears, says nothing."""
        self.deaf = False
        """Does not even read."""
        self.noise = 0.0
        """Share of sent bytes that are damaged, and chance of a stray byte after each."""
        self.delay_s = 0.0
        self.awol = False
        """Neither hears nor says anything; its port stays."""
        self.echo = False
        """The adapter brings back what the host says."""
        self.split_ms = 0
        """Every byte comes alone, so long after the one before."""
        self.half = False
        """Of what is said next only the first half comes."""
        self.double = False
        """Everything comes twice."""
        self.flood_bytes_s = 0
        """So much of nothing besides."""
        self.drop_to_device = 0
        """So many reads of the device get lost on the way."""
        self.cut_after_bytes: int | None = None
        """The cable is pulled when so many bytes more were sent."""
        self._random = random.Random(seed)

    def damage(self, data: bytes) -> bytes:
        if not self.noise:
            return data
        damaged = bytearray()
        for byte in data:
            hit = self._random.random() < self.noise
            damaged.append(self._random.randrange(256) if hit else byte)
            if self._random.random() < self.noise:
                damaged.append(self._random.randrange(256))
        return bytes(damaged)

    def pieces(self, data: bytes) -> list[tuple[int, bytes]]:
        """What comes of it, and how many ms later each."""
        if self.half:
            self.half, data = False, data[: len(data) // 2]
        if self.double:
            data += data
        if not self.split_ms:
            return [(0, data)]
        return [(place * self.split_ms, data[place : place + 1]) for place in range(len(data))]

    def flood(self) -> bytes:
        """What an adapter gone mad sends in one step."""
        return self._random.randbytes(self.flood_bytes_s * FLOOD_STEP_MS // 1000)


class SimDevice:
    """One device: `model` behind a pty that is linked as `link`; `plug` and `unplug` move the cable."""

    def __init__(self, name: str, model: Model, link: Path) -> None:
        self.name, self.model, self.link = name, model, link
        self.faults = Faults()
        self.lock = threading.RLock()
        self._master = -1
        self._slave_name = ""
        self._hung_up = True
        self._holder = -1
        self._outbox: list[tuple[int, bytes]] = []
        self._wake_read, self._wake_write = socket.socketpair()
        self._wake_read.setblocking(False)
        self._wake_write.setblocking(False)
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name=f"sim {name}", daemon=True)

    def start(self) -> None:
        self.plug()
        self._thread.start()

    def stop(self) -> None:
        self._stopping = True
        self.wake()
        self._thread.join()
        self.unplug()
        self._wake_read.close()
        self._wake_write.close()

    def plug(self) -> None:
        """A new pty behind the same link; nothing if it is plugged in."""
        with self.lock:
            if self._master >= 0:
                return
            self._master, slave = os.openpty()
            os.set_blocking(self._master, False)
            tty.setraw(slave)
            self._slave_name = os.ttyname(slave)
            os.close(slave)
            self._hung_up = True
            self._outbox.clear()
            fresh = self.link.with_name(f".{self.link.name}.new")
            fresh.unlink(missing_ok=True)
            fresh.symlink_to(self._slave_name)
            os.replace(fresh, self.link)
        self.wake()

    def unplug(self) -> None:
        """The port vanishes as a USB adapter does; the device itself keeps its power."""
        with self.lock:
            if self._master < 0:
                return
            self.link.unlink(missing_ok=True)
            os.close(self._master)
            self._master = -1
            if self._holder >= 0:
                os.close(self._holder)
                self._holder = -1
        self.wake()

    def replug(self, *, held: bool = False, denied: bool = False) -> None:
        """As after pulling the cable; another program has the port then, or nobody but root may open it."""
        with self.lock:
            self.unplug()
            self.plug()
            if held:
                self._holder = os.open(self._slave_name, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
                fcntl.ioctl(self._holder, termios.TIOCEXCL)
                fcntl.flock(self._holder, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if denied:
                os.chmod(self._slave_name, 0)

    @property
    def port(self) -> str:
        """The name a host opens it by."""
        return str(self.link)

    def want(self, baud: int) -> None:
        """Speak at this speed; nothing on a line that carries any."""

    @property
    def plugged(self) -> bool:
        return self._master >= 0

    def wake(self) -> None:
        """Something changed from outside: tick now."""
        with contextlib.suppress(BlockingIOError):
            self._wake_write.send(b"w")

    def do(self, action: Callable[[], None]) -> None:
        """Changes the model under the lock."""
        with self.lock:
            action()
        self.wake()

    def _run(self) -> None:
        while not self._stopping:
            self._wait()
            with self.lock:
                with contextlib.suppress(BlockingIOError):
                    self._wake_read.recv(READ_BYTES)
                if self.plugged and not self.faults.deaf:
                    self._read()
                self._say(self.model.tick(now_ms()))
                self._deliver()
                self._flood()

    def _wait(self) -> None:
        with self.lock:
            listening = self.plugged and not self.faults.deaf
            fds = [self._wake_read, *(self._sources() if listening else ())]
            times = [at for at in (self.model.next_ms(), *(at for at, _ in self._outbox)) if at is not None]
            if self._hung_up and self.plugged:
                times.append(now_ms() + int(POLL_UNPLUGGED_S * 1000))
            if self.faults.flood_bytes_s:
                times.append(now_ms() + FLOOD_STEP_MS)
        timeout_s = None if not times else max(0.0, (min(times) - now_ms()) / 1000)
        with contextlib.suppress(OSError, ValueError):  # the cable was pulled meanwhile
            select.select(fds, [], [], timeout_s)

    def _sources(self) -> tuple[int | socket.socket, ...]:
        """What to wait for besides the time; a pty without a host is always readable."""
        return () if self._hung_up else (self._master,)

    def _read(self) -> None:
        try:
            data = os.read(self._master, READ_BYTES)
        except BlockingIOError:
            self._hung_up = False
            return
        except OSError as error:
            if error.errno == errno.EIO and not self._hung_up:
                self._host_left()
            return
        self._hung_up = False
        self._heard(data)

    def _heard(self, data: bytes) -> None:
        if self.faults.drop_to_device > 0:
            self.faults.drop_to_device -= 1
            return
        if self.faults.awol:
            return
        if self.faults.echo:
            self._say(data)
        self._say(self.model.received(data, now_ms()))

    def _host_left(self) -> None:
        """A host that died leaves its exclusive lock on the pty: undo it, or appear anew where we may not."""
        self._hung_up = True
        try:
            slave = os.open(self._slave_name, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        except OSError:
            self.unplug()
            self.plug()
            return
        with contextlib.suppress(OSError):
            fcntl.ioctl(slave, termios.TIOCNXCL)
        os.close(slave)

    def _say(self, data: bytes) -> None:
        if data and not (self.faults.mute or self.faults.awol):
            at_ms = now_ms() + int(self.faults.delay_s * 1000)
            self._outbox += [(at_ms + later_ms, one) for later_ms, one in self.faults.pieces(self.faults.damage(data))]

    def _deliver(self) -> None:
        while self._outbox and self._outbox[0][0] <= now_ms():
            data = self._outbox.pop(0)[1]
            cut = self.faults.cut_after_bytes
            if cut is not None:
                data, self.faults.cut_after_bytes = data[:cut], max(0, cut - len(data))
            if data and self.plugged and not self._hung_up:
                with contextlib.suppress(OSError):
                    self._write(data)
            if cut is not None and self.faults.cut_after_bytes == 0:
                self.faults.cut_after_bytes = None
                self.unplug()

    def _flood(self) -> None:
        if self.faults.flood_bytes_s and self.plugged and not self._hung_up:
            with contextlib.suppress(OSError):  # the host reads more slowly
                self._write(self.faults.flood())

    def _write(self, data: bytes) -> None:
        os.write(self._master, data)
