"""hallterm.toml as typed settings.

``hallterm.toml`` is for people and is never written by the program. ``hallterm.d/*.toml`` beside it is what technicians'
screens write; it is read after it, in the order of the names, and wins. ``hallterm.d/devices.toml`` belongs to the
devices and is left out here.

Every fault is a :class:`ConfigError` with one sentence: file, line, key, what was found, what is expected.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from hallterm.actions import Binding, Place, ReservedKey
from hallterm.launch_template import PLACEHOLDERS, Broken, UnknownPlaceholder, words_of
from hallterm.locale import N_, _
from hallterm.os_words import why as system_words
from hallterm.reader_settings import READER_EXPECTED, TypingReader

SYSTEM_DATA = Path("/var/lib/hallterm")
SYSTEM_CONFIG = Path("/etc/hallterm/hallterm.toml")
DEVICES_FILE = "devices.toml"
KEYS_FILE = "keys.toml"
PORT = r"([1-9]\d{0,3}|[1-5]\d{4}|6[0-4]\d{3}|65[0-4]\d{2}|655[0-2]\d|6553[0-5])"
ADDRESS = rf"https?://([^\s/:]+|\[[^\s/]+\])(:{PORT})?(/\S*)?"


class ConfigError(Exception):
    """The configuration cannot be used; the text is one sentence for the person who wrote it."""


class DataSettings(Struct, frozen=True):
    path: Path = Path()


class UiSettings(Struct, frozen=True):
    language: Literal["auto", "zh_CN", "en"] = "auto"


class WindowSettings(Struct, frozen=True):
    code: Annotated[str, Meta(pattern=r"^([0-9A-Za-z]+-[0-9]{2})?\Z")] = ""
    typing_reader: bool = False


class SyncSettings(Struct, frozen=True):
    upstream: Annotated[str, Meta(pattern=rf"^({ADDRESS})?\Z")] = ""
    listen: Annotated[str, Meta(pattern=rf"^(\S+:{PORT})?\Z")] = ""
    ca: Path | None = None
    certificate: Path | None = None
    key: Path | None = None


class LaunchSettings(Struct, frozen=True):
    """``command`` empty: nothing is opened beside the counter."""

    command: Annotated[str, Meta(max_length=500)] = ""


class BackupSettings(Struct, frozen=True):
    """``folder`` None: the folder ``backup`` of the data; ``spool`` None: the folder ``spool`` of the data.
    ``centre_daily``: ``hallterm serve`` makes one a day of a centre.
    """

    keep_daily: Annotated[int, Meta(ge=1, le=366)] = 7
    keep_weekly: Annotated[int, Meta(ge=0, le=520)] = 4
    folder: Path | None = None
    spool: Path | None = None
    centre_daily: bool = True


class LogSettings(Struct, frozen=True):
    level: Literal["debug", "info", "warning", "error"] = "info"


class Settings(Struct, frozen=True):
    """What belongs to the machine. ``file`` None: no configuration file was found, all values are defaults."""

    data: DataSettings
    ui: UiSettings
    window: WindowSettings
    sync: SyncSettings
    backup: BackupSettings
    log: LogSettings
    launch: LaunchSettings
    keys: tuple[Binding, ...]
    reserved: tuple[ReservedKey, ...]
    file: Path | None
    machine_folder: Path
    readers: tuple[TypingReader, ...] = ()


SECTIONS: dict[str, type[Struct]] = {
    "data": DataSettings,
    "ui": UiSettings,
    "window": WindowSettings,
    "sync": SyncSettings,
    "backup": BackupSettings,
    "log": LogSettings,
    "launch": LaunchSettings,
}
KNOWN = (*SECTIONS, "keys", "reserved", "reader")

EXPECTED = {
    "data.path": N_("a folder in quotes"),
    "ui.language": N_('"auto", "zh_CN" or "en"'),
    "window.code": N_('hall code, hyphen and two digits in quotes, such as "360600001-03"'),
    "window.typing_reader": N_("true or false"),
    "sync.upstream": N_('an address in quotes, such as "https://centre.example:8443"'),
    "sync.listen": N_('address, colon and port in quotes, such as "127.0.0.1:8443"'),
    **dict.fromkeys(("sync.ca", "sync.certificate", "sync.key"), N_("a PEM file in quotes")),
    "backup.keep_daily": N_("a whole number from 1 to 366"),
    "backup.keep_weekly": N_("a whole number from 0 to 520"),
    "backup.folder": N_("a folder in quotes"),
    "backup.spool": N_("a folder in quotes"),
    "backup.centre_daily": N_("true or false"),
    "launch.command": N_('a command in quotes, such as "taxcore --module {ref}"'),
    "log.level": N_('"debug", "info", "warning" or "error"'),
    "keys": N_('the name of a key in quotes, such as "f5"'),
    "reserved": N_("the name of the device in quotes"),
}


class Source(Struct, frozen=True):
    """One configuration file that was read."""

    path: Path
    text: str
    table: dict[str, Any]

    def place(self, section: str, key: str = "") -> Place:
        """Where ``section.key`` stands; the line is 0 when it cannot be found."""
        wanted = f"{section}.{key}" if key else section
        header = ""
        for number, line in enumerate(self.text.splitlines(), 1):
            if match := re.match(r"\s*\[\s*([^\[\]]+?)\s*\]", line):
                header = _bare(match[1])
                if header == wanted:
                    return Place(str(self.path), number)
            elif (match := re.match(r"\s*([^=#]+?)\s*=", line)) and wanted == f"{header}.{_bare(match[1])}".strip("."):
                return Place(str(self.path), number)
        return Place(str(self.path))


def _bare(name: str) -> str:
    return re.sub(r"[\"'\s]", "", name)


def load(
    path: Path | None = None,
    environ: Mapping[str, str] = os.environ,
    *,
    data: Path | None = None,
    window: str = "",
    language: str = "",
) -> Settings:
    """The settings of this process: files, then ``HALLTERM_WINDOW``, then the options of the command line."""
    file = find_file(path, environ)
    folder = (file.parent if file else data or default_data(environ)) / "hallterm.d"
    sources = [] if file is None else [read_source(file)]
    sources += [read_source(extra) for extra in sorted(folder.glob("*.toml")) if extra.name != DEVICES_FILE]
    for name, section, key, value in (
        ("HALLTERM_WINDOW", "window", "code", environ.get("HALLTERM_WINDOW")),
        ("--window", "window", "code", window),
        ("--lang", "ui", "language", language),
    ):
        if value:
            sources.append(Source(Path(name), "", {section: {key: value}}))
    values: dict[str, dict[str, Any]] = {section: {} for section in SECTIONS}
    keys: dict[str, Binding] = {}
    reserved: dict[tuple[str, str], ReservedKey] = {}
    readers: dict[str, TypingReader] = {}
    for source in sources:
        _read_sections(source, values)
        keys |= {binding.action: binding for binding in _bindings(source)}
        reserved |= {(key.window, key.key): key for key in _reserved(source)}
        readers |= {reader.window: reader for reader in _readers(source)}
    if data is not None:
        values["data"]["path"] = data.expanduser().absolute()
    values["data"].setdefault("path", default_data(environ))
    return Settings(
        data=DataSettings(**values["data"]),
        ui=UiSettings(**values["ui"]),
        window=WindowSettings(**values["window"]),
        sync=SyncSettings(**values["sync"]),
        backup=BackupSettings(**values["backup"]),
        log=LogSettings(**values["log"]),
        launch=LaunchSettings(**values["launch"]),
        keys=tuple(keys.values()),
        reserved=tuple(reserved.values()),
        file=file,
        machine_folder=folder.absolute(),
        readers=tuple(readers.values()),
    )


def find_file(path: Path | None, environ: Mapping[str, str]) -> Path | None:
    """``--config``, ``HALLTERM_CONFIG``, ``./hallterm.toml``, ``/etc/hallterm/hallterm.toml``; None if there is none.

    A file that somebody named must be there.
    """
    named = path or (Path(environ["HALLTERM_CONFIG"]) if environ.get("HALLTERM_CONFIG") else None)
    if named is None:
        return next((file for file in (Path("hallterm.toml"), SYSTEM_CONFIG) if file.is_file()), None)
    if not named.is_file():
        origin = "--config" if path else "HALLTERM_CONFIG"
        message = _("{file}: there is no such file; {origin} must name a configuration file")
        raise ConfigError(message.format(file=named, origin=origin))
    return named


def default_data(environ: Mapping[str, str]) -> Path:
    """The system's folder if this user may write there, else the user's own."""
    nearest = SYSTEM_DATA if SYSTEM_DATA.exists() else SYSTEM_DATA.parent
    if nearest.is_dir() and os.access(nearest, os.W_OK | os.X_OK):
        return SYSTEM_DATA
    own = environ.get("XDG_DATA_HOME") or environ.get("LOCALAPPDATA")
    return (Path(own) if own else Path(environ.get("HOME") or Path.home(), ".local", "share")) / "hallterm"


def read_source(path: Path) -> Source:
    """One TOML file, decoded and parsed."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ConfigError(_("{file} is not UTF-8 text; save it as UTF-8").format(file=path)) from error
    except OSError as error:
        message = _("{file} cannot be read ({reason}); let this user read it")
        raise ConfigError(message.format(file=path, reason=system_words(error))) from error
    try:
        return Source(path, text, tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(_broken(path, text, str(error))) from error


def _broken(path: Path, text: str, complaint: str) -> str:
    """The sentence for text that is not TOML; shows the line as it stands."""
    lines = text.rstrip().splitlines()
    match = re.search(r"at line (\d+)", complaint)
    number = int(match[1]) if match else len(lines)
    found = lines[number - 1].strip() if 0 < number <= len(lines) else ""
    message = _("{place}: {found} cannot be understood; expected key = value, with text in quotes")
    if "twice" in complaint or "overwrite" in complaint:
        message = _("{place}: {found} stands here a second time; put both together")
    return message.format(place=Place(str(path), number).text(), found=found)


def is_address(text: str) -> bool:
    """Whether this can be the address of a centre."""
    return re.fullmatch(ADDRESS, text) is not None


def read_machine_file(settings: Settings, name: str) -> dict[str, Any]:
    """A file of ``hallterm.d`` as it stands, for the room that knows its meaning; empty if there is none."""
    path = settings.machine_folder / name
    return read_source(path).table if path.is_file() else {}


def _read_sections(source: Source, values: dict[str, dict[str, Any]]) -> None:
    """Check every section of a file and lay its values over the earlier ones."""
    for section, entries in source.table.items():
        if section not in KNOWN:
            message = _("{place}: there is no section [{section}]; {hint}")
            place = source.place(section).text()
            raise ConfigError(message.format(place=place, section=section, hint=_hint(section, KNOWN)))
        if not isinstance(entries, dict):
            message = _("{place}: {section} = {found} stands alone; expected a section [{section}] with keys below it")
            place = source.place(section).text()
            raise ConfigError(message.format(place=place, section=section, found=_as_written(entries)))
        if section in SECTIONS:
            values[section] |= {key: _value(source, section, key, value) for key, value in entries.items()}


def _value(source: Source, section: str, key: str, value: object) -> object:
    """One checked value; folders become absolute, relative ones from the folder of the file."""
    fields = {field.name: field.type for field in msgspec.structs.fields(SECTIONS[section])}
    if key not in fields:
        message = _("{place} [{section}]: there is no key {key}; {hint}")
        place = source.place(section, key).text()
        raise ConfigError(message.format(place=place, section=section, key=key, hint=_hint(key, tuple(fields))))
    try:
        converted = msgspec.convert(value, fields[key], dec_hook=_folder)
    except msgspec.ValidationError as error:
        raise _refusal(source, section, key, value, EXPECTED[f"{section}.{key}"]) from error
    if (section, key) == ("launch", "command"):
        _check_launch(source, str(converted))
    return (source.path.absolute().parent / converted) if isinstance(converted, Path) else converted


def _check_launch(source: Source, command: str) -> None:
    """A template that could never be filled in is told now, not when the first person is served."""
    try:
        words_of(command)
    except Broken as error:
        raise _refusal(source, "launch", "command", command, EXPECTED["launch.command"]) from error
    except UnknownPlaceholder as error:
        message = _("{place} [launch] command: nothing is known as {found}; known are {known}")
        known = " ".join(f"{{{name}}}" for name in PLACEHOLDERS)
        place = source.place("launch", "command").text()
        raise ConfigError(message.format(place=place, found=f"{{{error}}}", known=known)) from error


def _folder(kind: type, value: object) -> Path:
    if kind is not Path or not isinstance(value, str) or not value.strip() or "\0" in value:
        raise TypeError(value)
    return Path(value).expanduser()


def _bindings(source: Source) -> list[Binding]:
    """``[keys]``: action ids with or without quotes (``counter.call`` is a table in a table to TOML)."""
    found = []
    for action, key in _flat(source.table.get("keys", {})).items():
        if not isinstance(key, str):
            raise _refusal(source, "keys", action, key, EXPECTED["keys"])
        found.append(Binding(action, key, source.place("keys", action)))
    return found


def _reserved(source: Source) -> list[ReservedKey]:
    """``[reserved."<window code or *>"]``: key = the device that sends it."""
    found = []
    for window, keys in source.table.get("reserved", {}).items():
        section = f"reserved.{window}"
        for key, device in keys.items() if isinstance(keys, dict) else [("", keys)]:
            if not isinstance(device, str):
                raise _refusal(source, section, key, device, EXPECTED["reserved"])
            if not key:
                message = _("{place}: [reserved] holds windows; write {example} and the keys below it")
                raise ConfigError(message.format(place=source.place(section).text(), example=f'[reserved."{window}"]'))
            found.append(ReservedKey(window, key, device, source.place(section, key)))
    return found


def _readers(source: Source) -> list[TypingReader]:
    """``[reader."<window code or *>"]``: a reader that types there, with what is unusual about it."""
    found = []
    for window, table in source.table.get("reader", {}).items():
        section = f"reader.{window}"
        if not isinstance(table, dict):
            message = _("{place}: [reader] holds windows; write {example} and what is known of the reader below it")
            raise ConfigError(message.format(place=source.place(section).text(), example=f'[reader."{window}"]'))
        for key, value in table.items():
            if key not in READER_EXPECTED:
                message = _("{place} [{section}]: there is no key {key}; {hint}")
                place, hint = source.place(section, key).text(), _hint(key, tuple(READER_EXPECTED))
                raise ConfigError(message.format(place=place, section=section, key=key, hint=hint))
            try:
                msgspec.convert({"window": window, key: value}, TypingReader)
                for pattern in value if key == "patterns" else ():
                    re.compile(pattern)
            except (msgspec.ValidationError, re.error) as error:
                raise _refusal(source, section, key, value, READER_EXPECTED[key]) from error
        found.append(msgspec.convert({"window": window, **table}, TypingReader))
    return found


def _flat(table: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for key, value in table.items():
        flat |= _flat(value, f"{prefix}{key}.") if isinstance(value, dict) else {prefix + key: value}
    return flat


def _refusal(source: Source, section: str, key: str, value: object, expected: str) -> ConfigError:
    message = _("{place} [{section}] {key} = {found}: expected {expected}")
    place = source.place(section, key).text()
    return ConfigError(
        message.format(place=place, section=section, key=key, found=_as_written(value), expected=_(expected))
    )


def _as_written(value: object) -> str:
    """The value in TOML's own words, cut to what fits in a sentence."""
    text = msgspec.json.encode(value, enc_hook=str).decode()
    return text if len(text) <= 60 else text[:58] + ".."


def _hint(name: str, known: tuple[str, ...]) -> str:
    """The nearest known name, or all of them."""
    from difflib import get_close_matches

    if near := get_close_matches(name.lower(), known, 1):
        return _("did you mean {nearest}?").format(nearest=near[0])
    return _("known are {known}").format(known=", ".join(known))
