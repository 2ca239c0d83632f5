"""Learning rates and averages over the steps of a run; seeds for each of them. All are functions of the step alone."""

import torch


def triangle(progress: float, start: float = 0.2, peak: float = 0.23) -> float:
    """Factor on the peak learning rate: from ``start`` up to 1 at ``peak``, then down to 0; ``progress`` is 0 to 1.

    Down to 0 it does as much as an average of the weights, which airbench adds to a learning rate that ends higher.
    """
    if progress < peak:
        return start + (1 - start) * progress / peak
    return (1 - progress) / (1 - peak)


def late_fall(progress: float, share: float) -> float:
    """Factor on a learning rate: 1, and over the last ``share`` of a run down to 0; ``progress`` is 0 to 1."""
    return min(1.0, (1 - progress) / share) if share else 1.0


def ema_decay(step: int, batch: int, half_life: float) -> float:
    """Factor that keeps half of an average after ``half_life`` images; smaller at first, to forget the beginning."""
    return min(0.5 ** (batch / half_life), (1 + step) / (10 + step))


def step_generator(seed: int, *position: int) -> torch.Generator:
    """A CPU generator for one place in a run.

    Every draw comes from such a generator, so that to resume exactly nothing but the step has to be remembered.
    """
    mixed = seed
    for number in position:  # splitmix64: neighbouring places get unrelated streams
        mixed = (mixed + 0x9E3779B97F4A7C15 * (number + 1)) % 2**64
        mixed = ((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9) % 2**64
        mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) % 2**64
        mixed ^= mixed >> 31
    return torch.Generator().manual_seed(mixed % 2**63)


class Order:
    """Which images a step sees: a fresh permutation for each epoch, whole batches only.

    Args:
        count: images in the set.
        batch: images in a step; all of them, if there are fewer.
        labels: int [count], where ``together`` images at a time are to be of one class, as far as there are so many.
    """

    def __init__(
        self, count: int, batch: int, seed: int, labels: torch.Tensor | None = None, together: int = 1
    ) -> None:
        self.count, self.seed, self.labels, self.together = count, seed, labels, min(together, count)
        self.batch = max(self.together, min(batch, count) // self.together * self.together)
        self.steps = count // self.together * self.together // self.batch
        self._epoch, self._permutation = -1, torch.empty(0, dtype=torch.int64)

    def indices(self, step: int) -> tuple[int, torch.Tensor]:
        """(epoch, int64 [batch]) of one step."""
        epoch, position = divmod(step, self.steps)
        if epoch != self._epoch:
            self._permutation = self._permuted(step_generator(self.seed, 1, epoch))
            self._epoch = epoch
        return epoch, self._permutation[position * self.batch : (position + 1) * self.batch]

    def _permuted(self, draw: torch.Generator) -> torch.Tensor:
        shuffled = torch.randperm(self.count, generator=draw)
        if self.labels is None:
            return shuffled
        by_class = shuffled[self.labels[shuffled].argsort(stable=True)]
        groups = by_class[: self.count // self.together * self.together].unflatten(0, (-1, self.together))
        return groups[torch.randperm(len(groups), generator=draw)].flatten()
