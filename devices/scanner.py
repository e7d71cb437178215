"""The thread that lists ports, so that a slow system call never holds up a device."""

import logging
import threading
from collections.abc import Callable

from devices.ports import PortInfo

log = logging.getLogger(__name__)


class PortScanner:
    """Lists at once, then after each `interval_s()` or kick; `found` is called from this thread."""

    def __init__(
        self,
        scan: Callable[[], list[PortInfo]],
        found: Callable[[tuple[PortInfo, ...]], None],
        interval_s: Callable[[], float],
    ) -> None:
        self._scan, self._found, self._interval_s = scan, found, interval_s
        self._wake = threading.Event()
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="ports", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def kick(self) -> None:
        self._wake.set()

    def stop(self, limit_s: float) -> None:
        self._stopping = True
        self._wake.set()
        self._thread.join(limit_s)

    def _run(self) -> None:
        while not self._stopping:
            self._wake.clear()
            try:
                ports = tuple(self._scan())
            except Exception as error:  # the system's listing: whatever it does, it is asked again
                log.warning("listing ports failed: %s", type(error).__name__)
                ports = ()
            self._found(ports)
            self._wake.wait(self._interval_s())
