"""What pictures may cost together."""

from genclass.files import budget
from genclass.files.budget import Budget
from tests.helpers import code_of


def test_more_than_there_was_is_refused():
    left = Budget(3e6)
    left.take(2e6)
    left.check()
    left.take(1e6 + 1)
    assert code_of(left.check) == "too_many_pixels"


def test_without_a_limit_all_is_allowed():
    left = Budget()
    left.take(1e15)
    left.check()


def test_what_was_sent_allows_more(tmp_path):
    (tmp_path / "a").write_bytes(bytes(1000))
    assert budget.pixels_for([tmp_path / "a", tmp_path / "gone"], 7) == 7 + budget.PER_BYTE * 1000
    assert budget.pixels_for([]) == budget.PIXELS
