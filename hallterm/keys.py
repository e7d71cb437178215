"""Which key does what at a window: the default map, the keys that devices send, and what cannot be a key at all.

A key that somebody chose (``[keys]``) and that cannot work is refused with a sentence. A default key that a device
sends at the window moves to Del, End, Home, PgDn, PgUp in this order, else the action is in the menu only. Key names
are Textual's (``f5``, ``insert``, ``ctrl+y``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from unicodedata import east_asian_width

from msgspec import Struct

from hallterm.actions import ACTIONS, ALWAYS, COUNTER, PAGE, SLOTS, Binding, ReservedKey, Slot
from hallterm.locale import N_, _

SPARE = ("delete", "end", "home", "pagedown", "pageup")
"""They arrive plain from every terminal; a default key moves to them in this order."""

USABLE = (
    *("f4", "f5", "f6", "f7", "f8", "f9", "insert"),
    *SPARE,
    *("ctrl+g", "ctrl+l", "ctrl+o", "ctrl+p", "ctrl+q", "ctrl+r", "ctrl+y", "ctrl+n", "ctrl+t"),
)
"""What an action may be bound to."""

OWNED = {"f1": "help", "escape": "back", "backspace": "undo"}
"""Usable for one action only."""

NEVER: tuple[tuple[str, str], ...] = (
    (r"(.*\+)?(alt|meta|super)\+.*", N_("desktops and terminals take Alt keys for themselves")),
    (r"f1", N_("many terminals open their own help with it")),
    (r"f2", N_("the UOS terminal renames its tab with it")),
    (r"f3", N_("some terminals send it as a report of the cursor")),
    (r"f10", N_("GNOME and MATE terminals open their menu with it")),
    (r"f11|f12", N_("the terminal eats it")),
    (r"(shift|ctrl|ctrl\+shift)\+f\d+|f\d+", N_("PuTTY and others send another key for it")),
    (r"ctrl\+[hijm]", N_("it is the same as Backspace, Tab, line feed or Enter")),
    (r"ctrl\+[ab]", N_("screen and tmux eat it")),
    (r"ctrl\+[cdkz]", N_("readers send it, or the terminal stops the program")),
    (r"ctrl\+.", N_("terminals, readers or text fields use it")),
    (r"ctrl\+.*|shift\+.*", N_("input methods and terminals use it")),
    (r"enter|tab", N_("card readers and scanners send it")),
    (r"up|down|left|right", N_("it moves in lists")),
    (r"\d", N_("digits choose from lists")),
    (r".|space", N_("an input method eats it")),
)
"""Patterns of keys that no action may have, and why; the first that fits counts."""

_NAMES: dict[str, tuple[str, str]] = {
    "insert": ("Ins", "In"),
    "delete": ("Del", "De"),
    "home": ("Home", "Ho"),
    "end": ("End", "En"),
    "pagedown": ("PgDn", "PD"),
    "pageup": ("PgUp", "PU"),
    "escape": ("Esc", "Es"),
    "enter": ("Enter", "CR"),
    "tab": ("Tab", "Ta"),
    "space": ("Space", "Sp"),
    "backspace": (N_("Backspace"), "BS"),
}

_ALIASES = {
    "ins": "insert",
    "del": "delete",
    "pgdn": "pagedown",
    "pgdown": "pagedown",
    "pgup": "pageup",
    "esc": "escape",
    "bs": "backspace",
    "bksp": "backspace",
    "退格": "backspace",
    "return": "enter",
    "回车": "enter",
    "control": "ctrl",
    "c": "ctrl",
    "a": "alt",
    "s": "shift",
}

_PRIORITY = ("menu", *(action.id for action in COUNTER), *(a.id for a in ALWAYS if a.id != "menu"))
"""Who chooses first when keys are short: the menu is the net under every lost key."""


class KeyMapError(Exception):
    """Keys that cannot be used as configured; ``problems`` has one sentence for each."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


class MovedKey(Struct, frozen=True):
    """A default key that a device sends at this window; ``to`` empty: the action has no key but that of the menu."""

    action: str
    key: str
    to: str
    device: str


