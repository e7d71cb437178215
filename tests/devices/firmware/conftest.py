"""The C pad, built once a run: plainly, and with the sanitizers where the compiler has them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.devices.firmware.program import SANITIZERS, Program, build, compiler


@pytest.fixture(scope="session")
def c_pad(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program as it is delivered; skips where there is no C compiler."""
    if compiler() is None:
        pytest.skip("no C compiler on this machine")
    built = build(tmp_path_factory.mktemp("c-pad"))
    assert built is not None
    return built


@pytest.fixture(scope="session")
def watched_pad(c_pad: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program with AddressSanitizer and UBSan, the plain one where the compiler has none."""
    return build(tmp_path_factory.mktemp("watched-pad"), *SANITIZERS) or c_pad


@pytest.fixture
def batch(watched_pad: Path) -> Iterator[Program]:
    """Without line and clock, address 3."""
    with Program(watched_pad, "--batch", "--address", "3") as running:
        yield running


@pytest.fixture
def day_pad(watched_pad: Path) -> Iterator[Program]:
    """One whose heart beats once a day."""
    with Program(watched_pad, "--batch", "--address", "3", "--heart", "86400000") as running:
        yield running


@pytest.fixture
def bus_pad(watched_pad: Path) -> Iterator[Program]:
    """One that says nothing unasked."""
    with Program(watched_pad, "--batch", "--address", "3", "--bus") as running:
        yield running
