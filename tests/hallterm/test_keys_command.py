"""``hallterm keys``: for people and machines, and what it learns of a reader without keeping what it read."""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner

from hallterm.cli import build
from hallterm.config import ConfigError, load
from hallterm.key_saving import with_reader
from hallterm.key_trial import Arrived, KeyTrial, Learnt, Told, pattern_of
from hallterm.locale import use
from hallterm.reader_settings import TypingReader, reader_of
from tests.end_to_end.keys import key_bytes
from tests.end_to_end.terminal import Terminal

WINDOW = "360600001-03"
TRACK = ";6222021234567890128=30122010000000000?"


@pytest.fixture(autouse=True)
def _english() -> None:
    use("en")


def configured(folder: Path, text: str, keys: str = "") -> Path:
    file = folder / "hallterm.toml"
    file.write_text(f'[data]\npath = "{folder}"\n{text}', "utf-8")
    (folder / "hallterm.d").mkdir(exist_ok=True)
    if keys:
        (folder / "hallterm.d" / "keys.toml").write_text(keys, "utf-8")
    return file


def arrived(text: str, gap_ms: float, *, header: str = "", end: str = "enter", at_ms: float = 0.0) -> list[Arrived]:
    names = [header] * bool(header) + [*text] + [end] * bool(end)
    return [Arrived(one, one if len(one) == 1 else None, at_ms + n * gap_ms) for n, one in enumerate(names, 1)]


def told_of(keys: list[Arrived], trial: KeyTrial | None = None) -> list[Told]:
    trial = trial or KeyTrial()
    told = [one for key in keys for one in trial.take(key)]
    return told + trial.take(None)


# A reader in the configuration


def test_a_reader_is_read_with_its_habits(tmp_path: Path) -> None:
    keys = f'[reader."{WINDOW}"]\ngap_ms = 250\naverage_ms = 90\npatterns = ["T[0-9]{{5}}"]\n[reader."*"]\n'
    settings = load(configured(tmp_path, "", keys), {})
    own = TypingReader(WINDOW, 250, 90, patterns=("T[0-9]{5}",))
    assert reader_of(settings.readers, WINDOW) == own
    assert reader_of(settings.readers, "360600001-09") == TypingReader("*")


def test_a_window_has_no_reader_unless_it_is_said(tmp_path: Path) -> None:
    settings = load(configured(tmp_path, ""), {})
    assert reader_of(settings.readers, WINDOW, settings.window.typing_reader) is None
    settings = load(configured(tmp_path, "[window]\ntyping_reader = true\n"), {})
    assert reader_of(settings.readers, WINDOW, settings.window.typing_reader) == TypingReader(WINDOW)


@pytest.mark.parametrize(
    ("line", "parts"),
    [
        ("gap_ms = 251", ("line 2", "gap_ms = 251", "from 20 to 250")),
        ("average_ms = 'x'", ("line 2", "from 5 to 250")),
        ('patterns = "x"', ("line 2", "a list of regular expressions")),
        ('patterns = ["[0-9"]', ("line 2", "a list of regular expressions")),
        ('patterns = [""]', ("line 2", "a list of regular expressions")),
        ("gap = 5", ("line 2", f"[reader.{WINDOW}]", "did you mean gap_ms?")),
    ],
)
def test_a_fault_in_a_reader_is_told_with_its_line(tmp_path: Path, line: str, parts: tuple[str, ...]) -> None:
    file = configured(tmp_path, "", f'[reader."{WINDOW}"]\n{line}\n')
    with pytest.raises(ConfigError) as caught:
        load(file, {})
    assert "keys.toml" in str(caught.value)
    assert all(part in str(caught.value) for part in parts), str(caught.value)


def test_a_reader_without_a_window_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"\[reader\] holds windows"):
        load(configured(tmp_path, "", "[reader]\ngap_ms = 50\n"), {})


# What is learnt


def test_a_swipe_with_a_header_is_learnt_without_content() -> None:
    (told,) = told_of(arrived(TRACK, 8.0, header="f9"))
    assert told == Told(count=len(TRACK), learnt=Learnt("f9", 8.0, 50, 20, ""))


def test_a_slow_reader_gets_wider_limits() -> None:
    (told,) = told_of(arrived("690123456789", 100.0))
    assert told.learnt == Learnt("", 100.0, 150, 150, "[0-9]{12}")


def test_a_code_gives_a_pattern_of_its_make() -> None:
    assert pattern_of("HT-a0310") == "[A-Z]{2}[^0-9A-Za-z][a-z][0-9]{4}"
    keys = [*arrived("HT0317", 5.0), *arrived("HT0318", 5.0, at_ms=900.0)]
    assert [told.learnt.pattern for told in told_of(keys) if told.learnt] == ["[A-Z]{2}[0-9]{4}"] * 2


def test_lonely_keys_are_told_by_their_names_and_text_by_its_length() -> None:
    keys = [Arrived("f5", None, 100.0), Arrived("enter", "\r", 500.0), *arrived("fapiao", 130.0, end="", at_ms=900.0)]
    keys += [Arrived("发", "发", 3000.0), Arrived("票", "票", 3000.0), Arrived("4", "4", 4000.0)]
    named = [told.name or told.count for told in told_of(keys)]
    assert named == ["f5", "enter", 6, 2, 1]


def test_a_person_and_a_repeated_key_are_no_reader() -> None:
    typed = [Arrived(one, one, at) for one, at in zip("receipt", (0, 120, 260, 330, 470, 580, 700), strict=True)]
    assert [told.learnt for told in told_of(typed)] == [None]
    assert [told.learnt for told in told_of(arrived("4" * 30, 33.0))] == [None]