class KeyMap(Struct, frozen=True):
    """The keys of one window. ``keys`` has every action that has keys by default; its first key is the shown one."""

    keys: dict[str, tuple[str, ...]]
    moved: tuple[MovedKey, ...] = ()
    reserved: tuple[ReservedKey, ...] = ()

    def key_of(self, action: str) -> str:
        """The shown key of an action; empty if it is in the menu only. Pages' actions follow their slot."""
        slot = ACTIONS[action].slot
        owner = SLOTS[slot].id if slot else action
        return next(iter(self.keys.get(owner, ())), "")

    def slot_key(self, slot: Slot) -> str:
        """The key of a place of the bar; empty if it has none."""
        return self.key_of(SLOTS[slot].id)

    def action_of(self, key: str) -> str:
        """The action of a key at the counter; empty if the key does nothing."""
        return next((action for action, keys in self.keys.items() if key in keys), "")

    def pairs(self) -> Iterator[tuple[str, str]]:
        """Every key with its action."""
        return ((key, action) for action, keys in self.keys.items() for key in keys)


def normalise(name: str) -> str:
    """Textual's name of a key written by a person: ``F5``, ``Ins``, ``^Y``, ``Ctrl-Y``, ``Page Down``, ``退格``."""
    text = name.strip().lower()
    if re.fullmatch(r"\^.", text):
        return f"ctrl+{text[1]}"
    plain = [re.sub(r"[ _]", "", part) or part for part in re.split(r"(?<=.)[+\-](?=.)", text)]
    modifiers = sorted({_ALIASES.get(part, part) for part in plain[:-1]})
    last = plain[-1] if len(plain[-1]) == 1 else _ALIASES.get(plain[-1], plain[-1])
    return "+".join([*modifiers, last])


def key_name(key: str, short: bool = False) -> str:
    """The key as the bar, the menu and messages spell it; ``short`` has at most two cells for a narrow slot."""
    if key in _NAMES:
        return _NAMES[key][1] if short else _(_NAMES[key][0])
    if re.fullmatch(r"ctrl\+.", key):
        return f"^{key[-1].upper()}"
    return "-".join(_(_NAMES[part][0]) if part in _NAMES else part.capitalize() for part in key.split("+"))


def why_never(key: str, action: str = "") -> str:
    """Why ``action`` may not have this key, as a translated clause; empty if it may."""
    if key in USABLE or (action and OWNED.get(key) == action):
        return ""
    if key in OWNED and key != "f1":
        return _("it belongs to {action}").format(action=OWNED[key])
    for pattern, reason in NEVER:
        if re.fullmatch(pattern, key):
            return _(reason)
    return _("no terminal is known to send it")


def resolve(bindings: Iterable[Binding] = (), reserved: Iterable[ReservedKey] = (), window: str = "") -> KeyMap:
    """The key map of a window; raises :class:`KeyMapError` with every explicit binding that cannot be."""
    here = {normalise(entry.key): entry for entry in reserved if entry.window in ("*", window)}
    chosen, problems = _choose(list(bindings), here)
    keys: dict[str, tuple[str, ...]] = {action: (key,) for action, (key, _place) in chosen.items()}
    taken = {key: action for action, (key, _place) in chosen.items()}
    moved = []
    for action in _PRIORITY:
        if action in chosen:
            continue
        defaults = ACTIONS[action].keys
        for key in defaults:
            if key in taken:
                problems.append(_taken_by(chosen[taken[key]][1], key, taken[key], action, _free(taken, here)))
        kept = tuple(key for key in defaults if key not in here and key not in taken)
        keys[action] = kept
        taken |= dict.fromkeys(kept, action)
    if problems:
        raise KeyMapError(problems)
    for action in _PRIORITY:
        if action not in chosen and not keys[action]:
            lost = ACTIONS[action].keys[0]
            spare = next((key for key in SPARE if key not in taken and key not in here), "")
            keys[action] = (spare,) if spare else ()
            taken |= {spare: action} if spare else {}
            moved.append(MovedKey(action, lost, spare, here[lost].device))
    ordered = {action: keys[action] for action in ACTIONS if action in keys}
    return KeyMap(ordered, tuple(moved), tuple(here.values()))


