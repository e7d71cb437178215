"""What the counter's keys cost, in time and bytes; what the processes of a PC cost, in memory and processor time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from functools import partial

from hallterm.demo_hall import DemoHall
from hallterm.locale import use
from storage.facts import WindowState
from tests.bench.figure import Figure, percentile, spread
from tests.bench.processes import cpu_share, proportional_mb, resident_mb
from tests.bench.stopwatch import Cost, Stopwatch
from tests.walk.counter import more_people, open_terminal, rate, sign_on, wait_for_state

ROUNDS = 15
PEOPLE = ["B02", "C01", "B07", "B03"] * 5
WATCH_S = 20.0
BYTES = {"call": 7000, "start": 7000, "finish": 7000, "typed character": 650}
MEMORY_MB = 60
TICK_BYTES = 150
IDLE_PERCENT = 0.3

Costs = defaultdict[str, list[Cost]]


def run() -> list[Figure]:
    """Fifteen matters of one clerk, then a look at what everything costs when nothing happens."""
    use("zh_CN")
    costs: Costs = defaultdict(list)
    with DemoHall(pad_presses=False) as hall:
        more_people(hall, PEOPLE)
        with open_terminal(hall, Stopwatch) as terminal:
            sign_on(terminal)
            for _ in range(ROUNDS):
                one_matter(hall, terminal, costs)
            figures = [*key_figures(costs), *step_bytes(costs)]
            processes = {"terminal": terminal.pid, "station": hall.children[2].pid, "centre": hall.children[1].pid}
            figures += memory(processes)
            figures += idle(terminal, processes)
            figures += ticking(terminal)
    return figures


def one_matter(hall: DemoHall, terminal: Stopwatch, costs: Costs) -> None:
    """Call, start, open a list and leave it, look up a matter, finish, rate."""
    to = partial(wait_for_state, terminal)
    costs["call"].append(terminal.cost(partial(terminal.press, "f5"), partial(to, WindowState.CALLED)))
    costs["start"].append(terminal.cost(partial(terminal.press, "f6"), partial(to, WindowState.SERVING)))
    look_up(terminal, costs)
    costs["finish"].append(terminal.cost(partial(terminal.press, "f8"), partial(to, WindowState.AWAITING_RATING)))
    rate(hall, terminal)


def look_up(terminal: Stopwatch, costs: Costs) -> None:
    """The list of pauses, then the field of a matter: two letters."""
    costs["list"].append(terminal.cost(partial(terminal.press, "f4"), changed(terminal, "f4")))
    costs["back"].append(terminal.cost(partial(terminal.press, "escape"), changed(terminal, "escape")))
    costs["matter field"].append(terminal.cost(partial(terminal.press, "f6"), changed(terminal, "f6")))
    for letter in "fp":
        costs["typed character"].append(terminal.cost(partial(terminal.type, letter), changed(terminal, letter)))
    costs["back"].append(terminal.cost(partial(terminal.press, "escape"), changed(terminal, "escape")))


def changed(terminal: Stopwatch, key: str) -> Callable[[], None]:
    """Wait until the lower area at the left, where nothing ticks, differs from now."""

    def lower(rows: list[str]) -> list[str]:
        return [row.partition("|")[0] for row in rows[10:21]]

    before = lower(terminal.screen())
    return lambda: terminal.wait_until(lambda: lower(terminal.screen()) != before, what=f"{key} changed nothing")


def key_figures(costs: Costs) -> list[Figure]:
    """To the first byte, and to the last byte of the state that follows."""
    figures = []
    for name, many in costs.items():
        figures += spread(f"{name}: key to echo", "ms", [one.echo_ms for one in many], "<= 50")
        figures += spread(f"{name}: key to settled screen", "ms", [one.settled_ms for one in many])
    return figures


def step_bytes(costs: Costs) -> list[Figure]:
    """Bytes that cross the line."""
    return [
        Figure(
            f"{name}: bytes to the terminal",
            percentile([one.size for one in many], 0.5),
            "B",
            f"<= {BYTES[name]}" if name in BYTES else "",
            f"median of {len(many)}, largest {max(one.size for one in many)}",
        )
        for name, many in costs.items()
    ]


def memory(processes: dict[str, int]) -> list[Figure]:
    """After the work."""
    return [
        Figure(
            f"memory of the {name}",
            round(resident_mb(pid), 1),
            "MB",
            f"<= {MEMORY_MB}" if name == "terminal" else "",
            f"resident after {ROUNDS} matters; its share of shared pages: {proportional_mb(pid):.1f} MB",
        )
        for name, pid in processes.items()
    ]


def idle(terminal: Stopwatch, processes: dict[str, int]) -> list[Figure]:
    """Nobody is at the window."""
    terminal.wait_quiet(1.0)
    before = terminal.bytes_seen
    shares = cpu_share(list(processes.values()), WATCH_S)
    painted = terminal.bytes_seen - before
    figures = [
        Figure(
            f"idle processor time of the {name}",
            round(share, 2),
            "%",
            f"<= {IDLE_PERCENT}" if name == "terminal" else "",
            f"of one core, over {WATCH_S:.0f} s, in steps of 0.05",
        )
        for name, share in zip(processes, shares, strict=True)
    ]
    return [*figures, Figure("bytes while idle", painted, "B", "<= 100 a minute", f"in {WATCH_S:.0f} s")]


def ticking(terminal: Stopwatch) -> list[Figure]:
    """While a matter runs."""
    terminal.press("f5")
    wait_for_state(terminal, WindowState.CALLED)
    terminal.press("f6")
    wait_for_state(terminal, WindowState.SERVING)
    terminal.wait_quiet()
    seen = len(terminal.arrivals)
    share = cpu_share([terminal.pid], WATCH_S)[0]
    bursts: list[tuple[float, int]] = []
    for moment, size in terminal.arrivals[seen:]:
        if bursts and moment - bursts[-1][0] < 0.1:
            bursts[-1] = (moment, bursts[-1][1] + size)
        else:
            bursts.append((moment, size))
    sizes = [size for _, size in bursts]
    return [
        Figure(
            "bytes a tick of the clock",
            percentile(sizes, 0.5),
            "B",
            f"<= {TICK_BYTES}",
            f"{len(sizes)} paints in {WATCH_S:.0f} s, largest {max(sizes)}, a second {sum(sizes) / WATCH_S:.0f}",
        ),
        Figure("processor time of the terminal while a matter runs", round(share, 2), "%", note="of one core"),
    ]
