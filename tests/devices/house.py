"""What a station does with a press: judge, commit, only then acknowledge."""

from devices.events import RatePressed, WindowOpened
from devices.platform import monotonic_ms
from devices.rating import Press, RatingLedger, VerdictCode
from tests.devices.conftest import Hall, wait_until


class House:
    """The house of one window."""

    def __init__(self, hall: Hall, window: str = "1") -> None:
        self.hall, self.window = hall, window
        self.ledger = RatingLedger()
        self.committed: list[tuple[str, int]] = []
        self.codes: list[VerdictCode] = []
        self._seen = 0

    def open(self, wid: int, service: str, timeout_s: int = 30) -> None:
        assert self.hall.manager.open_window(self.window, wid, timeout_s)
        self.ledger.open(wid, service, self.hall.bench.pad(self.window).serial, timeout_s, monotonic_ms())
        self.hall.recorder.wait(lambda: any(e.wid == wid for e in self.hall.recorder.of(WindowOpened)))

    def presses(self) -> list[RatePressed]:
        return [event for event in self.hall.recorder.of(RatePressed) if event.window == self.window]

    def take_press(self, *, acknowledge: bool = True) -> VerdictCode:
        """Waits for the next press the manager reports and deals with it."""
        self.hall.recorder.wait(lambda: len(self.presses()) > self._seen)
        event = self.presses()[self._seen]
        self._seen += 1
        pressed = Press(event.pad_serial, event.wid, event.key, event.t_ms, event.held_ms, event.flags)
        verdict = self.ledger.judge(pressed, event.received_ms)
        if verdict.counted:
            self.committed.append((verdict.service, verdict.key))
        self.codes.append(verdict.code)
        if acknowledge and verdict.ack is not None:
            self.hall.manager.acknowledge(self.window, event.seq, verdict.ack)
        return verdict.code

    def take_presses_until_acknowledged(self) -> None:
        """Deals with each repeat until the pad has been told."""
        acks = self.hall.bench.pad(self.window).acks
        while not acks:
            wait_until(lambda: bool(acks) or len(self.presses()) > self._seen)
            if len(self.presses()) > self._seen:
                self.take_press()
