"""What holds after every step of a random shift, whatever was pressed (business rules 7.5 and 8.1)."""

from __future__ import annotations

from itertools import pairwise

from hypothesis.stateful import RuleBasedStateMachine, invariant

from storage.facts import RatingUnit
from tests.hallterm.workflows.shift import Shift

FIGURES = {
    "services": "SELECT count(*) FROM service WHERE end_t > 0",
    "quantity": "SELECT coalesce(sum(quantity), 0) FROM service WHERE end_t > 0",
    "counted_s": "SELECT coalesce(sum(counted_s), 0) FROM service WHERE end_t > 0",
    "excluded_s": "SELECT coalesce(sum(excluded_s), 0) FROM service WHERE end_t > 0",
    "overtime": "SELECT coalesce(sum(overtime), 0) FROM service WHERE end_t > 0 AND suspicious = 0",
    "std_milliminutes": "SELECT coalesce(sum(std_milliminutes), 0) FROM service WHERE end_t > 0 AND suspicious = 0",
    "transferred": "SELECT count(*) FROM service WHERE state = 'transferred'",
    "tickets": "SELECT count(*) FROM ticket",
    "called": "SELECT count(*) FROM ticket WHERE first_called_t > 0",
    "wait_s": "SELECT coalesce(sum(wait_s), 0) FROM ticket WHERE first_called_t > 0",
    "no_shows": "SELECT count(*) FROM ticket WHERE result = 'no_show'",
    "rated": "SELECT count(*) FROM rating",
    "unrated": "SELECT count(*) FROM unrated WHERE undone = 0",
    "exempt": "SELECT coalesce(sum(exempt), 0) FROM unrated WHERE undone = 0",
}
"""Each sum, and the rows it is made of."""


