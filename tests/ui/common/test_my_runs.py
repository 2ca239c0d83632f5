"""Which runs are a visitor's own."""

from genclass.ui.common import my_runs


def test_a_run_that_is_watched_again_pushes_no_other_out():
    mine = {"ids": [str(number) for number in range(my_runs.KEPT_RUNS)]}
    assert my_runs.watching(mine, "5") == {**mine, "watched": "5"}
    assert my_runs.watching(mine, "new")["ids"] == [*mine["ids"][1:], "new"]
