"""Which key does what: the table of actions, the default map, what is refused and what moves."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hallterm.actions import ACTIONS, ALWAYS, COUNTER, MENU, PAGE, SLOTS, Action, Binding, Place, ReservedKey, Slot
from hallterm.keys import (
    NEVER,
    OWNED,
    SPARE,
    TERMINALS,
    USABLE,
    KeyMap,
    KeyMapError,
    key_name,
    key_report,
    normalise,
    resolve,
    why_never,
)
from hallterm.locale import _, use

WINDOW = "360600001-03"
DEFAULTS = {
    "counter.call": ("f5",),
    "counter.take_up": ("f6",),
    "counter.recall": ("f7",),
    "counter.finish": ("f8",),
    "counter.no_show": ("f9",),
    "counter.pause": ("f4",),
    "counter.walk_up": ("insert",),
    "counter.transfer": ("ctrl+y",),
    "counter.hold": ("ctrl+o",),
    "counter.unrated": ("ctrl+r",),
    "undo": ("backspace",),
    "back": ("escape", "ctrl+g"),
    "redraw": ("ctrl+l",),
    "menu": ("ctrl+p",),
    "help": ("f1",),
    "quit": ("ctrl+q",),
}


@pytest.fixture(autouse=True)
def _english() -> None:
    use("en")


def binding(action: str, key: str, line: int = 12) -> Binding:
    return Binding(action, key, Place("hallterm.toml", line))


def reserved(*keys: str, window: str = WINDOW, device: str = "card reader") -> list[ReservedKey]:
    return [ReservedKey(window, key, device, Place("hallterm.d/keys.toml", 3)) for key in keys]


def problems(*bindings: Binding, keys: list[ReservedKey] | None = None) -> tuple[str, ...]:
    with pytest.raises(KeyMapError) as caught:
        resolve(bindings, keys or (), WINDOW)
    assert str(caught.value).splitlines() == list(caught.value.problems)
    return caught.value.problems


def attempt(bindings: list[Binding], keys: list[ReservedKey]) -> KeyMap | KeyMapError:
    try:
        return resolve(bindings, keys, WINDOW)
    except KeyMapError as error:
        return error


def labels(action: Action) -> set[str]:
    return {action.label, *action.variants.values()} - {""}


def cells(text: str) -> int:
    return sum(2 if ord(character) > 255 else 1 for character in text)


def test_the_default_map_is_the_one_of_the_key_card() -> None:
    assert resolve().keys == DEFAULTS


def test_no_default_key_is_a_key_that_may_never_be_used() -> None:
    for key, action in resolve().pairs():
        assert why_never(key, action) == ""


def test_the_bar_has_eleven_slots_in_order_and_every_page_follows_them() -> None:
    assert [slot.value for slot in Slot] == [resolve().slot_key(slot) for slot in Slot]
    assert [action.slot for action in PAGE] == [slot for slot in Slot if slot is not Slot.CTRL_P]
    moved = resolve([binding("counter.call", "end")])
    assert moved.slot_key(Slot.F5) == moved.key_of("page.next") == "end"


def test_labels_fit_their_slots_in_both_languages() -> None:
    texts = {label for action in ACTIONS.values() for label in labels(action)}
    assert all(len(text) <= 5 for text in texts)
    use("zh_CN")
    chinese = {text: _(text) for text in texts}
    use("en")
    assert {text: shown for text, shown in chinese.items() if cells(shown) != 4} == {}


def test_english_bar_fits_eighty_columns() -> None:
    """In the state with the longest words: one mark, the key, the label, for each slot."""
    row = "".join(f" {key_name(SLOTS[slot].keys[0], short=False)}{SLOTS[slot].label}" for slot in Slot)
    assert len(row) <= 80


def test_menu_numbers_and_letters_are_used_once_and_no_number_of_the_specification_changed() -> None:
    numbers = [action.number for action in MENU]
    letters = [action.letter for action in MENU if action.letter]
    assert numbers == sorted(set(numbers))
    assert len(set(letters)) == len(letters)
    card = {f"{action.number:02}{action.letter}" for action in MENU}
    assert " ".join(sorted(card)) == (
        "01J 02K 03C 04B 05G 06Z 07W 08Y 09H 10R 11U 12T 13O 14. 15 21M 22L 23Q 24S 25A 26I 27V 31D 32X 33P 34F 35N "
        "38 39E 40 41 42 43 45 46 47 48"
    )


def test_every_action_of_the_counter_is_in_the_menu() -> None:
    assert all(action.number for action in COUNTER)


def test_every_action_says_what_it_does() -> None:
    assert all(action.title and action.help.endswith(".") for action in ACTIONS.values())


@pytest.mark.parametrize(
    ("written", "name"),
    [
        *(("F5", "f5"), ("Ins", "insert"), ("INSERT", "insert"), ("Del", "delete"), ("PgDn", "pagedown")),
        *(("Page Down", "pagedown"), ("page_up", "pageup"), ("Home", "home"), ("End", "end"), ("Esc", "escape")),
        *(("Ctrl+Y", "ctrl+y"), ("ctrl-y", "ctrl+y"), ("^Y", "ctrl+y"), ("C-y", "ctrl+y"), ("Control + Y", "ctrl+y")),
        *(("退格", "backspace"), ("Backspace", "backspace"), ("Shift+Ctrl+F5", "ctrl+shift+f5"), ("Alt-x", "alt+x")),
        *(("a", "a"), ("+", "+"), ("-", "-"), ("ctrl+-", "ctrl+-"), (" f8 ", "f8")),
    ],
)
def test_people_may_write_a_key_in_several_ways(written: str, name: str) -> None:
    assert normalise(written) == name


def test_keys_are_named_as_on_the_keyboard() -> None:
    names = [key_name(key) for key in ("f5", "insert", "ctrl+y", "pagedown", "backspace", "escape", "ctrl+pageup")]
    assert names == ["F5", "Ins", "^Y", "PgDn", "Backspace", "Esc", "Ctrl-PgUp"]
    use("zh_CN")
    chinese = key_name("backspace")
    use("en")
    assert chinese == "退格"


@pytest.mark.parametrize("key", [*USABLE, *OWNED])
def test_names_are_read_back_and_short_names_take_two_cells(key: str) -> None:
    assert normalise(key_name(key)) == key
    assert len(key_name(key, short=True)) == 2


def test_an_explicit_key_replaces_the_default_one() -> None:
    key_map = resolve([binding("counter.finish", "End"), binding("recall", "Home")])
    assert (key_map.key_of("counter.finish"), key_map.key_of("counter.recall")) == ("end", "home")
    assert key_map.action_of("f8") == key_map.action_of("f7") == ""
    assert key_map.action_of("end") == "counter.finish"


def test_two_keys_may_change_places() -> None:
    key_map = resolve([binding("counter.call", "f8"), binding("counter.finish", "f5")])
    assert (key_map.action_of("f8"), key_map.action_of("f5")) == ("counter.call", "counter.finish")


@pytest.mark.parametrize(
    "key",
    [
        *(
            "f1",
            "f2",
            "f3",
            "f10",
            "f11",
            "f12",
            "f13",
            "shift+f5",
            "ctrl+f5",
            "alt+f4",
            "alt+x",
            "alt+up",
            "enter",
            "tab",
        ),
        *("x", "X", "7", "space", "up", "shift+insert", "ctrl+pageup", "escape", "backspace", "nonsense", "", "叫"),
        *(f"ctrl+{letter}" for letter in "abcdefhijkmuvwxzs[\\]^_"),
    ],
)
def test_keys_that_do_not_arrive_everywhere_are_refused(key: str) -> None:
    (sentence,) = problems(binding("counter.finish", key))
    assert sentence.startswith(f'hallterm.toml line 12 [keys] counter.finish = "{key}": ')
    assert sentence.endswith("; free are Del, End, Home")


def test_a_key_of_its_own_stays_with_its_owner() -> None:
    for key, owner in OWNED.items():
        assert resolve([binding(owner, key)]).action_of(key) == owner


def test_an_explicit_key_that_a_device_sends_is_refused_with_the_device_and_a_free_key() -> None:
    (sentence,) = problems(binding("counter.finish", "F9"), keys=reserved("f9", "delete"))
    assert sentence == (
        'hallterm.toml line 12 [keys] counter.finish = "F9": card reader sends F9 at this window '
        "(hallterm.d/keys.toml line 3); free are End, Home, PgDn"
    )


def test_a_device_of_another_window_does_not_matter() -> None:
    key_map = resolve([binding("counter.finish", "end")], reserved("end", "f5", window="360600001-07"), WINDOW)
    assert key_map.moved == ()
    assert key_map.action_of("end") == "counter.finish"


def test_a_device_of_every_window_does() -> None:
    assert [move.action for move in resolve((), reserved("F5", window="*"), WINDOW).moved] == ["counter.call"]


def test_default_keys_move_to_the_spare_ones_in_order_and_then_to_the_menu_only() -> None:
    key_map = resolve((), reserved("f9", "f4", "f5", "insert", "ctrl+y", "ctrl+o", "ctrl+l"), WINDOW)
    assert {move.action: move.to for move in key_map.moved} == {
        "counter.call": "delete",
        "counter.no_show": "end",
        "counter.pause": "home",
        "counter.walk_up": "pagedown",
        "counter.transfer": "pageup",
        "counter.hold": "",
        "redraw": "",
    }
    assert key_map.key_of("counter.hold") == ""
    assert key_map.moved[0].device == "card reader"


def test_spare_keys_that_are_reserved_or_taken_are_passed_over() -> None:
    key_map = resolve([binding("counter.recall", "end")], reserved("f5", "delete"), WINDOW)
    assert key_map.key_of("counter.call") == "home"


def test_the_menu_chooses_first_when_keys_are_short() -> None:
    key_map = resolve((), reserved("ctrl+p", *(f"f{n}" for n in range(4, 10))), WINDOW)
    assert key_map.key_of("menu") == "delete"


def test_an_action_with_two_keys_keeps_the_other_one() -> None:
    key_map = resolve((), reserved("escape"), WINDOW)
    assert key_map.keys["back"] == ("ctrl+g",)
    assert key_map.moved == ()


def test_two_actions_on_one_key_are_refused() -> None:
    assert (
        "End is already the key of counter.call"
        in problems(binding("counter.call", "end"), binding("counter.finish", "end", 13))[0]
    )
    (sentence,) = problems(binding("counter.call", "f8"))
    assert 'counter.call = "f8": F8 is already the key of counter.' in sentence


@pytest.mark.parametrize(
    ("action", "part"),
    [
        ("counter.finsh", "did you mean counter.finish?"),
        ("finsh", "did you mean counter.finish?"),
        ("qqqq", "hallterm keys lists them"),
        ("page.next", "bind counter.call"),
        ("lock", "no action lock"),
    ],
)
def test_an_unknown_action_is_refused_with_a_suggestion(action: str, part: str) -> None:
    (sentence,) = problems(binding(action, "end"))
    assert sentence.startswith("hallterm.toml line 12 [keys]")
    assert part in sentence


def test_all_faults_are_told_at_once() -> None:
    assert len(problems(binding("nope", "end", 1), binding("counter.call", "f12", 2), binding("menu", "x", 3))) == 3


@given(
    lost=st.sets(st.sampled_from(sorted({*USABLE, *OWNED}))),
    wishes=st.dictionaries(st.sampled_from(sorted(DEFAULTS)), st.sampled_from(sorted({*USABLE, *OWNED, "f12"}))),
)
@settings(max_examples=150, deadline=None)
def test_whatever_is_reserved_no_key_is_reserved_or_double_and_every_action_is_there(
    lost: set[str], wishes: dict[str, str]
) -> None:
    use("en")
    key_map = attempt([binding(action, key) for action, key in wishes.items()], reserved(*lost))
    if isinstance(key_map, KeyMapError):
        assert wishes
        assert all("line 12" in sentence for sentence in key_map.problems)
        return
    keys = [key for key, _action in key_map.pairs()]
    assert len(keys) == len(set(keys))
    assert not lost.intersection(keys)
    assert set(key_map.keys) == set(DEFAULTS)
    for action, key in wishes.items():
        assert key_map.key_of(action) == key


def test_the_report_shows_the_map_what_moved_and_what_the_terminal_swallows() -> None:
    key_map = resolve((), reserved("f9"), WINDOW)
    lines = key_report(key_map, {"VTE_VERSION": "6003", "SSH_CONNECTION": "x"}, WINDOW)
    text = "\n".join(lines)
    assert f"Keys of window {WINDOW}" in text
    assert "F9 is sent by card reader (hallterm.d/keys.toml line 3)" in text
    assert "No-show has moved from F9 to Del" in text
    assert "! GNOME, MATE (VTE) swallows F1 (Help and key card); the menu has it too" in text
    assert "Over SSH" in text
    row = next(line for line in lines if "counter.no_show" in line)
    assert row.split()[:3] == ["Del", "05", "G"]
    assert max(cells(line) for line in lines) <= 80


def test_every_terminal_that_swallows_is_listed_and_none_eats_a_counter_key_but_the_bastion() -> None:
    text = "\n".join(key_report(resolve(), {}))
    for terminal in TERMINALS:
        assert terminal.name in text
        if "bastion" not in terminal.name:
            assert not set(terminal.swallows).intersection(key for a in (*COUNTER, *ALWAYS[:1]) for key in a.keys)


def test_every_reason_against_a_key_is_a_clause() -> None:
    assert all(reason[0].islower() or reason.startswith(("PuTTY", "GNOME")) for _pattern, reason in NEVER)
    assert set(SPARE) <= set(USABLE)
