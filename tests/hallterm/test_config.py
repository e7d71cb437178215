"""The configuration: where it is found, what it may say, and how its faults are told."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from hallterm import config
from hallterm.actions import ACTIONS
from hallterm.config import ConfigError, load, read_machine_file
from hallterm.keys import resolve
from hallterm.locale import use
from hallterm.machine_files import write_machine_file

ROOT = Path(__file__).parents[2]
HEAVY = ("textual", "peewee", "httpx", "cryptography", "psycopg", "tomli_w", "babel")


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(config, "SYSTEM_CONFIG", tmp_path / "etc" / "hallterm.toml")
    monkeypatch.setattr(config, "SYSTEM_DATA", tmp_path / "var" / "nowhere" / "hallterm")
    use("en")


def environ(tmp_path: Path, **more: str) -> dict[str, str]:
    return {"HOME": str(tmp_path / "home"), **more}


def written(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def refusal(path: Path, text: str) -> str:
    written(path, text)
    with pytest.raises(ConfigError) as caught:
        load(path, environ(path.parent))
    sentence = str(caught.value)
    assert "\n" not in sentence
    return sentence


def test_without_a_file_all_values_are_defaults(tmp_path: Path) -> None:
    settings = load(None, environ(tmp_path))
    assert settings.file is None
    assert (settings.ui.language, settings.window.code, settings.log.level) == ("auto", "", "info")
    assert (settings.backup.keep_daily, settings.backup.keep_weekly, settings.backup.folder) == (7, 4, None)
    assert settings.keys == ()
    assert settings.reserved == ()


def test_the_shipped_file_says_the_defaults_and_nothing_else(tmp_path: Path) -> None:
    shipped = load(ROOT / "hallterm.toml", environ(tmp_path))
    bare = load(None, environ(tmp_path))
    for section in config.SECTIONS:
        assert getattr(shipped, section) == getattr(bare, section), section


def test_the_keys_in_the_comments_of_the_shipped_file_are_the_default_keys(tmp_path: Path) -> None:
    text = (
        (ROOT / "hallterm.toml").read_text(encoding="utf-8").replace("# counter.", "counter.").replace("# menu", "menu")
    )
    settings = load(written(tmp_path / "all.toml", text), environ(tmp_path))
    assert len(settings.keys) == 11
    assert {entry.action: entry.key for entry in settings.keys} == {
        entry.action: ACTIONS[entry.action].keys[0] for entry in settings.keys
    }
    assert resolve(settings.keys).keys == resolve().keys


def test_files_are_searched_in_order(tmp_path: Path) -> None:
    option = written(tmp_path / "option.toml", "[log]\nlevel = 'debug'\n")
    named = written(tmp_path / "named.toml", "[log]\nlevel = 'warning'\n")
    both = environ(tmp_path, HALLTERM_CONFIG=str(named))
    written(tmp_path / "etc" / "hallterm.toml", "[log]\nlevel = 'error'\n")
    assert load(None, environ(tmp_path)).log.level == "error"
    written(tmp_path / "hallterm.toml", "[log]\nlevel = 'info'\n")
    assert load(None, environ(tmp_path)).log.level == "info"
    assert load(None, both).log.level == "warning"
    assert load(option, both).log.level == "debug"


@pytest.mark.parametrize("origin", ["--config", "HALLTERM_CONFIG"])
def test_a_named_file_must_be_there(tmp_path: Path, origin: str) -> None:
    missing = tmp_path / "missing.toml"
    path = missing if origin == "--config" else None
    with pytest.raises(ConfigError, match="no such file") as caught:
        load(path, environ(tmp_path, HALLTERM_CONFIG=str(missing)))
    assert str(missing) in str(caught.value)
    assert origin in str(caught.value)


def test_data_rests_in_the_system_folder_if_it_can_be_written_else_in_the_users(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert load(None, environ(tmp_path)).data.path == tmp_path / "home/.local/share/hallterm"
    own = environ(tmp_path, XDG_DATA_HOME=str(tmp_path / "own"))
    assert load(None, own).data.path == tmp_path / "own" / "hallterm"
    monkeypatch.setattr(config, "SYSTEM_DATA", tmp_path / "hallterm")
    assert load(None, own).data.path == tmp_path / "hallterm"


def test_folders_start_at_the_file_that_names_them(tmp_path: Path) -> None:
    text = '[data]\npath = "data"\n[backup]\nfolder = "/mnt/usb"\n'
    settings = load(written(tmp_path / "conf" / "h.toml", text), environ(tmp_path))
    assert settings.data.path == tmp_path / "conf" / "data"
    assert settings.backup.folder == Path("/mnt/usb")
    assert settings.machine_folder == tmp_path / "conf" / "hallterm.d"


def test_environment_wins_over_the_file_and_options_win_over_both(tmp_path: Path) -> None:
    path = written(tmp_path / "h.toml", '[window]\ncode = "360600001-01"\n[ui]\nlanguage = "zh_CN"\n')
    assert load(path, environ(tmp_path)).window.code == "360600001-01"
    wished = environ(tmp_path, HALLTERM_WINDOW="360600001-02")
    assert load(path, wished).window.code == "360600001-02"
    settings = load(path, wished, data=tmp_path / "x", window="360600001-03", language="en")
    assert (settings.window.code, settings.ui.language, settings.data.path) == ("360600001-03", "en", tmp_path / "x")


def test_machine_files_win_over_the_file_and_later_names_over_earlier(tmp_path: Path) -> None:
    path = written(tmp_path / "h.toml", '[window]\ncode = "360600001-01"\n[log]\nlevel = "error"\n')
    written(tmp_path / "hallterm.d" / "a.toml", '[window]\ncode = "360600001-02"\n')
    written(tmp_path / "hallterm.d" / "b.toml", '[window]\ncode = "360600001-03"\n')
    written(tmp_path / "hallterm.d" / "devices.toml", "[[device]]\nrole = 'pad'\n")
    written(tmp_path / "hallterm.d" / "b.toml.1", "broken")
    settings = load(path, environ(tmp_path))
    assert (settings.window.code, settings.log.level) == ("360600001-03", "error")
    assert read_machine_file(settings, "devices.toml") == {"device": [{"role": "pad"}]}
    assert read_machine_file(settings, "none.toml") == {}


def test_reserved_keys_are_read_with_window_device_and_line(tmp_path: Path) -> None:
    path = written(tmp_path / "h.toml", "")
    text = '# learnt\n[reserved."360600001-03"]\nf9 = "card reader"\n\n[reserved."*"]\n"ctrl+y" = "POS"\n'
    keys = written(tmp_path / "hallterm.d" / "keys.toml", text)
    nine, move = load(path, environ(tmp_path)).reserved
    assert (nine.window, nine.key, nine.device) == ("360600001-03", "f9", "card reader")
    assert (nine.place.file, nine.place.line) == (str(keys), 3)
    assert (move.window, move.key, move.place.line) == ("*", "ctrl+y", 6)


@pytest.mark.parametrize("line", ["counter.finish = 'f7'", "'counter.finish' = 'f7'", '"counter.finish"="f7"'])
def test_an_action_may_be_written_with_or_without_quotes(tmp_path: Path, line: str) -> None:
    (binding,) = load(written(tmp_path / "h.toml", f"[keys]\n\n{line}\n"), environ(tmp_path)).keys
    assert (binding.action, binding.key, binding.place.line) == ("counter.finish", "f7", 3)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ('[data]\npath = "x"\n\npath = /var\n', ("line 4", "path = /var", "key = value")),
        ("[data\n", ("line 1", "[data")),
        ("[log]\nlevel = 3\n", ("line 2", "[log] level = 3", '"debug"')),
        ('[log]\n\nlevel = "loud"\n', ("line 3", '"loud"', '"warning"')),
        ('[data]\npath = ""\n', ("line 2", '[data] path = ""', "a folder")),
        ("[ui]\nlanguage = true\n", ("line 2", "language = true", '"zh_CN"')),
        ('[ui]\nlangauge = "en"\n', ("line 2", "no key langauge", "did you mean language?")),
        ('[ui]\nzzz = "en"\n', ("line 2", "no key zzz", "known are language")),
        ('[windw]\ncode = ""\n', ("line 1", "[windw]", "did you mean window?")),
        ('log = "info"\n', ("line 1", 'log = "info"', "[log]")),
        ('[window]\ncode = "3"\n', ("line 2", 'code = "3"', "360600001-03")),
        ("[backup]\nkeep_daily = 0\n", ("line 2", "keep_daily = 0", "1 to 366")),
        ("[backup]\nkeep_weekly = 1.5\n", ("line 2", "keep_weekly = 1.5", "0 to 520")),
        ('[sync]\nupstream = "centre"\n', ("line 2", 'upstream = "centre"', "https://")),
        ('[sync]\nlisten = "127.0.0.1:70000"\n', ("line 2", "70000", "127.0.0.1:8443")),
        ("[keys]\ncounter.call = 5\n", ("line 2", "counter.call = 5", '"f5"')),
        ("backup.keep_daily = 'x'\n", ("line 1", 'keep_daily = "x"')),
        ("[reserved]\nf9 = 'POS'\n", ("line 2", '[reserved."f9"]')),
        ('[reserved."*"]\nf9 = 9\n', ("line 2", "f9 = 9", "device")),
    ],
)
def test_a_fault_names_file_line_key_what_was_found_and_what_is_expected(
    tmp_path: Path, text: str, parts: tuple[str, ...]
) -> None:
    path = tmp_path / "h.toml"
    sentence = refusal(path, text)
    assert str(path) in sentence
    for part in parts:
        assert part in sentence


def test_a_fault_is_told_in_chinese_with_the_same_values(tmp_path: Path) -> None:
    use("zh_CN")
    sentence = refusal(tmp_path / "h.toml", "[log]\nlevel = 3\n")
    use("en")
    assert "第 2 行 [log] level = 3: 应为" in sentence


def test_a_fault_of_a_machine_file_names_that_file(tmp_path: Path) -> None:
    bad = written(tmp_path / "hallterm.d" / "keys.toml", "[reserved.'*']\nf9 = 1\n")
    assert f"{bad} line 2" in refusal(tmp_path / "h.toml", "")


def test_a_fault_of_the_environment_names_the_variable(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r'HALLTERM_WINDOW \[window\] code = "x"'):
        load(None, environ(tmp_path, HALLTERM_WINDOW="x"))


def test_text_that_is_not_utf8_is_refused_and_a_bom_is_not(tmp_path: Path) -> None:
    path = tmp_path / "h.toml"
    path.write_bytes('[data]\npath = "数据"\n'.encode("gbk"))
    with pytest.raises(ConfigError, match="not UTF-8"):
        load(path, environ(tmp_path))
    path.write_bytes('[data]\npath = "数据"\n'.encode("utf-8-sig"))
    assert load(path, environ(tmp_path)).data.path == tmp_path / "数据"


def test_a_machine_file_is_replaced_whole_and_the_last_three_are_kept(tmp_path: Path) -> None:
    folder = tmp_path / "hallterm.d"
    for number in range(6):
        write_machine_file(folder, "keys.toml", {"reserved": {"*": {"f9": f"reader {number}"}}})
    names = {path.name: path for path in folder.iterdir()}
    assert sorted(names) == ["keys.toml", "keys.toml.1", "keys.toml.2", "keys.toml.3"]
    devices = [tomllib.loads(names[name].read_text())["reserved"]["*"]["f9"] for name in sorted(names)]
    assert devices == ["reader 5", "reader 4", "reader 3", "reader 2"]


def test_writing_the_same_again_keeps_the_older_copies(tmp_path: Path) -> None:
    for text in ("a", "b", "b", "b"):
        path = write_machine_file(tmp_path, "keys.toml", {"reserved": {"*": {"f9": text}}})
    assert sorted(p.name for p in tmp_path.iterdir()) == ["keys.toml", "keys.toml.1"]
    assert "b" in path.read_text()


def test_a_write_that_fails_leaves_the_old_file_and_no_rest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_machine_file(tmp_path, "keys.toml", {"a": {"b": 1}})

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_machine_file(tmp_path, "keys.toml", {"a": {"b": 2}})
    assert tomllib.loads(path.read_text()) == {"a": {"b": 1}}
    assert [p.name for p in tmp_path.iterdir()] == ["keys.toml"]


@pytest.mark.parametrize("module", ["hallterm.config", "hallterm.keys", "hallterm.catalogue", "hallterm.cli"])
def test_nothing_heavy_is_loaded_to_read_a_configuration(module: str) -> None:
    code = f"import sys, {module}; print(*[m for m in {HEAVY!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout.split() == []
