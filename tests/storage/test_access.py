"""Who may do what, where: the table of rights cell by cell, and how far a grant reaches."""

from __future__ import annotations

import pytest

from storage.access import TABLE, Action, Grant, Level, level, may, upwards, who_may
from storage.facts import Role

CITY, DISTRICT, OTHER_DISTRICT = "360600", "360602", "360681"
HALL, WINDOW = "360602001", "360602001-01"
SAME_DISTRICT, ELSEWHERE = "360602002", "360681001"

RIGHTS = """
| action          | clerk | guide | duty_leader | hall_director | assessor | bureau_leader | collection_dept | admin | technician | point_clerk | kiosk |
| serve           | w     | –     | w           | w             | –        | –             | –               | –     | –          | w           | –     |
| issue           | h     | h     | h           | h             | –        | –             | –               | –     | –          | h           | h     |
| cancel          | –     | h     | h           | h             | –        | –             | –               | –     | –          | h           | –     |
| note_unrated    | s     | –     | h           | h             | –        | –             | –               | –     | –          | s           | –     |
| dispatch        | –     | –     | h           | h             | –        | –             | –               | –     | –          | –           | –     |
| devices         | –     | –     | –           | h             | –        | –             | –               | c     | h          | –           | –     |
| edit_staff      | –     | –     | –           | –             | –        | –             | –               | c     | –          | –           | –     |
| edit_windows    | –     | –     | h           | h             | –        | –             | –               | c     | –          | –           | –     |
| edit_catalogue  | –     | –     | –           | –             | –        | –             | c               | c     | –          | –           | –     |
| edit_settings   | –     | –     | –           | h             | –        | –             | c               | –     | –          | –           | –     |
| reset_password  | –     | –     | –           | h             | –        | –             | –               | c     | –          | –           | –     |
| see_own_figures | s     | s     | s           | s             | s        | –             | –               | –     | –          | s           | –     |
| see_press_patterns | – | –  | h           | h             | h        | –             | –               | –     | –          | –           | –     |
| doctor          | –     | –     | –           | h             | –        | –             | –               | c     | h          | –           | –     |
| backup          | –     | –     | –           | h             | –        | –             | –               | c     | h          | –           | –     |
| see_figures     | s     | h     | h           | h             | h        | c             | c               | c     | –          | s           | –     |
| see_nodes       | –     | –     | –           | h             | –        | –             | c               | c     | c          | –           | –     |
"""  # noqa: E501
HEAD, *LINES = [[cell.strip() for cell in line.strip("|").split("|")] for line in RIGHTS.strip().splitlines()]
CELLS = [
    (Action(line[0]), Role(role), letter) for line in LINES for role, letter in zip(HEAD[1:], line[1:], strict=True)
]


@pytest.mark.parametrize(("action", "role", "letter"), CELLS)
def test_each_cell_of_the_table(action: Action, role: Role, letter: str) -> None:
    at_hall = [Grant(role, HALL)]
    assert may(at_hall, action, WINDOW, own=True) is (letter != "–")
    assert may(at_hall, action, HALL, own=False) is (letter in "hc")
    assert not may(at_hall, action, SAME_DISTRICT, own=True)
    assert not may(at_hall, action, ELSEWHERE, own=True)
    at_city = [Grant(role, CITY)]
    assert may(at_city, action, HALL, own=True) is (letter != "–")
    assert may(at_city, action, ELSEWHERE, own=False) is (letter in "hc")
    assert may(at_city, action, CITY, own=True) is (letter == "c")
    assert (role in who_may(action, HALL)) is (letter != "–")
    assert (role in who_may(action, CITY)) is (letter == "c")


def test_every_action_has_its_line() -> None:
    assert set(TABLE) == set(Action) == {action for action, _role, _letter in CELLS}


def test_a_grant_covers_its_node_and_everything_below() -> None:
    director = [Grant(Role.HALL_DIRECTOR, DISTRICT)]
    assert may(director, Action.CANCEL, WINDOW)
    assert may(director, Action.CANCEL, SAME_DISTRICT)
    assert not may(director, Action.CANCEL, ELSEWHERE)
    at_window = [Grant(Role.CLERK, WINDOW)]
    assert may(at_window, Action.SERVE, WINDOW, own=True)
    assert not may(at_window, Action.SERVE, "360602001-02", own=True)


def test_several_grants_add_up() -> None:
    both = [Grant(Role.CLERK, HALL), Grant(Role.GUIDE, ELSEWHERE)]
    assert may(both, Action.SERVE, WINDOW, own=True)
    assert may(both, Action.CANCEL, ELSEWHERE)
    assert not may(both, Action.CANCEL, HALL)
    assert not may([], Action.SEE_OWN_FIGURES, HALL, own=True)


def test_a_point_hangs_on_the_hall_that_is_named_its_parent() -> None:
    leader = [Grant(Role.DUTY_LEADER, HALL)]
    point = "360602071"
    assert not may(leader, Action.CANCEL, point)
    assert may(leader, Action.CANCEL, f"{point}-01", parents={point: HALL})


def test_parents_in_a_circle_end() -> None:
    assert upwards("a", {"a": "b", "b": "a"}) == ["a", "b"]


@pytest.mark.parametrize(
    ("node", "chain"),
    [
        (WINDOW, [WINDOW, HALL, DISTRICT, CITY]),
        ("360600001-09", ["360600001-09", "360600001", CITY]),
        (OTHER_DISTRICT, [OTHER_DISTRICT, CITY]),
        (CITY, [CITY]),
        ("demo-01", ["demo-01", "demo"]),
    ],
)
def test_codes_carry_the_tree(node: str, chain: list[str]) -> None:
    assert upwards(node) == chain


def test_the_height_of_a_node_is_in_its_code() -> None:
    assert [level(node) for node in (WINDOW, HALL, DISTRICT, CITY, "demo")] == [
        *(Level.WINDOW, Level.HALL, Level.DISTRICT, Level.CITY, Level.HALL)
    ]


def test_a_refusal_can_name_who_may() -> None:
    assert who_may(Action.EDIT_STAFF, HALL) == [Role.ADMIN]
    assert who_may(Action.RESET_PASSWORD, HALL) == [Role.HALL_DIRECTOR, Role.ADMIN]
