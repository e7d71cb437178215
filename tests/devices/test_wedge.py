"""Swipes, scans and people at one keyboard: what is a reader's is caught, what a person types all arrives in order."""

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devices.wedge import LEAST, MOST, Card, Decision, Habits, Pass, Scan, ScanKind, Wedge, Withdraw

RESIDENT = "11010519491231002X"
GANSU = "621123199003070088"
"""Its check character is right, it begins like a UnionPay card, and it passes Luhn."""
BARE = ("6222021234567890128", "4111111111111111", "5555555555554444", "3566002020360505")
TRACKS = (
    ";6222021234567890128=30122010000000000?",
    "%B4111111111111111^ZHANG/SAN^30121010000?;4111111111111111=30121010000?",
    "+59962220212345678901281=1561560000?",
)
READER_MS = 8.0
Keys = Sequence[tuple[str, float]]
"""Keys with the time since the one before. A name longer than one character is a key that types nothing."""


def typed(text: str, gap_ms: float = READER_MS) -> list[tuple[str, float]]:
    return [(character, gap_ms) for character in text]


def swipe(text: str, end: str = "enter") -> list[tuple[str, float]]:
    return [*typed(text), *([(end, READER_MS)] if end else [])]


@dataclass
class House:
    """Does with decisions what the app does: an open field's text, keys that act, events."""

    collects: bool = True
    habits: Habits = field(default_factory=Habits)
    text: str = ""
    acted: list[str] = field(default_factory=list)
    seen: list[Card | Scan] = field(default_factory=list)
    before: str = ""
    now_ms: float = 1000.0
    waits_ms: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.wedge: Wedge[tuple[str, float]] = Wedge(self.habits)

    def run(self, keys: Keys, then_ms: float = 1000.0) -> "House":
        """Type the keys; between them time passes as a timer would see it."""
        for name, gap_ms in keys:
            self.pass_time(gap_ms)
            character = name if len(name) == 1 else None
            self.take(self.wedge.key((name, self.now_ms), name, character, self.now_ms, self.collects))
        self.pass_time(then_ms)
        return self

    def pass_time(self, gap_ms: float) -> None:
        until_ms = self.now_ms + gap_ms
        while (due_ms := self.wedge.due_ms) is not None and due_ms < until_ms:
            self.now_ms = max(self.now_ms, due_ms)
            self.take(self.wedge.tick(self.now_ms))
        self.now_ms = until_ms

    def take(self, decisions: Iterable[Decision[tuple[str, float]]]) -> None:
        for decision in decisions:
            if isinstance(decision, Withdraw):
                self.text = self.before
            elif isinstance(decision, Pass):
                name, at_ms = decision.key
                if decision.begins:
                    self.before = self.text
                if self.collects and len(name) == 1:
                    self.text += name
                    self.waits_ms.append(self.now_ms - at_ms)
                else:
                    self.acted.append(name)
            else:
                self.seen.append(decision)


@pytest.mark.parametrize("end", ["enter", "tab", "ctrl+j", ""])
@pytest.mark.parametrize("collects", [True, False], ids=["field", "list"])
@pytest.mark.parametrize("data", [*BARE, *TRACKS])
def test_a_card_is_an_event_without_content(data: str, collects: bool, end: str) -> None:
    house = House(collects).run(swipe(data, end))
    assert house.seen == [Card()]
    assert (house.text, house.acted) == ("", [])


@pytest.mark.parametrize("header", ["f5", "f9", "shift+f3"])
def test_the_function_key_that_heads_a_swipe_triggers_nothing(header: str) -> None:
    house = House(collects=False).run([(header, 500.0), *swipe(TRACKS[0])])
    assert (house.seen, house.acted) == ([Card()], [])


def test_a_swipe_with_a_header_shows_nothing_even_for_a_moment() -> None:
    house = House()
    house.run([("f9", 500.0), *typed(TRACKS[0])], then_ms=0)
    assert house.text == ""


def test_a_function_key_alone_comes_after_its_wait() -> None:
    house = House(collects=False)
    house.run([("f5", 500.0)], then_ms=34.0)
    assert house.acted == []
    house.run([], then_ms=2.0)
    assert house.acted == ["f5"]


