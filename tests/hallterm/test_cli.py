"""The command line as people use it: real processes, both languages, exit codes, no traceback."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import click
import pytest

from hallterm import cli, cli_catalogue
from hallterm.locale import compile_catalogues, use

ROOT = Path(__file__).parents[2]
WINDOW = "360600001-03"
TABLE = "matters.csv"
TARGETS = sorted({*(entry.target for entry in cli.ENTRIES.values()), cli.DEVICE_PRESS, cli_catalogue.IMPORT})


@pytest.fixture(scope="module", autouse=True)
def _catalogues() -> None:
    compile_catalogues()


@pytest.fixture(autouse=True)
def _english() -> None:
    use("en")


def hallterm(*words: str, folder: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    """``python -m hallterm`` in an empty folder, with an environment of its own."""
    clean = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "XDG_DATA_HOME": str(folder / "own"),
        "LANG": "zh_CN.UTF-8",
    }
    arguments = [sys.executable, "-W", "error", "-m", "hallterm", *words]
    paths = {"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(
        arguments, cwd=folder, env=clean | paths | environ, capture_output=True, text=True, encoding="utf-8", timeout=60
    )
    assert "Traceback" not in done.stderr
    return done


def test_keys_are_printed_in_chinese(tmp_path: Path) -> None:
    done = hallterm("keys", folder=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    rows = [line.split() for line in done.stdout.splitlines()]
    assert ["F5", "01", "J", "叫号", "counter.call"] in rows
    assert ["退格", "11", "U", "撤销", "undo"] in rows
    assert "没有键和设备相冲。" in done.stdout


def test_keys_are_printed_in_english(tmp_path: Path) -> None:
    done = hallterm("keys", folder=tmp_path, LANG="en_US.UTF-8", KONSOLE_VERSION="220400")
    assert (done.returncode, done.stderr) == (0, "")
    assert ["F5", "01", "J", "Call", "the", "next", "ticket", "counter.call"] in map(
        str.split, done.stdout.splitlines()
    )
    assert "This terminal: konsole" in done.stdout
    assert done.stdout.isascii()


@pytest.mark.parametrize(
    ("words", "environ", "chinese"),
    [
        (("keys", "--lang", "en"), {}, False),
        (("--lang=en", "keys"), {}, False),
        (("keys", "--lang", "zh_CN"), {"LANG": "en_US.UTF-8"}, True),
        (("keys",), {"TERM": "linux"}, False),
        (("keys",), {"LANG": "zh_CN.GB18030"}, False),
    ],
)
def test_the_language_is_that_of_option_or_terminal(
    tmp_path: Path, words: tuple[str, ...], environ: dict[str, str], chinese: bool
) -> None:
    done = hallterm(*words, folder=tmp_path, **environ)
    assert done.returncode == 0
    assert ("叫号" in done.stdout) is chinese


def test_the_language_of_the_configuration_holds(tmp_path: Path) -> None:
    (tmp_path / "hallterm.toml").write_text('[ui]\nlanguage = "en"\n')
    assert "Call the next ticket" in hallterm("keys", folder=tmp_path).stdout


def test_keys_follow_the_reserved_keys_of_the_window(tmp_path: Path) -> None:
    (tmp_path / "hallterm.toml").write_text("")
    (tmp_path / "hallterm.d").mkdir()
    (tmp_path / "hallterm.d" / "keys.toml").write_text(f'[reserved."{WINDOW}"]\nf5 = "POS"\n')
    assert "No key clashes" in hallterm("keys", "--lang", "en", folder=tmp_path).stdout
    done = hallterm("keys", "--lang", "en", "--window", WINDOW, folder=tmp_path)
    assert "Call the next ticket has moved from F5 to Del" in done.stdout


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ('[keys]\nfinish = "f12"\n', '第 2 行 [keys] finish = "f12": 终端会吃掉它。可用 Del、End、Home'),
        ('[keys]\nfinsh = "f8"\n', "没有 finsh 这个动作。是不是 counter.finish?"),
        ('[log]\nlevel = "x"\n', '第 2 行 [log] level = "x": 应为"debug"'),
        ("[log\n", "第 1 行: [log 看不懂"),
        ('[log]\nlevel = "info"\n[log]\n', "第 3 行: [log] 写了两次"),
        ('[log]\nlevel = "info"\nlevel = "debug"\n', '第 3 行: level = "debug" 写了两次'),
        ('[sync]\nupstream = "http://centre:99999"\n', '第 2 行 [sync] upstream = "http://centre:99999": 应为网址'),
    ],
)
def test_a_bad_configuration_is_one_sentence_and_exit_code_two(tmp_path: Path, text: str, part: str) -> None:
    (tmp_path / "hallterm.toml").write_text(text)
    done = hallterm("keys", folder=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert len(done.stderr.splitlines()) == 1
    assert part in done.stderr


@pytest.mark.parametrize(
    ("words", "part"),
    [
        (("nonsense",), "there is no command nonsense; hallterm --help"),
        (("keys", "--nonsense"), "there is no option --nonsense; hallterm keys --help"),
        (("keys", "extra", "more"), "extra more: too many words; hallterm keys --help"),
        (("keys", "--lang"), "--lang needs a value; hallterm"),
        (("device", "press", WINDOW), "KEY is missing; hallterm device press --help"),
        (("device", "press", WINDOW, "x"), "KEY takes a number from 1 to 9"),
        (("device", "test", "--level", "all"), "--level takes one of internal, external, interactive"),
        (("device", "sim", "--auto", "yes"), "--auto takes a whole number"),
        (("device", "monitor", "/dev/null"), "/dev/null is no serial port"),
        (("enrol", "7K3M-PQ9T-2H", "--url", "centre"), "centre is no address of a centre"),
        (("catalogue", "import", TABLE), "the password is asked for at a terminal"),
        (("device", "monitor", "x", "--seconds", "-1"), "--seconds takes a number from 0 on"),
        (("catalogue",), "hallterm catalogue needs one of these words after it: "),
        (("admin", "revoke", "x"), "--reason TEXT is missing; hallterm admin revoke --help"),
        (("catalogue", "check", "none.csv"), "none.csv: it is not there; check the path"),
        (("keys", "--config", "none.toml"), "none.toml: there is no such file"),
        (("keys", "--window", "3"), '--window [window] code = "3": expected hall code'),
        (("--lang", "fr", "keys"), "--lang takes one of auto, zh_CN, en"),
    ],
)
def test_bad_input_is_one_sentence_and_exit_code_two(tmp_path: Path, words: tuple[str, ...], part: str) -> None:
    (tmp_path / TABLE).write_text("code,name_zh,limit_min\nL50,甲,5\n", encoding="utf-8")
    done = hallterm(*words, folder=tmp_path, LANG="en_US.UTF-8")
    assert (done.returncode, done.stdout) == (2, "")
    assert len(done.stderr.splitlines()) == 1
    assert part in done.stderr


def test_without_a_hall_each_command_says_so(tmp_path: Path) -> None:
    """Also when one of them has made the empty file before."""
    for words in (("rebuild",), ("station",), ("rebuild",), ("report", "R02")):
        done = hallterm(*words, "--data", str(tmp_path), folder=tmp_path, LANG="en_US.UTF-8")
        assert done.returncode in (1, 2), words
        assert done.stderr == f"{tmp_path} holds no hall: run hallterm setup first, or name the folder with --data\n"


def test_a_table_of_matters_is_checked(tmp_path: Path) -> None:
    table = tmp_path / "hall.csv"
    table.write_bytes("code,name_zh,limit_min\nL50,代办业务,5\n".encode("gbk"))
    done = hallterm("catalogue", "check", str(table), folder=tmp_path)
    assert (done.returncode, done.stdout) == (0, "hall.csv: 1 个事项,没有错\n")
    table.write_text("code,name_zh,limit_min\nV50,甲,5\nL51,乙,999\n", encoding="utf-8")
    done = hallterm("catalogue", "check", str(table), folder=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert [line.partition(":")[0] for line in done.stderr.splitlines()] == ["hall.csv 第 2 行", "hall.csv 第 3 行"]


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_help_lists_every_command_in_both_languages(tmp_path: Path, language: str) -> None:
    done = hallterm("--help", "--lang", language, folder=tmp_path)
    assert done.returncode == 0
    for name in cli.BUILDERS:
        assert f"\n  {name} " in done.stdout
    english = [word for word in ("Usage", "Options", "Commands", "Show", "Print") if word in done.stdout]
    assert english == ([] if language == "zh_CN" else ["Usage", "Options", "Commands", "Show", "Print"])
    assert "..." not in done.stdout.partition("\n")[2]


@pytest.mark.parametrize("name", sorted(cli.BUILDERS))
def test_every_command_has_help(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--lang", "en", name, "--help"]) == 0
    assert f"Usage: hallterm {name}" in capsys.readouterr().out


@pytest.mark.parametrize("language", ["zh_CN", "en"])
@pytest.mark.parametrize("name", ["device", "catalogue"])
def test_the_language_may_follow_the_word_of_a_group(
    name: str, language: str, capsys: pytest.CaptureFixture[str]
) -> None:
    for words in ([name, "--lang", language, "--help"], [f"--lang={language}", name, "--help"]):
        assert cli.main(words) == 0
        assert capsys.readouterr().out.startswith({"en": "Usage", "zh_CN": "用法"}[language])


def test_options_of_a_group_reach_its_command_and_the_nearest_wins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "told_room.py").write_text("def main(settings, *words):\n    print(settings.ui.language, *words)\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(cli, "DEVICE_PRESS", "told_room:main")
    words = ["--lang", "zh_CN", "--data", str(tmp_path), "device", "--lang", "en", "press", "1", "5"]
    assert cli.main(words) == 0
    assert capsys.readouterr().out == "en 1 5\n"
    monkeypatch.delitem(sys.modules, "told_room")


def test_help_loads_no_room() -> None:
    code = (
        "import sys\nfrom hallterm.cli import main\nmain(['--help'])\n"
        "print(*[m for m in sys.modules if m.split('.')[0] in ('textual', 'peewee', 'httpx', 'cryptography', 'psycopg')"
        " or m.startswith(('hallterm.catalogue', 'hallterm.screens', 'hallterm.station', 'storage.journal'))])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout.splitlines()[-1] == ""


def test_a_reader_that_goes_away_is_no_fault(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    arguments = [sys.executable, "-W", "error", "-m", "hallterm", "keys", "--data", str(tmp_path)]
    try:
        done = subprocess.run(arguments, stdout=writing, stderr=subprocess.PIPE, text=True, cwd=ROOT, timeout=60)
    finally:
        os.close(writing)
    assert (done.returncode, done.stderr) == (0, "")
    assert list(tmp_path.iterdir()) == []


def test_settings_and_arguments_reach_the_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a_room.py").write_text(
        "def main(settings, *words):\n    print(settings.data.path, settings.window.code, *words)\n    return 7\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(cli, "ENTRIES", {"run": cli.Entry("a_room:main", ""), "doctor": cli.Entry("a_room:main", "")})
    monkeypatch.setattr(cli, "DEVICE_PRESS", "a_room:main")
    for words in (["--data", str(tmp_path)], ["doctor", "--data", str(tmp_path)], ["--data", str(tmp_path), "doctor"]):
        assert cli.main(["--window", WINDOW, *words]) == 7
    assert cli.main(["device", "press", WINDOW, "5", "--data", str(tmp_path)]) == 7
    monkeypatch.delitem(sys.modules, "a_room")


@pytest.mark.parametrize("error", ["ValueError('张晓梅 110101199003070011')", "RuntimeError('张晓梅')"])
def test_what_nobody_foresaw_is_recorded_without_values(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], error: str
) -> None:
    (tmp_path / "bad_room.py").write_text(f"def main(settings):\n    raise {error}\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(cli, "ENTRIES", {"doctor": cli.Entry("bad_room:main", "")})
    assert cli.main(["doctor", "--data", str(tmp_path / "data"), "--lang", "en"]) == 1
    monkeypatch.delitem(sys.modules, "bad_room")
    told = capsys.readouterr().err
    (record,) = (tmp_path / "data" / "log").iterdir()
    assert record.stem in f"incident-{told.partition('incident ')[2].partition(' ')[0]}"
    assert "张晓梅" not in told + record.read_text(encoding="utf-8")


@pytest.mark.parametrize("target", TARGETS)
def test_every_command_leads_to_a_function(target: str) -> None:
    module, _colon, name = target.partition(":")
    assert find_spec(module) is not None, module
    assert callable(getattr(import_module(module), name))


def test_click_s_errors_are_those_that_are_told_in_words_of_our_own() -> None:
    """A new kind of click would fall into the general sentence; this says so when click changes."""
    kinds = {name for name in dir(click.exceptions) if name[0].isupper() and name.startswith("NoSuch")}
    assert kinds == {"NoSuchOption", "NoSuchCommand"}
