"""A real manager on real ptys, and patient waiting."""

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest

from devices.bindings import Binding
from devices.events import DeviceState, Event, Role, StateChanged, Timing
from devices.manager import DeviceManager
from devices.sim.bench import Bench

E = TypeVar("E")
PATIENCE_S = 120.0
QUICK = Timing(
    heart_s=0.4, backoff_least_s=0.05, backoff_most_s=0.2, probe_s=0.1, scan_missing_s=0.05, scan_settled_s=0.2,
    printer_status_s=1.0, flood_pause_s=0.2,
)  # fmt: skip


class Recorder:
    """The house's side: collects events, waits for them."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self._news = threading.Condition()

    def __call__(self, event: Event) -> None:
        with self._news:
            self.events.append(event)
            self._news.notify_all()

    def of(self, kind: type[E]) -> list[E]:
        with self._news:
            return [event for event in self.events if isinstance(event, kind)]

    def states(self, role: Role, window: str) -> list[DeviceState]:
        return [event.state for event in self.of(StateChanged) if (event.role, event.window) == (role, window)]

    def wait(self, condition: Callable[[], bool]) -> None:
        with self._news:
            assert self._news.wait_for(condition, PATIENCE_S), f"never came; seen: {self.events[-12:]}"


def wait_until(condition: Callable[[], bool]) -> None:
    """For states no event tells of."""
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline, "the state never came"
        time.sleep(0.005)


class Hall:
    """A bench, a manager with its bindings, and a recorder."""

    def __init__(self, bench: Bench, *, timing: Timing = QUICK, bindings: tuple[Binding, ...] | None = None) -> None:
        self.bench, self.recorder = bench, Recorder()
        self.manager = DeviceManager(
            bench.bindings() if bindings is None else bindings, self.recorder, by_id=bench.by_id, timing=timing
        )
        self.manager.start()

    def state(self, role: Role, window: str) -> DeviceState:
        return next(s.state for s in self.manager.status() if (s.role, s.window) == (role, window))

    def await_state(self, state: DeviceState, role: Role = Role.RATING_DEVICE, window: str = "1") -> None:
        wait_until(lambda: self.state(role, window) is state)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with Bench(tmp_path, heart_s=0.4) as running:
        yield running


@pytest.fixture
def halls() -> Iterator[list[Hall]]:
    """Halls appended here are stopped at the end."""
    started: list[Hall] = []
    yield started
    for hall in started:
        hall.manager.stop()


@pytest.fixture
def hall(bench: Bench, halls: list[Hall]) -> Hall:
    """One window with a pad, ready."""
    bench.add_pad("1")
    started = Hall(bench)
    halls.append(started)
    started.await_state(DeviceState.READY)
    return started
