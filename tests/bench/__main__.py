"""``python -m tests.bench [NAME ...]``: run benchmarks, print the table, write the JSON."""

from __future__ import annotations

import argparse
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from types import FrameType

import msgspec
from msgspec import Struct

from tests.bench.figure import Figure
from tests.bench.machine import Machine, this_machine

TARGET = Path("build/bench.json")


class Bench(Struct, frozen=True):
    """``run`` is ``module:function``, imported when it is run, so that one benchmark costs only its own."""

    name: str
    what: str
    run: str
    limit_s: int


BENCHES = (
    Bench("codec", "HTP/1 decoder", "moving:run_codec", 30),
    Bench("codecs", "decoders of all protocols", "devices:run_codecs", 60),
    Bench("devices", "serial ports, on real ptys", "devices:run", 120),
    Bench("flood", "the counter while a device floods its line", "flooding:run", 120),
    Bench("facts", "facts recorded, beside bare SQLite", "facts:run", 60),
    Bench("sync", "facts received, stored and sent", "moving:run_sync", 60),
    Bench("pouchdb", "the same facts, beside PouchDB and PouchDB Server", "beside:run", 400),
    Bench("centre", "a centre takes in segments, the whole path", "taking:run", 900),
    Bench("hub", "a hall of several PCs: claims, and how soon the others see them", "following:run", 120),
    Bench("start", "start of the terminal, beside a minimal Textual application", "start:run", 60),
    Bench("reports", "reports of a hall's month and a city's year, on both engines", "reports:run", 1800),
    Bench("board", "the hall board: bytes, and a leader's session over 64 kbit/s", "board:run", 180),
    Bench("counter", "keys, bytes, memory and idle time at the counter", "counter:run", 150),
)


class Report(Struct, frozen=True):
    """What is written to the file."""

    machine: Machine
    took_s: float
    figures: dict[str, list[Figure]]
    failed: dict[str, str]


class TookTooLong(Exception):
    """A benchmark went past its limit."""


def main(arguments: Sequence[str] | None = None) -> int:
    """0 when everything was measured, 1 when something could not be."""
    options = _options(arguments)
    if options.list:
        for bench in BENCHES:
            print(f"{bench.name:10}{bench.what}")
        return 0
    report = measured([bench for bench in BENCHES if not options.names or bench.name in options.names])
    for line in table(report):
        print(line)
    options.json.parent.mkdir(parents=True, exist_ok=True)
    options.json.write_bytes(msgspec.json.format(msgspec.json.encode(report), indent=2))
    print(f"\nwritten to {options.json}")
    return 1 if report.failed else 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    names = [bench.name for bench in BENCHES]
    parser.add_argument("names", nargs="*", metavar="NAME", choices=[[], *names], help=", ".join(names))
    parser.add_argument("--json", type=Path, default=TARGET, metavar="FILE", help="default: %(default)s")
    parser.add_argument("--list", action="store_true", help="name the benchmarks and stop")
    return parser.parse_args(arguments)


def measured(benches: Sequence[Bench]) -> Report:
    """Run them one after another; what fails is reported and stops nothing."""
    machine, start = this_machine(), time.monotonic()
    figures: dict[str, list[Figure]] = {}
    failed: dict[str, str] = {}
    for bench in benches:
        print(f"{bench.name} ..", file=sys.stderr, flush=True)
        module, _, name = bench.run.partition(":")
        try:
            with limited(bench.limit_s):
                figures[bench.name] = getattr(import_module(f"tests.bench.{module}"), name)()
        except Exception as error:
            failed[bench.name] = f"{type(error).__name__}: {error}"
    return Report(machine, round(time.monotonic() - start, 1), figures, failed)


@contextmanager
def limited(seconds: int) -> Iterator[None]:
    """Break off what takes longer, so that its programs are ended as after any error."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise TookTooLong(f"more than {seconds} s")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def table(report: Report) -> Iterator[str]:
    """The report for people."""
    at = report.machine
    yield f"{at.date}  {at.system}"
    yield f"{at.cpu}, {at.cores} cores, {at.memory_mb} MB, load {at.load}"
    yield f"Python {at.python}, SQLite {at.sqlite}, Textual {at.textual}; took {report.took_s} s"
    for bench in BENCHES:
        if bench.name in report.figures:
            yield f"\n{bench.what}"
            yield from (_row(figure) for figure in report.figures[bench.name])
        elif bench.name in report.failed:
            yield f"\n{bench.what}: could not be measured"
            yield from (f"  {line}" for line in report.failed[bench.name].splitlines())


def _row(figure: Figure) -> str:
    value = "--" if figure.value is None else f"{figure.value:,.10g}"
    return f"  {figure.name:52} {value:>11} {figure.unit:4} {figure.budget:18} {figure.note}".rstrip()


if __name__ == "__main__":
    sys.exit(main())
