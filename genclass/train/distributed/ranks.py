"""One run on several processes: each takes its slice of every batch, and all of them have the same weights.

    torchrun --nproc-per-node 2 -m genclass train …

The process of rank 0 leads: it alone writes into the run's folder, decides when to report, to save and to stop, and
tells the others before each step that there is one. Gradients are averaged by DistributedDataParallel, over gloo on
processors and NCCL on GPUs. Every process draws the random numbers of the whole batch and takes its slice of what comes
of them, so that N processes take the steps of one, up to rounding.
"""

import contextlib
import datetime
import os
import warnings
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, TypeVar, TypeVarTuple, cast

import torch
import torch.distributed as dist
from torch import nn
from torch.nn.parallel import DistributedDataParallel

from genclass.errors import GenClassError
from genclass.networks.protocols import Network
from genclass.train.distributed import connections
from genclass.train.distributed.sync_batchnorm import share_norms
from genclass.train.settings import Request

if TYPE_CHECKING:
    from genclass.train.trainer import Trainer

# One that evaluates is waited for; a process that ends is noticed at once, a machine that is gone by its connections.
PATIENCE = datetime.timedelta(days=1)
MOMENT = datetime.timedelta(seconds=2)
OVER = -1
T = TypeVar("T")
Batch = TypeVarTuple("Batch")


def launched() -> int:
    """How many processes torchrun started for this run, this one among them; 1 without torchrun."""
    return int(os.environ["WORLD_SIZE"]) if "TORCHELASTIC_RUN_ID" in os.environ else 1


def leads() -> bool:
    """Whether this process is the one that writes the run's folder."""
    return launched() == 1 or os.environ["RANK"] == "0"


def restarted() -> bool:
    """Whether torchrun started this process in the place of one that had failed."""
    return launched() > 1 and int(os.environ["TORCHELASTIC_RESTART_COUNT"]) > 0


def here() -> int:
    """How many of the run's processes share this machine."""
    return int(os.environ["LOCAL_WORLD_SIZE"]) if launched() > 1 else 1


def check(request: Request) -> None:
    """Refuse what several processes can't train.

    Raises:
        GenClassError: ``minutes_alone``, ``uneven_batch`` or ``few_devices``.
    """
    if launched() == 1:
        return
    if request.minutes is not None:
        raise GenClassError("minutes_alone", processes=launched())
    check_batch(request.settings().batch)
    if request.device == "cuda" and here() > torch.cuda.device_count():
        raise GenClassError("few_devices", processes=here(), devices=torch.cuda.device_count())


def check_batch(batch: int) -> None:
    """Refuse a batch that the processes can't share in equal parts.

    Raises:
        GenClassError: ``uneven_batch``.
    """
    if batch % launched():
        raise GenClassError("uneven_batch", batch=batch, processes=launched())


@contextlib.contextmanager
def joined() -> Iterator["Alone"]:
    """This process among those that train a run: ``ALONE``, or a ``Group``, which waits until all have come here."""
    if launched() == 1:
        yield ALONE
        return
    gpus = torch.cuda.is_available() and dist.is_nccl_available()
    if gpus:
        torch.cuda.set_device(int(os.environ["LOCAL_RANK"]) % torch.cuda.device_count())
    backend, rank = "cpu:gloo,cuda:nccl" if gpus else "gloo", int(os.environ["RANK"])
    agent, store = _stores()  # both must live as long as the group
    dist.init_process_group(backend, store=store, rank=rank, world_size=launched(), timeout=PATIENCE)
    connections.notice_loss()
    try:
        group = Group()
        yield group
        group.dismiss()
    finally:
        dist.destroy_process_group()


def _stores() -> tuple[dist.Store, dist.Store]:
    """(torchrun's store, a fresh one), in which processes leave their addresses for one another.

    torchrun's outlives a restart, and addresses of processes that have died would still be believed. So the first
    process serves a fresh one, and the others look for it until one answers.
    """
    agent, rank, _ = next(dist.rendezvous("env://", timeout=PATIENCE))
    host, fresh = os.environ["MASTER_ADDR"], None
    if rank == 0:
        fresh = dist.TCPStore(host, 0, is_master=True, wait_for_workers=False, timeout=PATIENCE)
        agent.set("genclass", str(fresh.port))
    while fresh is None:
        with contextlib.suppress(dist.DistNetworkError):
            fresh = dist.TCPStore(host, int(agent.get("genclass")), is_master=False, timeout=MOMENT)
            fresh.set_timeout(PATIENCE)
    return agent, fresh


@contextlib.contextmanager
def noticing() -> Iterator[None]:
    """Turn what is raised where another process is gone into an error with a sentence.

    Raises:
        GenClassError: ``process_lost``.
    """
    try:
        yield
    except RuntimeError as error:
        if not isinstance(error, dist.DistError) and "gloo/transport" not in str(error):  # gloo's have no type
            raise
        raise GenClassError("process_lost") from error