def test_two_function_keys_come_in_order_however_quick() -> None:
    assert House(collects=False).run([("f5", 5.0), ("f6", 5.0), ("f5", 5.0), ("escape", 1.0)]).acted == [
        *("f5", "f6", "f5", "escape")
    ]


def test_enter_and_line_feed_behind_a_swipe_belong_to_it_and_a_later_enter_does_not() -> None:
    keys = [*swipe(TRACKS[0], end=""), ("enter", 90.0), ("ctrl+j", 2.0), ("f6", 2.0), ("enter", 400.0)]
    house = House().run(keys)
    assert (house.seen, house.acted) == ([Card()], ["f6", "enter"])


def test_tracks_that_end_with_enter_each_are_two_cards_and_no_key() -> None:
    house = House().run([*swipe(TRACKS[1]), *swipe(TRACKS[0]), *swipe("+1234567890?")])
    assert (house.seen, house.text, house.acted) == ([Card()] * 3, "", [])


@pytest.mark.parametrize("place", range(8, 38, 5))
def test_what_comes_after_a_stall_in_a_card_belongs_to_it(place: int) -> None:
    keys = swipe(TRACKS[0])
    keys[place] = (keys[place][0], 180.0)
    house = House().run(keys)
    assert house.seen
    assert not {*house.seen} - {Card()}
    assert (house.text, house.acted) == ("", [])


@pytest.mark.parametrize("identity", [RESIDENT, GANSU, RESIDENT.lower()])
def test_a_resident_id_is_tested_before_a_card(identity: str) -> None:
    house = House(text="A").run(swipe(identity))
    assert house.seen == [Scan(ScanKind.RESIDENT_ID, identity.upper())]
    assert (house.text, house.acted) == ("A", [])


def test_a_registered_code_is_a_scan_and_its_group_is_the_code() -> None:
    habits = Habits(patterns=(r"HT(?:-)?([A-Z]\d{3})", r"\d{12}"))
    house = House(habits=habits).run([*swipe("HT-A031"), ("x", 900.0), ("6", 900.0), *typed("90123456789")])
    assert house.seen == [Scan(ScanKind.CODE, "A031"), Scan(ScanKind.CODE, "690123456789")]
    assert house.text == "x"


@pytest.mark.parametrize("data", ["690123456789", "0317", "B07", "11010519491231002", "4111111111111112"])
def test_what_has_no_known_shape_is_typed_with_its_enter(data: str) -> None:
    house = House().run([("f5", 100.0), *swipe(data)])
    assert (house.text, house.acted, house.seen) == (data, ["f5", "enter"], [])


def test_a_card_that_is_typed_slowly_is_text() -> None:
    house = House().run(typed(BARE[0], 45.0))
    assert (house.text, house.seen) == (BARE[0], [])


def test_a_slow_reader_needs_its_habits() -> None:
    slow = typed(TRACKS[0], 120.0)
    assert House().run(slow).seen == []
    assert House(habits=Habits(gap_ms=250, average_ms=150)).run(slow).seen == [Card()]


@pytest.mark.parametrize("text", ["请到三号窗口", "B07发票", "B07发票4111111111111111x票"])
def test_an_input_method_commits_in_one_read(text: str) -> None:
    house = House().run(typed(text, 0.02))
    assert (house.text, house.seen) == (text, [])


@pytest.mark.parametrize("collects", [True, False])
def test_a_key_that_repeats_is_no_reader(collects: bool) -> None:
    house = House(collects).run(typed("4" * 60, 15.0))
    assert house.seen == []
    assert house.text + "".join(house.acted) == "4" * 60


def test_a_paste_comes_after_what_was_held() -> None:
    house = House(collects=False)
    house.run([("f5", 5.0), *typed("411111")], then_ms=0)
    house.take(house.wedge.release())
    assert house.acted == ["f5", *"411111"]
    assert house.wedge.due_ms is None


def test_a_key_in_a_list_waits_until_it_cannot_be_a_swipe_any_more() -> None:
    house = House(collects=False)
    house.run([("4", 500.0)], then_ms=49.0)
    assert house.acted == []
    assert house.run([], then_ms=2.0).acted == ["4"]


