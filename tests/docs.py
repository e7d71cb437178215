"""The parts of the documents that are made from the program: ``python -m tests.docs`` writes them anew.

In a document such a part stands between ``<!-- made: NAME -->`` and ``<!-- end -->``; NAME is a key of ``PARTS``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import click
from msgspec import structs

from devices.codecs.htp1_messages import MESSAGES, Message
from hallterm import cli
from hallterm.actions import ACTIONS, ALWAYS, COUNTER, MENU_ONLY, Action
from hallterm.config import EXPECTED, SECTIONS
from hallterm.keys import key_name
from hallterm.locale import _, language, use
from hallterm.rules.settings_table import SETTINGS, Kind, Setting, shown
from hallterm.screens.counter_pages import HERE

PROJECT = Path(__file__).parents[1]
DOCUMENTS = ("README.md", *(f"docs/{path.name}" for path in sorted((PROJECT / "docs").glob("*.md"))))
PART = re.compile(r"(?P<begin><!-- made: (?P<name>[a-z0-9-]+) -->\n).*?(?P<end><!-- end -->)", re.DOTALL)
HELP_COLUMNS = 96
HEADERS = {
    "zh_CN": ("键", "键条", "做什么", "说明", "菜单号", "字母"),
    "en": ("Key", "Bar", "Action", "What it does", "No.", "Letter"),
}


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table in Markdown."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def key_card(wanted: str) -> str:
    """Every action that has a key, as at a window where no device sends one."""

    def row(action: Action) -> tuple[str, ...]:
        keys = " ".join(key_name(key) for key in action.keys)
        labels = list(dict.fromkeys([*map(_, action.variants.values())] or [_(action.label)]))
        number = f"{action.number:02}" if action.number else ""
        return f"**{keys}**", " / ".join(filter(None, labels)), _(action.title), _(action.help), number, action.letter

    return in_language(wanted, lambda: table(HEADERS[wanted], [row(action) for action in (*COUNTER, *ALWAYS)]))


def menu_card(wanted: str) -> str:
    """What the menu has besides: the numbers between belong to what is not there yet."""

    def row(action: Action) -> tuple[str, ...]:
        return f"{action.number:02}", action.letter, _(action.title), _(action.help)

    header = [HEADERS[wanted][place] for place in (4, 5, 2, 3)]
    return in_language(wanted, lambda: table(header, [row(action) for action in MENU_ONLY if action.id in HERE]))


def in_language(wanted: str, work: Callable[[], str]) -> str:
    """Do it in a language and come back."""
    before = language()
    use(wanted)
    try:
        return work()
    finally:
        use(before)


def command_help() -> str:
    """``--help`` of every command, in English."""

    def pages(command: click.Command, context: click.Context) -> Iterable[str]:
        yield f"### {context.command_path}\n\n```text\n{command.get_help(context)}\n```"
        if isinstance(command, click.Group):
            for name in command.list_commands(context):
                inner = command.get_command(context, name)
                if inner is not None:
                    yield from pages(inner, inner.context_class(inner, info_name=name, parent=context))

    def whole() -> str:
        group = cli.build()
        context = group.context_class(group, info_name="hallterm", terminal_width=HELP_COLUMNS)
        return "\n\n".join(pages(group, context))

    return in_language("en", whole)


def configuration() -> str:
    """Sections, keys, what they may be, defaults."""
    rows = []
    for section, kind in SECTIONS.items():
        for field in structs.fields(kind):
            name = f"{section}.{field.name}"
            rows.append((f"`[{section}] {field.name}`", EXPECTED[name], _default(name, field.default)))
    rows.append(("`[keys] ACTION`", EXPECTED["keys"], "the key card"))
    return in_language("en", lambda: table(("Key", "Value", "Default"), rows))


COMPUTED_DEFAULTS = {
    "data.path": "`/var/lib/hallterm` if it can be written, else the user's data folder",
    "backup.folder": "the folder `backup` of the data",
    "backup.spool": "the folder `spool` of the data",
}


def _default(name: str, value: object) -> str:
    if name in COMPUTED_DEFAULTS:
        return COMPUTED_DEFAULTS[name]
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    return f"`{value}`" if value not in ("", None) else "empty"


def actions() -> str:
    """The names that ``[keys]`` takes."""
    rows = [
        (f"`{action.id}`", action.title, " ".join(f"`{key}`" for key in action.keys))
        for action in ACTIONS.values()
        if action.keys
    ]
    return table(("Name", "Action", "Default"), rows)


def settings() -> str:
    """What the rules of a hall read."""
    return in_language(
        "en", lambda: table(("Name", "Values", "Default", "What it does", "Rule"), map(_setting, SETTINGS.values()))
    )


def _setting(one: Setting) -> tuple[str, ...]:
    return f"`{one.name}`", _values(one), shown(one, one.default), _(one.explanation), one.about.rule


def _values(one: Setting) -> str:
    if one.choices:
        words = ", ".join(f"`{choice.value}` {_(choice.words)}".lower() for choice in one.choices)
        return words + ("; from the first of a later month" if one.monthly else "")
    if one.kind is Kind.WHOLE_NUMBER:
        return f"{one.lowest}-{one.highest} {_(one.unit)}".strip()
    if one.kind is Kind.NUMBERS:
        order = "falling" if one.falls else "rising"
        return f"{one.count} whole numbers, {order}, {one.lowest}-{one.highest} {_(one.unit)}".strip()
    if one.kind is Kind.POINTS:
        return f"{one.lowest}-{one.highest} {_(one.unit)}, at most two decimals"
    if one.kind is Kind.LIST:
        return f"at most {one.count} texts of at most {one.longest} characters, `;` between them, or empty"
    if one.kind is Kind.WEIGHTS:
        return "four whole numbers with `/` between them that add to 100"
    return "`HH:MM` or empty" if one.kind is Kind.TIME_OF_DAY else f"one line, at most {one.longest} characters"


SIZES = {"B": "u8", "H": "u16", "I": "u32"}
FREE_FORM = {
    "IDLE": "stars u8, text GB18030",
    "TEXT": "line u8, colour u8, mode u8, speed u8, text GB18030",
    "PONG": "state u8, flags u8, rx_errors u16; optional: uptime_s u32, supply_mv u16",
    "FAULT": "code u8, detail of 0, 1 or 2 bytes",
    "LOOP": "0 to 200 bytes",
    "LOOP_REPLY": "the same bytes",
    "FETCH_REPLY": "state u8, flags u8, boot u16; optional: kind u8, seq u8, payload of that message",
}
"""Payloads that are no plain row of numbers."""
MEANINGS = {
    "HELLO": "Who are you? With the highest version the host speaks.",
    "PING": "How are you?",
    "CLOSE": "Close the rating window; reason 0 rated, 1 by the clerk, 2 cancelled.",
    "HEART": "Sent unasked every ten seconds.",
    "NAK": "The request was refused: 1 length, 2 unknown, 3 busy, 4 wrong state, 5 range, 6 locked.",
    "OPEN_REPLY": "0 done, 1 not this window.",
    "CLOSE_REPLY": "0 done, 1 not this window.",
    "IDLE_REPLY": "0 done.",
    "TEXT_REPLY": "0 done.",
    "ACK": "What became of the RATE with this seq: 0 counted, 1 duplicate, 2 no window, 3 late, 4 refused. Never answered.",
    "FAULT": "Something is wrong: 1 key stuck, 2 freed, 3 opened, 4 two keys, 5 window timed out, 6 supply, 7 memory.",
}


def htp1_messages() -> str:
    """The payloads of HTP/1."""

    def fields(message: type[Message]) -> str:
        if message.TYPE.name in FREE_FORM:
            return FREE_FORM[message.TYPE.name]
        codes = re.findall(r"(\d*)([BHIs])", message.FORMAT)
        named = zip(message.__struct_fields__, codes, strict=True)
        return ", ".join(f"{name} {SIZES.get(code, f'{size} bytes')}" for name, (size, code) in named) or "nothing"

    rows = []
    for message in sorted(MESSAGES, key=lambda one: one.TYPE):
        side = "device" if message.TYPE >= 0x40 else "host"
        name = message.TYPE.name
        what = MEANINGS.get(name) or (message.__doc__ or "").strip().splitlines()[0]
        rows.append((f"0x{message.TYPE:02X}", name, side, fields(message), what))
    return table(("Type", "Name", "Sent by", "Payload", "Meaning"), rows)


def frame(name: str) -> str:
    """A screen of the walk."""
    files = sorted((PROJECT / "docs/walk-through").glob(f"[0-9][0-9]-{name}.txt"))
    return f"```text\n{files[0].read_text('utf-8').rstrip()}\n```"


PARTS: dict[str, Callable[[], str]] = {
    "key-card-zh": lambda: key_card("zh_CN"),
    "key-card-en": lambda: key_card("en"),
    "menu-zh": lambda: menu_card("zh_CN"),
    "menu-en": lambda: menu_card("en"),
    "counter-zh": lambda: frame("serving.zh_CN"),
    "counter-en": lambda: frame("serving.en"),
    "commands": command_help,
    "configuration": configuration,
    "actions": actions,
    "settings": settings,
    "htp1-messages": htp1_messages,
}


def made_anew(text: str) -> str:
    """The document with every made part as the program is now; raises KeyError for a name that is none."""
    return PART.sub(lambda part: f"{part['begin']}{PARTS[part['name']]()}\n{part['end']}", text)


def main() -> None:
    """Write what differs."""
    for name in DOCUMENTS:
        path = PROJECT / name
        if not path.exists():
            continue
        before = path.read_text("utf-8")
        after = made_anew(before)
        if after != before:
            path.write_text(after, "utf-8")
            print(f"{name}: written")


if __name__ == "__main__":
    main()