class Alone:
    """The only process of a run: every batch is its own."""

    size = 1

    def agree(self, action: Callable[[], tuple[T, Any]]) -> tuple[T, Any]:
        """``action()``: something of this process's own, and what must be the same in all of them."""
        return action()

    def share(self, trainer: "Trainer") -> None:
        """Make a trainer, prepared alike in every process, one of several that learn together."""

    def step(self, trainer: "Trainer", step: int) -> dict[str, torch.Tensor]:
        """One step of all processes; the means of what ``trainer.step`` returns."""
        return trainer.step(step)

    def slices(self, *batch: *Batch) -> tuple[*Batch]:
        """This process's part of each tensor [N, ...]; None stays None."""
        return batch

    def call(self, network: Network, compute: Callable[..., torch.Tensor], *inputs: Any) -> torch.Tensor:
        """``compute(*inputs)``, of which a loss is made whose gradients are averaged over ``network``'s copies."""
        return compute(*inputs)

    def as_whole(self, change: Callable[[torch.Tensor], torch.Tensor], images: torch.Tensor) -> torch.Tensor:
        """``change(images)``, where it draws random numbers for every image of the whole batch."""
        return change(images)


ALONE = Alone()


class Group(Alone):
    """One of several processes: the first leads by ``step`` and ``dismiss``, the others ``follow``."""

    def __init__(self) -> None:
        self.size, self.rank, self.part = dist.get_world_size(), dist.get_rank(), 0
        self.copies: dict[Network, DistributedDataParallel] = {}

    def agree(self, action: Callable[[], tuple[T, Any]]) -> tuple[T, Any]:
        """What ``action()`` gives, once all have agreed on its second part; the others wait for the first to begin.

        Raises:
            GenClassError: in every process, what one of them raised; or ``not_shared`` if the results differ.
        """
        if self.rank == 0:
            self._order(0, 0)
        own: T
        same = error = None
        try:
            own, same = action()
        except GenClassError as caught:
            error = caught.code, caught.values
        everyone: list[Any] = [None] * self.size
        dist.all_gather_object(everyone, (same, error))
        for code, values in (failed for _, failed in everyone if failed):
            raise GenClassError(code, **values)
        if any(other != same for other, _ in everyone):
            raise GenClassError("not_shared")
        return own, same

    def share(self, trainer: "Trainer") -> None:
        check_batch(trainer.order.batch)  # a small set's is smaller than was asked for
        self.part = trainer.order.batch // self.size
        # Of weights of one channel, where it costs nothing.
        warnings.filterwarnings("ignore", "Grad strides do not match")
        for network in trainer.learners():
            share_norms(network)
            self.copies[network] = DistributedDataParallel(
                _Called(network),
                forward_sync_buffers=False,  # they are the same everywhere: norms share their statistics
                find_unused_parameters=True,  # the penalty's gradient reaches no bias; whitening's freezes
            )
        trainer.ranks = self

    def step(self, trainer: "Trainer", step: int) -> dict[str, torch.Tensor]:
        self._order(step, trainer.total)
        return self._take(trainer, step)

    def dismiss(self) -> None:
        """Tell the others that the run is over, or was stopped."""
        if self.rank == 0:
            self._order(OVER, 0)

    def follow(self, trainer: "Trainer") -> None:
        """Take the steps that the first process says, until it dismisses."""
        while (order := self.hear()) is not None:
            step, trainer.total = order
            self._take(trainer, step)

    def hear(self) -> list[int] | None:
        """(step, steps of the whole run) as the first process says it; None once it dismisses.

        Raises:
            GenClassError: ``process_lost``.
        """
        order = torch.zeros(2, dtype=torch.int64)
        with noticing():
            dist.broadcast(order, src=0)
        return None if order[0] == OVER else order.tolist()

    def _order(self, step: int, total: int) -> None:
        with noticing():
            dist.broadcast(torch.tensor([step, total]), src=0)

    def _take(self, trainer: "Trainer", step: int) -> dict[str, torch.Tensor]:
        with noticing():
            metrics = trainer.step(step)
            means = torch.stack([value.float() for value in metrics.values()])
            dist.all_reduce(means)
        return dict(zip(metrics, means / self.size))

    def slices(self, *batch: *Batch) -> tuple[*Batch]:
        parts = [part.chunk(self.size)[self.rank] if isinstance(part, torch.Tensor) else part for part in batch]
        return cast(tuple[*Batch], tuple(parts))

    def call(self, network: Network, compute: Callable[..., torch.Tensor], *inputs: Any) -> torch.Tensor:
        return self.copies[network](compute, *inputs)

    def as_whole(self, change: Callable[[torch.Tensor], torch.Tensor], images: torch.Tensor) -> torch.Tensor:
        """``change`` sees this process's images in their places in the whole batch; the others' are empty there."""
        count = len(images) // self.part  # 2 for real and generated ones, one after the other
        whole = images.new_zeros(count, self.size, self.part, *images.shape[1:])
        whole[:, self.rank] = images.unflatten(0, (count, self.part))
        changed = change(whole.flatten(0, 2))
        return changed.unflatten(0, (count, self.size, self.part))[:, self.rank].flatten(0, 1)


class _Called(nn.Module):
    """A network whose forward pass is whatever function it is given.

    DistributedDataParallel looks at what a forward pass returns for the weights that will get a gradient: so a loss can
    be computed inside, also a penalty, or the generator's loss, which passes through another network.
    """

    def __init__(self, network: Network) -> None:
        super().__init__()
        assert isinstance(network, nn.Module)
        self.network = network

    def forward(self, compute: Callable[..., torch.Tensor], *inputs: Any) -> torch.Tensor:
        return compute(*inputs)
