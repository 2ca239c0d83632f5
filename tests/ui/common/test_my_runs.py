"""Which runs are a visitor's own."""

from genclass.jobs import runs
from genclass.ui import api
from genclass.ui.common import my_runs
from genclass.ui.server import limits


def test_a_run_that_is_watched_again_pushes_no_other_out():
    mine = {"ids": [str(number) for number in range(my_runs.KEPT_RUNS)]}
    assert my_runs.watching(mine, "5") == {**mine, "watched": "5"}
    assert my_runs.watching(mine, "new")["ids"] == [*mine["ids"][1:], "new"]


def test_of_endless_ids_few_are_looked_at(monkeypatch):
    ids = [f"{index:032x}" for index in range(200_000)]
    assert my_runs.run_ids({"ids": ids}) == ids[-30:]
    looked = []
    monkeypatch.setattr(limits.now, "public", True)
    monkeypatch.setattr(runs, "list_runs", lambda known: looked.extend(known) or [])
    assert api.list_runs(ids) == [] and looked == ids[-200:]
