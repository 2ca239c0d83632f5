"""What may go wrong while a model learns, noticed from its reports and told in words."""

from collections.abc import Iterable, Sequence
from typing import Any

from genclass.errors import GenClassError

Report = dict[str, Any]  # a line of metrics.jsonl
# Over 11 healthy runs (9,700 reports) the mean of D(x) - D(G(z)) over five reports stayed below 0.86.
WON_GAP = 0.93
WON_REPORTS = 5
# Collapsed generators spread 0.04 to 0.08 around their mean where healthy ones spread 0.49 and real images 0.5 or more.
LEAST_SPREAD = 0.25  # of the real images'
COLLAPSE_STEPS = 200  # before them every generator draws one grey cloud
COLLAPSE_PICTURES = 2
# Over 10 healthy runs the last gaps between training batches and test images were below 0.06.
OVERFIT_GAP = 0.15
OVERFIT_PICTURES = 3
SLOWED = 1.25  # times the seconds that a step was expected to take
SLOWED_SECONDS = 20.0  # before them loading and the first steps count too much


class Health:
    """Looks at the reports of one run.

    Args:
        earlier: reports from before a resume.
        mirror_twins: the two classes because of which nothing is mirrored, which is said all along; None otherwise.
        minutes: those that were asked for, or None.
        steps: how many of them were to fit in.
    """

    def __init__(
        self,
        earlier: Iterable[Report] = (),
        mirror_twins: Sequence[str] | None = None,
        minutes: float | None = None,
        steps: int = 1,
    ) -> None:
        self.reports, self.minutes, self.planned = list(earlier), minutes, 60 * (minutes or 0) / steps
        twins = dict(zip(("first", "second"), mirror_twins or ()))
        self.standing = [GenClassError("mirror_twins", **twins).as_dict()] if twins else []

    def warnings(self, report: Report) -> list[dict[str, Any]]:
        """What to warn of after one more report: a list of errors as dicts, empty where all is well."""
        self.reports.append(report)
        checks = {"discriminator_won": self._won, "samples_collapse": self._collapsed, "overfits": self._overfits,
                  "slowed": self._slowed}  # fmt: skip
        found = {code: check() for code, check in checks.items()}
        return [*self.standing, *(GenClassError(code, **values).as_dict() for code, values in found.items() if values)]

    def _won(self) -> dict[str, float] | None:
        last = [report["d_real"] - report["d_fake"] for report in self.reports[-WON_REPORTS:] if "d_real" in report]
        if len(last) == WON_REPORTS and sum(last) / len(last) > WON_GAP:
            return {"real": round(self.reports[-1]["d_real"], 3), "fake": round(self.reports[-1]["d_fake"], 3)}
        return None

    def _collapsed(self) -> dict[str, float] | None:
        drawn = [report for report in self.reports if "spread" in report][-COLLAPSE_PICTURES:]
        late = [report for report in drawn if report["step"] >= COLLAPSE_STEPS and report["spread"] < LEAST_SPREAD]
        return {"spread": round(100 * drawn[-1]["spread"])} if len(late) == COLLAPSE_PICTURES else None

    def _slowed(self) -> dict[str, Any] | None:
        """Of all steps so far: minutes that don't hold are told, not made up for by fewer steps."""
        step, seconds = self.reports[-1]["step"], self.reports[-1].get("seconds", 0.0)
        if not self.minutes or seconds < SLOWED_SECONDS or seconds / step <= SLOWED * self.planned:
            return None
        times = seconds / step / self.planned
        return {"speed": round(100 / times), "minutes": f"{self.minutes:g}", "become": f"{self.minutes * times:.3g}"}

    def _overfits(self) -> dict[str, float] | None:
        drawn = [report for report in self.reports if "test_accuracy" in report]
        last, before = drawn[-OVERFIT_PICTURES:], drawn[:-OVERFIT_PICTURES]
        best = max((report["test_accuracy"] for report in before), default=0.0)
        stuck = all(report["test_accuracy"] <= best for report in last)
        if not stuck or len(last) < OVERFIT_PICTURES or min(map(_gap, last)) <= OVERFIT_GAP:
            return None
        return {"train": round(100 * last[-1]["train_accuracy"]), "test": round(100 * last[-1]["test_accuracy"])}


def _gap(report: Report) -> float:
    return report["train_accuracy"] - report["test_accuracy"]