def _choose(
    bindings: Sequence[Binding], reserved: dict[str, ReservedKey]
) -> tuple[dict[str, tuple[str, Binding]], list[str]]:
    """The explicit bindings that can be, and a sentence for each that cannot."""
    chosen: dict[str, tuple[str, Binding]] = {}
    taken: dict[str, str] = {}
    problems = []
    wanted = [(_action_named(entry.action), normalise(entry.key), entry) for entry in bindings]
    occupied = {key: action for action, key, _entry in wanted}
    for action, key, entry in wanted:
        free = _free(occupied, reserved)
        if not action:
            problems.append(_unknown_action(entry))
        elif key in taken:
            problems.append(_taken_by(entry, key, action, taken[key], free))
        elif reason := why_never(key, action):
            problems.append(_sentence(entry, reason, free))
        elif key in reserved:
            device = reserved[key]
            reason = _("{device} sends {key} at this window ({place})").format(
                device=device.device, key=key_name(key), place=device.place.text()
            )
            problems.append(_sentence(entry, reason, free))
        else:
            chosen[action] = (key, entry)
            taken[key] = action
    return chosen, problems


def _action_named(name: str) -> str:
    """The id for a full id or its last word (``finish`` for ``counter.finish``); empty if no key can be given to it."""
    return next((action for action in _PRIORITY if name in (action, action.rpartition(".")[2])), "")


def _unknown_action(entry: Binding) -> str:
    from difflib import get_close_matches

    place = entry.place.text()
    follows = next((a for a in PAGE if a.id == entry.action and a.slot), None)
    if follows is not None and follows.slot is not None:
        message = _("{place} [keys] {action}: it has the key of {owner} on every page; bind {owner}")
        return message.format(place=place, action=entry.action, owner=SLOTS[follows.slot].id)
    names = {action.rpartition(".")[2]: action for action in _PRIORITY} | {action: action for action in _PRIORITY}
    near = get_close_matches(entry.action.lower(), names, 1)
    if near:
        message = _("{place} [keys]: there is no action {action}; did you mean {nearest}?")
        return message.format(place=place, action=entry.action, nearest=names[near[0]])
    message = _("{place} [keys]: there is no action {action}; hallterm keys lists them")
    return message.format(place=place, action=entry.action)


def _taken_by(entry: Binding, key: str, action: str, other: str, free: str) -> str:
    reason = _("{key} is already the key of {other}").format(key=key_name(key), other=other)
    return _sentence(entry, reason, free)


def _sentence(entry: Binding, reason: str, free: str) -> str:
    message = _('{place} [keys] {action} = "{key}": {reason}; free are {free}')
    return message.format(place=entry.place.text(), action=entry.action, key=entry.key, reason=reason, free=free)


def _free(taken: Iterable[str], reserved: Iterable[str]) -> str:
    """Up to three keys that nothing else wants, best first."""
    defaults = {key for action in _PRIORITY for key in ACTIONS[action].keys}
    used = {*taken, *reserved, *defaults}
    free = [key_name(key) for key in (*SPARE, "ctrl+t", "ctrl+n") if key not in used]
    return _(", ").join(free[:3]) or _("none")


class Terminal(Struct, frozen=True):
    """A terminal program: the environment variable and pattern that give it away, and the keys it keeps for itself."""

    name: str
    variable: str
    pattern: str
    swallows: tuple[str, ...]


