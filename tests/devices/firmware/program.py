"""The C pad of devices/firmware, compiled, and spoken to line by line."""

import os
import shutil
import subprocess
from pathlib import Path
from typing import Final, Self

FIRMWARE: Final = Path(__file__).parents[3] / "devices/firmware"
STRICT: Final = ("-std=c99", "-Wall", "-Wextra", "-Werror", "-pedantic")
SANITIZERS: Final = ("-O1", "-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=all")
SERIAL: Final = "HT25A0000317"
END_LIMIT_S: Final = 20.0


def compiler() -> str | None:
    """The C compiler of this machine, if it has one."""
    return next((found for name in ("cc", "gcc", "clang") if (found := shutil.which(name))), None)


def build(folder: Path, *flags: str) -> Path | None:
    """The program, or None if the compiler does not know a flag; what it says against the code is an error."""
    cc = compiler()
    assert cc is not None
    if flags and not _works(cc, folder, flags):
        return None
    program = folder / "pad"
    done = subprocess.run([cc, *STRICT, *flags, "-o", program, FIRMWARE / "host.c"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return program


def _works(cc: str, folder: Path, flags: tuple[str, ...]) -> bool:
    source, trial = folder / "trial.c", folder / "trial"
    source.write_text("int main(void) { return 0; }\n")
    built = subprocess.run([cc, *flags, "-o", trial, source], capture_output=True).returncode == 0
    return built and subprocess.run([trial], capture_output=True).returncode == 0


class Program:
    """One running C pad; `tell` sends a line and returns the answer. Its own end by itself is a failure."""

    def __init__(self, program: Path, *arguments: str, serial: str = SERIAL) -> None:
        self._process = subprocess.Popen(
            [program, *arguments, "--serial", serial],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="ascii", env=_environment(),
        )  # fmt: skip

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def read_line(self) -> str:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line.endswith("\n"), f"the pad ended with {self._process.wait(END_LIMIT_S)}"
        return line.strip()

    def tell(self, line: str) -> str:
        assert self._process.stdin is not None
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()
        return self.read_line()

    def close(self) -> None:
        """Its standard input ends, so it does; 0 says that no sanitizer found anything."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        code = self._process.wait(END_LIMIT_S)
        self._process.stdout.close()
        assert code == 0


def _environment() -> dict[str, str]:
    return {**os.environ, "ASAN_OPTIONS": "detect_leaks=1", "UBSAN_OPTIONS": "print_stacktrace=1"}