def test_control_and_function_keys_of_the_reader_do_nothing() -> None:
    keys = [*typed(TRACKS[0][:9]), ("ctrl+right_square_bracket", 8.0), *typed(TRACKS[0][9:]), ("f5", 8.0)]
    house = House(collects=False).run(keys)
    assert (house.seen, house.acted) == ([Card()], [])


def test_the_buffer_is_overwritten_and_the_events_are_empty() -> None:
    wedge: Wedge[str] = Wedge(Habits())
    for number, character in enumerate(BARE[0]):
        wedge.key(character, character, character, number * READER_MS, True)
    assert BARE[0].encode() in wedge._text
    (taken_back, card) = wedge.key("enter", "enter", None, 20 * READER_MS, True)
    assert (repr(taken_back), repr(card)) == ("Withdraw()", "Card()")
    assert (bytes(wedge._text), wedge._held) == (bytes(MOST), [])


def test_keys_of_any_number_pass_and_are_forgotten() -> None:
    house = House().run(typed("0123456789" * 200, 1.0))
    assert (house.text, house.seen) == ("0123456789" * 200, [])
    assert bytes(house.wedge._text) == bytes(MOST)


def test_a_scan_does_not_show_its_text() -> None:
    assert RESIDENT not in repr(Scan(ScanKind.RESIDENT_ID, RESIDENT))


WORDS = [
    "增值税",
    "发票",
    "B07",
    "zzsfp",
    "C11*3",
    "0317",
    "360600001",
    "13870012345",
    "receipt",
    "again",
    "+",
    "-",
    ";",
]


def typist(seed: int) -> list[tuple[str, float]]:
    """A person: 30 to 130 words a minute, rolls over neighbouring keys, repeats, commits, corrects, uses F-keys."""
    luck = random.Random(seed)
    pace_ms = luck.uniform(90.0, 400.0)
    keys: list[tuple[str, float]] = []
    for _ in range(luck.randint(3, 8)):
        word = luck.choice(WORDS)
        if not word.isascii():
            keys += typed(word, 0.02)
            continue
        for character in word:
            rolls = luck.random() < 0.25 and not (keys and keys[-1][1] < 45)
            keys.append((character, luck.uniform(15.0, 40.0) if rolls else luck.gauss(pace_ms, pace_ms / 6)))
        if luck.random() < 0.2:
            keys += typed(luck.choice("4;%0a") * luck.randint(4, 30), 33.0)
        keys.append((luck.choice(["enter", "tab", "f5", "f6", "backspace", " ", "up"]), luck.uniform(20.0, 300.0)))
    return keys


@pytest.mark.parametrize("collects", [True, False], ids=["field", "list"])
def test_of_three_thousand_typists_none_is_a_reader_and_all_they_type_arrives_in_order(collects: bool) -> None:
    for seed in range(3_000):
        keys = typist(seed)
        house = House(collects).run(keys)
        assert house.seen == [], seed
        assert house.text == "".join(name for name, _gap in keys if collects and len(name) == 1), seed
        assert house.acted == [name for name, _gap in keys if not collects or len(name) > 1], seed


def test_typing_at_120_words_a_minute_is_not_delayed() -> None:
    house = House().run(typed("receipt printed again " * 5, 100.0))
    assert set(house.waits_ms) == {0.0}


NAMES = st.sampled_from([*"0123456789=;%?AB ", "f5", "enter", "tab", "escape", "ctrl+j", "中"])


@given(st.lists(st.tuples(NAMES, st.sampled_from([0.0, 8.0, 30.0, 40.0, 60.0, 120.0])), max_size=40), st.booleans())
@settings(max_examples=300, deadline=None)
def test_every_key_passes_in_order_unless_a_reader_is_proved(keys: list[tuple[str, float]], collects: bool) -> None:
    house = House(collects).run(keys)
    passed = iter(house.acted)
    if not house.seen:
        assert house.text == "".join(name for name, _gap in keys if collects and len(name) == 1)
        assert house.acted == [name for name, _gap in keys if not collects or len(name) > 1]
    else:
        assert all(name in passed for name in house.acted)
        assert sum(len(name) == 1 for name, _gap in keys) >= LEAST
    assert house.wedge.due_ms is None
