"""The curves of the watched run."""

from genclass.ui.train import run_plots


def test_curves_are_thinned_and_keep_their_ends():
    reports = [{"step": step, "loss": 1.0} for step in range(5000)]
    points = run_plots.curves(reports, ("loss",))
    assert len(points) == run_plots.POINTS
    assert points["step"].iloc[0] == 0 and points["step"].iloc[-1] == 4999