def test_the_buffer_is_overwritten() -> None:
    trial = KeyTrial()
    told_of(arrived(TRACK, 8.0), trial)
    assert set(trial._text) == {0}
    assert trial.due_ms is None


def test_what_stands_in_the_file_stays() -> None:
    before: dict[str, dict[str, dict[str, object]]] = {
        "reserved": {"*": {"f4": "IME"}},
        "reader": {WINDOW: {"header_ms": 60, "patterns": ["[0-9]{8}"]}},
    }
    after = with_reader(before, WINDOW, "POS", Learnt("f9", 8.0, 50, 20, "[A-Z]{2}"))
    reader = {"header_ms": 60, "patterns": ["[0-9]{8}", "[A-Z]{2}"], "gap_ms": 50, "average_ms": 20}
    assert after == {"reserved": {"*": {"f4": "IME"}, WINDOW: {"f9": "POS"}}, "reader": {WINDOW: reader}}
    assert "gap_ms" not in before["reader"][WINDOW]


# The command


def test_a_machine_reads_map_clashes_and_what_the_terminal_swallows(tmp_path: Path) -> None:
    keys = f'[reserved."{WINDOW}"]\nf9 = "POS"\n[reader."{WINDOW}"]\n'
    words = ["keys", "--json", "--window", WINDOW, "--config", str(configured(tmp_path, "", keys))]
    done = CliRunner(env={"VTE_VERSION": "6003"}).invoke(build(), words, standalone_mode=False)
    found = msgspec.json.decode(done.output)
    assert found["keys"]["counter.no_show"] == ["delete"]
    assert found["moved"] == [{"action": "counter.no_show", "key": "f9", "to": "delete", "device": "POS"}]
    assert found["swallowed"] == [{"terminal": "GNOME, MATE (VTE)", "key": "f1", "action": "help"}]
    assert found["typing_reader"]["gap_ms"] == 50


@pytest.mark.parametrize("text", ["", "[window]\ntyping_reader = true\n"])
def test_people_are_told_of_a_reader_that_types(tmp_path: Path, text: str) -> None:
    words = ["keys", "--lang", "en", "--config", str(configured(tmp_path, text))]
    done = CliRunner().invoke(build(), words, standalone_mode=False)
    assert ("A reader types here: up to 50 ms" in done.output) is bool(text)


def test_without_a_terminal_nothing_can_be_tried(tmp_path: Path) -> None:
    words = ["keys", "--try", "--lang", "en", "--config", str(configured(tmp_path, ""))]
    done = CliRunner().invoke(build(), words, standalone_mode=False)
    assert (done.return_value, "needs a terminal" in done.stderr) == (2, True)


def trying(folder: Path, *, text: str = "", keys: str = "") -> Terminal:
    config = configured(folder, text, keys)
    command = [sys.executable, "-m", "hallterm", "keys", "--try", "--lang", "en", "--window", WINDOW]
    return Terminal([*command, "--config", str(config)], env={"HOME": str(folder)}, size=(300, 30))


@pytest.mark.pty
def test_trying_shows_keys_learns_the_readers_and_says_what_moved(tmp_path: Path) -> None:
    older = f'[reader."{WINDOW}"]\nheader_ms = 60\n'
    with trying(tmp_path, keys=older) as terminal:
        terminal.wait_for("Ctrl+Q leaves")
        for key, shown in (("f5", "Call the next ticket"), ("ctrl+c", "does nothing"), ("f8", "Finish the matter")):
            terminal.press(key)
            terminal.wait_for(shown)
        terminal.send(key_bytes("f9") + TRACK.encode() + b"\r")
        terminal.wait_for(f"a reader: F9 and {len(TRACK)} characters")
        terminal.press("f8")
        assert terminal.wait_exit() == 0
        assert "No-show has moved from F9 to Del" in terminal.text()
        assert terminal.echoes
        assert TRACK[1:7].encode() not in terminal.raw
    folder = tmp_path / "hallterm.d"
    written = tomllib.loads((folder / "keys.toml").read_text("utf-8"))
    assert written["reserved"] == {WINDOW: {"f9": "card reader"}}
    assert written["reader"][WINDOW] == {"header_ms": 60, "gap_ms": 50, "average_ms": 20}
    assert (folder / "keys.toml.1").read_text("utf-8") == older


@pytest.mark.pty
def test_an_explicit_key_of_the_reader_is_told_and_nothing_is_written(tmp_path: Path) -> None:
    with trying(tmp_path, text='[keys]\nfinish = "f9"\nno_show = "end"\n') as terminal:
        terminal.wait_for("Ctrl+Q leaves")
        terminal.send(key_bytes("f9") + TRACK.encode() + b"\r")
        terminal.wait_for("a reader: F9")
        terminal.press("f8")
        assert terminal.wait_exit() == 0
        text = " ".join(terminal.text().split())
        assert "card reader sends F9 at this window" in text
        assert "Nothing was saved" in text
    assert not (tmp_path / "hallterm.d" / "keys.toml").exists()


@pytest.mark.pty
def test_trying_ends_with_its_terminal_or_by_its_key(tmp_path: Path) -> None:
    with trying(tmp_path) as terminal:
        terminal.wait_for("Ctrl+Q leaves")
        terminal.press("ctrl+q")
        assert terminal.wait_exit() == 0
        assert terminal.echoes