TERMINALS = (
    Terminal("GNOME, MATE (VTE)", "VTE_VERSION", r".+", ("f1", "f10", "f11", "ctrl+pageup", "ctrl+pagedown")),
    Terminal("deepin-terminal (UOS)", "TERM_PROGRAM", r"deepin.*", ("f1", "f2", "f11", "alt+w", "alt+q")),
    Terminal("konsole", "KONSOLE_VERSION", r".+", ("f11",)),
    Terminal("guake, yakuake", "", "", ("f12",)),
    Terminal("kitty, foot", "TERM", r"xterm-kitty|foot.*", ("f3",)),
    Terminal("Windows Terminal", "WT_SESSION", r".+", ("f11", "shift+insert")),
    Terminal("PuTTY", "TERM", r"putty.*", ("shift+f1", "shift+f2", "ctrl+f5", "alt+f4")),
    Terminal("macOS Terminal", "TERM_PROGRAM", r"Apple_Terminal", ("f3", "f11", "f12")),
    Terminal("Linux console", "TERM", r"linux", ("alt+f1", "alt+f2", "alt+f3")),
    Terminal("tmux", "TMUX", r".+", ("ctrl+b",)),
    Terminal("screen", "STY", r".+", ("ctrl+a",)),
    Terminal("JumpServer, web bastion", "", "", ("ctrl+n", "ctrl+t", "ctrl+w", "f5")),
)
"""What terminals are known to keep; those without a variable cannot be recognised from inside."""


def terminals_at_hand(environ: Mapping[str, str]) -> tuple[Terminal, ...]:
    """The terminals that the environment names."""
    return tuple(t for t in TERMINALS if t.variable and re.fullmatch(t.pattern, environ.get(t.variable, "")))


def key_report(key_map: KeyMap, environ: Mapping[str, str], window: str = "") -> list[str]:
    """The lines of ``hallterm keys``: the map, what was moved and why, and what terminals swallow."""
    title = _("Keys of window {window}").format(window=window) if window else _("Keys")
    rows = [(_("Key"), _("No."), _("Letter"), _("Action"), _("Name for [keys]"))]
    for action in sorted(ACTIONS.values(), key=lambda a: (not key_map.keys.get(a.id), a.number or 99)):
        if action.id in key_map.keys or action.number:
            keys = " ".join(key_name(key) for key in key_map.keys.get(action.id, ())) or "--"
            name = action.id if action.id in key_map.keys else ""
            number = f"{action.number:02}" if action.number else "--"
            rows.append((keys, number, action.letter or "--", _(action.title), name))
    widths = [max(_cells(row[column]) for row in rows) for column in range(5)]
    table = ["  ".join(_pad(text, width) for text, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return [title, "", *table, "", *_clash_lines(key_map), "", *_terminal_lines(key_map, environ)]


def _clash_lines(key_map: KeyMap) -> list[str]:
    lines = [
        _("{key} is sent by {device} ({place})").format(
            key=key_name(normalise(entry.key)), device=entry.device, place=entry.place.text()
        )
        for entry in key_map.reserved
    ]
    for move in key_map.moved:
        message = _("{action} has moved from {key} to {to}") if move.to else _("{action} has lost {key}: use the menu")
        title = _(ACTIONS[move.action].title)
        lines.append(message.format(action=title, key=key_name(move.key), to=key_name(move.to)))
    return lines or [_("No key clashes with a device.")]


def _terminal_lines(key_map: KeyMap, environ: Mapping[str, str]) -> list[str]:
    here = terminals_at_hand(environ)
    lines = [_("This terminal: {names}").format(names=_(", ").join(t.name for t in here) or _("not recognised"))]
    if environ.get("SSH_CONNECTION"):
        lines.append(_("Over SSH the terminal at the other end counts; it cannot be seen from here."))
    for terminal in here:
        for key in terminal.swallows:
            if action := key_map.action_of(key):
                message = _("! {terminal} swallows {key} ({action}); the menu has it too")
                name = _(ACTIONS[action].title)
                lines.append(message.format(terminal=terminal.name, key=key_name(key), action=name))
    lines.append(_("Known to swallow keys:"))
    width = max(_cells(terminal.name) for terminal in TERMINALS)
    for terminal in TERMINALS:
        lines.append(f"  {_pad(terminal.name, width)}  {' '.join(key_name(key) for key in terminal.swallows)}")
    return lines


def _cells(text: str) -> int:
    """Columns on a terminal: Chinese characters take two."""
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)


def _pad(text: str, width: int) -> str:
    return text + " " * (width - _cells(text))
