"""The link score and the byte budget, in time that only the test moves."""

from devices.health import BUDGET_BURST_BYTES, FLOOD_AFTER_MS, LineBudget, LinkScore


def test_a_few_events_say_nothing_many_do_and_old_ones_are_forgotten() -> None:
    score = LinkScore()
    score.add(0, 5, 5)
    assert score.value == 1.0
    score.add(1000, 990, 0)
    assert (score.value, score.degraded) == (0.995, False)
    score.add(2000, 0, 5)
    assert (score.value < 0.995, score.degraded) == (True, True)
    score.add(400_000, 20, 0)
    assert score.value == 1.0


def test_a_burst_passes_and_a_lasting_flood_does_not() -> None:
    budget = LineBudget(960, 0)
    assert budget.admit(BUDGET_BURST_BYTES, 0)
    assert not budget.admit(100, 1)
    assert not budget.flooding(FLOOD_AFTER_MS)
    assert budget.flooding(FLOOD_AFTER_MS + 1)
    assert budget.dropped_bytes == 100


def test_a_line_at_full_speed_is_no_flood() -> None:
    budget = LineBudget(960, 0)
    assert all(budget.admit(96, at_ms) for at_ms in range(0, 120_000, 100))
    assert not budget.flooding(120_000)
