"""A terminal loads nothing that belongs to the station, the centre or a report; the station loads no screen."""

from __future__ import annotations

import subprocess
import sys
import textwrap

from tests.end_to_end.hall import MEI, PASSWORD, Hall, window

NOT_IN_A_TERMINAL = {"psycopg", "httpx", "cryptography", "starlette", "uvicorn", "escpos", "xlsxwriter", "serial"}
NOT_IN_A_STATION = {"textual", "rich", "psycopg", "starlette", "uvicorn", "xlsxwriter"}
LOADED = "print(*sorted({name.partition('.')[0] for name in sys.modules}))"


def loaded(code: str, *arguments: str) -> set[str]:
    """Packages loaded by a fresh interpreter once it has run the code."""
    program = f"import sys\n{textwrap.dedent(code)}\n{LOADED}"
    done = subprocess.run([sys.executable, "-c", program, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


def test_the_app_of_a_terminal_loads_nothing_heavy() -> None:
    found = loaded("import hallterm.wiring, hallterm.run")
    assert {"textual", "peewee"} <= found
    assert found & NOT_IN_A_TERMINAL == set()


def test_the_launcher_loads_no_screen() -> None:
    found = loaded("from hallterm.cli import main; main(['--help'])")
    assert found & (NOT_IN_A_TERMINAL | {"textual", "peewee"}) == set()


def test_a_terminal_stays_light_after_signing_on_and_serving(hall: Hall) -> None:
    hall.issue()
    code = """
        import asyncio, os
        os.environ["HALLTERM_NO_STATION"] = "1"
        from pathlib import Path
        from hallterm.config import load
        from hallterm.keys import resolve
        from hallterm.wiring import TerminalApp

        config, place, staff, password = sys.argv[1:]
        settings = load(Path(config), {}, window=place)
        app = TerminalApp(settings, resolve((), (), place), "sign_on")

        async def until(state):
            while not (app.view and str(app.view.window.state) == state):
                await asyncio.sleep(0.05)

        async def work():
            async with app.run_test(size=(80, 24)) as pilot:
                while app.screen.id != "sign-on":
                    await asyncio.sleep(0.05)
                await pilot.press(*staff, "enter", *("space" if sign == " " else sign for sign in password), "enter")
                for state, key in (("idle", "f5"), ("called", "f6"), ("serving", "f8")):
                    await until(state)
                    await pilot.press(key)
                await until("idle")

        asyncio.run(asyncio.wait_for(work(), 60))
        app.storage.close()
    """
    found = loaded(code, str(hall.config), window(1), MEI, PASSWORD)
    assert found & NOT_IN_A_TERMINAL == set()
    assert hall.kinds().count("service.finished") == 1


def test_the_station_loads_no_screen() -> None:
    found = loaded("import hallterm.station.main, hallterm.station.syncing")
    assert {"peewee", "serial"} <= found
    assert found & NOT_IN_A_STATION == set()