class Unbroken(RuleBasedStateMachine):
    """The invariants; the rules of the machine are those of its subclass."""

    shift: Shift
    unit: RatingUnit

    def __init__(self) -> None:
        super().__init__()
        self.frozen: dict[str, tuple[object, ...]] = {}
        self.sentences: set[str] = set()

    @invariant()
    def one_service_a_window_one_window_a_clerk(self) -> None:
        rows = self.shift.db.rows("SELECT window, staff FROM service WHERE state IN ('serving', 'paused')")
        assert len({window for window, _ in rows}) == len(rows)
        assert len({staff for _, staff in rows}) == len(rows)
        at = [row[0] for row in self.shift.db.rows("SELECT staff FROM \"window\" WHERE state <> 'closed'")]
        assert len(set(at)) == len(at)

    @invariant()
    def a_ticket_is_at_most_at_one_window(self) -> None:
        sql = "SELECT ticket FROM \"window\" WHERE state IN ('called', 'serving', 'paused', 'awaiting_rating')"
        at = [ticket for (ticket,) in self.shift.db.rows(sql) if ticket]
        assert len(set(at)) == len(at)
        busy = self.shift.db.rows(
            "SELECT id, state FROM ticket WHERE state IN ('called', 'serving', 'paused', 'awaiting_rating')"
        )
        assert {ticket for ticket, _ in busy} == set(at)

    @invariant()
    def a_busy_window_has_what_its_state_says(self) -> None:
        expected = {"serving": {"serving"}, "paused": {"paused"}, "awaiting_rating": {"finished"}}
        for state, service in self.shift.db.rows('SELECT state, service FROM "window"'):
            found = self.shift.db.value("SELECT state FROM service WHERE id = ?", (service,)) if service else None
            assert state not in expected or found in expected[state], (state, found)
            assert state in expected or not service

    @invariant()
    def no_negative_time_and_no_overlap(self) -> None:
        sql = "SELECT min(counted_ms), min(excluded_ms), min(counted_s), min(excluded_s), min(wall_s) FROM service"
        assert all(value is None or value >= 0 for value in self.shift.db.rows(sql)[0])
        ends = self.shift.db.rows(
            "SELECT s.excluded_ms, coalesce(sum(i.length_ms), 0) FROM service s LEFT JOIN service_interval i "
            "ON i.service = s.id AND i.undone = 0 AND i.excluded = 1 WHERE s.end_t > 0 GROUP BY s.id"
        )
        assert all(total == parts for total, parts in ends), ends

    @invariant()
    def a_settled_service_is_never_edited(self) -> None:
        rows = self.shift.db.rows(
            "SELECT rating, id, counted_s, excluded_s, wall_s, overtime, code, quantity, end_t FROM service "
            "WHERE rating <> ''"
        )
        again = {id for (id,) in self.shift.db.rows("SELECT service FROM service_interval WHERE recounted = 1")}
        for rating_, id, *values in rows:
            if id in again:  # a pause that nobody confirmed counts again: the one change there is
                self.frozen[id] = tuple(values)
            # what waits for its visit may be asked for after an undo
            elif id in self.frozen or rating_ != "with_visit":
                assert self.frozen.setdefault(id, tuple(values)) == tuple(values)
        assert self.frozen.keys() <= {row[1] for row in rows}

    @invariant()
    def a_visit_has_one_outcome_where_one_rating_is_for_the_visit(self) -> None:
        found = self.shift.db.rows(
            "SELECT visit FROM service WHERE rating IN ('rated', 'unrated') GROUP BY visit HAVING count(*) > 1"
        )
        assert found == [] or self.unit is RatingUnit.PER_SERVICE
        joined = self.shift.db.value("SELECT count(*) FROM service WHERE rating = 'with_visit'")
        assert joined == 0 or self.unit is RatingUnit.PER_VISIT

    @invariant()
    def what_awaits_its_rating_has_none(self) -> None:
        sql = (
            'SELECT s.id FROM service s JOIN "window" w ON w.service = s.id '
            "WHERE w.state = 'awaiting_rating' AND s.rating <> ''"
        )
        assert self.shift.db.rows(sql) == []

    @invariant()
    def every_finished_service_is_asked_for_or_settled(self) -> None:
        """No way leads round the rating: the sums of a month miss nobody."""
        open_ = "SELECT service FROM \"window\" WHERE state = 'awaiting_rating'"
        assert (
            self.shift.db.rows(f"SELECT id FROM service WHERE end_t > 0 AND rating = '' AND id NOT IN ({open_})") == []
        )

    @invariant()
    def no_rating_without_a_press_and_none_twice(self) -> None:
        db = self.shift.db
        assert db.value("SELECT count(*) FROM rating") == len(self.shift.stores.facts("rating.given"))
        assert db.rows("SELECT service FROM rating GROUP BY service HAVING count(*) > 1") == []
        assert db.rows("SELECT r.service FROM rating r JOIN service s ON s.id = r.service WHERE s.end_t = 0") == []
        assert db.rows("SELECT day, number FROM ticket GROUP BY day, number HAVING count(*) > 1") == []

    @invariant()
    def figures_are_the_sums_of_the_rows(self) -> None:
        for column, rows in FIGURES.items():
            assert self.shift.figure(column) == self.shift.db.value(rows), column

    @invariant()
    def every_refusal_is_a_sentence(self) -> None:
        assert not [words for words in self.sentences if not words or "{" in words]

    @invariant()
    def no_leg_of_a_visit_stands_twice(self) -> None:
        legs = self.shift.db.rows("SELECT visit, leg FROM service WHERE state <> 'cancelled' ORDER BY visit, leg")
        assert all(one != other for one, other in pairwise(legs))

    def every_invariant(self) -> None:
        self.one_service_a_window_one_window_a_clerk()
        self.a_ticket_is_at_most_at_one_window()
        self.a_busy_window_has_what_its_state_says()
        self.what_awaits_its_rating_has_none()
        self.a_visit_has_one_outcome_where_one_rating_is_for_the_visit()
        self.figures_are_the_sums_of_the_rows()
