"""Who may do what, where: the table of rights cell by cell, and how far a grant reaches."""

from __future__ import annotations

import pytest

from storage.access import (
    ROWS,
    TABLE,
    Action,
    Grant,
    Level,
    Sight,
    city_of,
    grants_that_allow,
    level,
    may,
    sight,
    upwards,
    who_may,
)
from storage.facts import Role

PROVINCE, CITY, DISTRICT, OTHER_DISTRICT = "360000", "360600", "360602", "360681"
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
| see_figures     | s     | hm    | h           | h             | h        | c             | c               | cm    | –          | s           | –     |
| see_nodes       | –     | –     | –           | h             | –        | –             | c               | c     | c          | –           | –     |
| rate_for_taxpayer | –     | –     | –           | –             | –        | –             | –               | –     | –          | –           | –     |
| enter_card      | –     | h     | h           | h             | –        | –             | –               | –     | –          | –           | –     |
| declare_fault   | s     | –     | h           | h             | –        | –             | c               | –     | h          | s           | –     |
| confirm_fault   | –     | –     | h           | h             | –        | –             | c               | –     | –          | –           | –     |
| back_enter      | s     | –     | h           | h             | –        | –             | –               | –     | –          | s           | –     |
| confirm_back_entry | –     | –     | h           | h             | –        | –             | –               | –     | –          | –           | –     |
| request_leave   | s     | s     | s           | s             | –        | –             | –               | –     | –          | s           | –     |
| approve_leave   | –     | –     | h           | h             | –        | d             | –               | –     | –          | –           | –     |
| schedule        | –     | –     | h           | h             | –        | –             | –               | –     | –          | –           | –     |
| see_attendance  | s     | s     | h           | h             | h        | c             | c               | cm    | –          | s           | –     |
| correct_attendance | –     | –     | –           | h             | h        | –             | –               | –     | –          | –           | –     |
| see_ranking     | –     | –     | h           | h             | h        | c             | c               | cm    | –          | –           | –     |
| see_scores      | –     | –     | –           | h             | h        | c             | c               | cm    | –          | –           | –     |
| see_levels      | s     | –     | h           | h             | h        | c             | c               | cm    | –          | s           | –     |
| see_rater       | –     | –     | –           | hx            | –        | –             | cx              | –     | –          | –           | –     |
| handle_cases    | –     | –     | –           | h             | –        | –             | c               | –     | –          | –           | –     |
| draft_comment   | –     | –     | h           | h             | h        | –             | –               | –     | –          | –           | –     |
| write_comment   | –     | –     | h           | h             | –        | –             | –               | –     | –          | –           | –     |
| give_reward     | –     | –     | –           | h             | –        | –             | –               | –     | –          | –           | –     |
| draft_reward    | –     | –     | –           | h             | h        | –             | –               | –     | –          | –           | –     |
| read_comments   | –     | –     | h           | h             | h        | c             | c               | –     | –          | –           | –     |
| record_complaint | –    | –     | –           | –             | h        | –             | c               | –     | –          | –           | –     |
| record_error    | –     | –     | –           | h             | h        | –             | –               | –     | –          | –           | –     |
| vote            | s     | s     | s           | s             | –        | –             | –               | –     | –          | s           | –     |
| propose_freeze  | –     | –     | –           | h             | h        | –             | c               | –     | –          | –           | –     |
| freeze_month    | –     | –     | –           | –             | h        | –             | c               | –     | –          | –           | –     |
| appeal          | s     | –     | –           | –             | –        | –             | –               | –     | –          | s           | –     |
| forward_appeal  | –     | –     | –           | h             | –        | –             | –               | –     | –          | –           | –     |
| decide_appeal   | –     | –     | –           | –             | –        | –             | c               | –     | –          | –           | –     |
| see_device_health | –     | –     | –           | h             | –        | –             | –               | cm    | cm         | –           | –     |
| propose_catalogue | –     | –     | –           | h             | –        | –             | –               | –     | –          | –           | –     |
| edit_weights    | –     | –     | –           | –             | –        | –             | c               | –     | –          | –           | –     |
| edit_thresholds | –     | –     | –           | h             | –        | –             | c               | –     | –          | –           | –     |
| import          | –     | –     | –           | h             | h        | –             | c               | c     | –          | –           | –     |
| export_package  | –     | –     | h           | h             | h        | –             | c               | –     | h          | h           | –     |
| view_audit      | –     | –     | –           | h             | –        | –             | c               | cm    | –          | –           | –     |
"""  # noqa: E501
HEAD, *LINES = [[cell.strip() for cell in line.strip("|").split("|")] for line in RIGHTS.strip().splitlines()]
CELLS = [
    (Action(line[0]), Role(role), letter) for line in LINES for role, letter in zip(HEAD[1:], line[1:], strict=True)
]


@pytest.mark.parametrize(("action", "role", "cell"), CELLS)
def test_each_cell_of_the_table(action: Action, role: Role, cell: str) -> None:
    letter, case = cell[0], "x" in cell
    at_hall = [Grant(role, HALL)]
    assert may(at_hall, action, WINDOW, own=True, case=True) is (letter != "–")
    assert may(at_hall, action, HALL, own=False, case=True) is (letter in "hdc")
    assert may(at_hall, action, HALL, own=True, case=False) is (letter != "–" and not case)
    assert not may(at_hall, action, SAME_DISTRICT, own=True, case=True)
    assert not may(at_hall, action, ELSEWHERE, own=True, case=True)
    at_city = [Grant(role, CITY)]
    assert may(at_city, action, HALL, own=True, case=True) is (letter != "–")
    assert may(at_city, action, ELSEWHERE, own=False, case=True) is (letter in "hdc")
    assert may(at_city, action, DISTRICT, own=True, case=True) is (letter in "dc")
    assert may(at_city, action, CITY, own=True, case=True) is (letter == "c")
    assert (role in who_may(action, HALL)) is (letter != "–")
    assert (role in who_may(action, DISTRICT)) is (letter in "dc")
    assert (role in who_may(action, CITY)) is (letter == "c")
    seen = sight(at_city, action, HALL, own=True, case=True)
    assert seen is (Sight.NOTHING if letter == "–" else Sight.MASKED if "m" in cell else Sight.CLEAR)
    named = [grant for grant in grants_that_allow(action, WINDOW) if grant.role is role]
    assert bool(named) is (letter != "–")
    for grant in named:
        assert may([grant], action, WINDOW, own=True, case=True)
        assert level(grant.node) == {"w": 2, "s": 2, "h": 2, "d": 3, "c": 4}[letter]


def test_every_action_has_its_line() -> None:
    assert set(TABLE) == set(ROWS) == set(Action)
    assert {action for action, _role, _cell in CELLS} == set(Action)
    assert len(CELLS) == len(set(Action)) * len(set(Role) - {Role.STATION})


def test_nobody_rates_in_the_taxpayers_place() -> None:
    assert who_may(Action.RATE_FOR_TAXPAYER, HALL) == []
    everybody = [Grant(role, CITY) for role in Role]
    assert not may(everybody, Action.RATE_FOR_TAXPAYER, HALL, own=True, case=True)


def test_a_grant_in_clear_counts_before_a_masked_one() -> None:
    masked, clear = Grant(Role.ADMIN, CITY), Grant(Role.ASSESSOR, HALL)
    assert sight([masked], Action.SEE_SCORES, HALL) is Sight.MASKED
    assert sight([masked, clear], Action.SEE_SCORES, HALL) is Sight.CLEAR
    assert sight([masked, clear], Action.SEE_SCORES, ELSEWHERE) is Sight.MASKED


def test_who_the_rater_is_shows_only_with_a_case() -> None:
    for role in (Role.HALL_DIRECTOR, Role.COLLECTION_DEPT):
        assert not may([Grant(role, CITY)], Action.SEE_RATER, HALL)
        assert may([Grant(role, CITY)], Action.SEE_RATER, HALL, case=True)


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
        (WINDOW, [WINDOW, HALL, DISTRICT, CITY, PROVINCE]),
        ("360600001-09", ["360600001-09", "360600001", CITY, PROVINCE]),
        (OTHER_DISTRICT, [OTHER_DISTRICT, CITY, PROVINCE]),
        (CITY, [CITY, PROVINCE]),
        (PROVINCE, [PROVINCE]),
        ("110101001", ["110101001", "110101", "110100", "110000"]),
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


def test_a_refused_link_says_which_role_at_which_node() -> None:
    assert grants_that_allow(Action.FREEZE_MONTH, HALL) == [
        Grant(Role.ASSESSOR, HALL),
        Grant(Role.COLLECTION_DEPT, CITY),
    ]
    assert Grant(Role.BUREAU_LEADER, DISTRICT) in grants_that_allow(Action.APPROVE_LEAVE, HALL)
    point = "360602071"
    at_point = grants_that_allow(Action.CONFIRM_BACK_ENTRY, point, {point: HALL})
    assert [grant.role for grant in at_point] == [Role.DUTY_LEADER, Role.HALL_DIRECTOR]
    assert all(may([grant], Action.CONFIRM_BACK_ENTRY, point, parents={point: HALL}) for grant in at_point)


def test_the_city_of_a_place_is_not_the_province_above_it() -> None:
    assert [city_of(node) for node in ("360600001-03", "360681101", "360681", "360600")] == ["360600"] * 4
    assert city_of("market", {"market": "360681"}) == "360600"
    assert city_of("market") == "market"
