"""Images of visitors who ask at the same moment go through the network together.

Nobody waits for a batch to fill: a request that finds the network free takes along all that came in meanwhile.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass

import torch

from genclass.models.classifier import Classifier
from genclass.ui.common.kept_models import remembered

Function = Callable[[torch.Tensor], tuple[torch.Tensor, ...]]


class Batcher:
    """Runs a function over batches that are gathered from many threads.

    Args:
        function: from a uint8 tensor [N, ...] to a tuple of tensors with N rows each.
        most: images that go together at most, unless one request alone has more.
    """

    def __init__(self, function: Function, most: int = 256) -> None:
        self.function, self.most = function, most
        self.waiting: list[_Request] = []
        self.running, self.changed = False, threading.Condition()

    def __call__(self, images: torch.Tensor) -> tuple[torch.Tensor, ...]:
        """The function's answer for these images [N, ...]; what it raises is raised in all whose images went along."""
        request = _Request(images)
        with self.changed:
            self.waiting.append(request)
        while self._must_run(request):
            try:
                self._run(self._take())
            finally:
                with self.changed:
                    self.running = False
                    self.changed.notify_all()
        if request.error is not None:
            raise request.error
        return request.answer

    def _must_run(self, request: "_Request") -> bool:
        """Wait until the request is answered (False), or until the network is free and now the caller's (True)."""
        with self.changed:
            self.changed.wait_for(lambda: request.done or not self.running)
            if not request.done:
                self.running = True
            return not request.done

    def _take(self) -> list["_Request"]:
        """The longest-waiting requests that fit into one batch; the caller's own may have to wait for the next."""
        with self.changed:
            count, taken = 0, list[_Request]()
            while self.waiting and (not taken or count + len(self.waiting[0].images) <= self.most):
                taken.append(self.waiting.pop(0))
                count += len(taken[-1].images)
            return taken

    def _run(self, requests: list["_Request"]) -> None:
        try:
            answers = self.function(torch.cat([request.images for request in requests]))
            sizes = [len(request.images) for request in requests]
            for request, *parts in zip(requests, *(answer.split(sizes) for answer in answers)):
                request.answer = tuple(parts)
        except Exception as error:  # goes to everyone who waits for this batch, not only to who runs it
            for request in requests:
                request.error = error
        for request in requests:
            request.done = True


@dataclass(eq=False)
class _Request:
    images: torch.Tensor
    answer: tuple[torch.Tensor, ...] = ()
    error: Exception | None = None
    done: bool = False


@remembered(16)
def batcher(classifier: Classifier) -> Batcher:
    """The one batcher of a classifier's ``answer``."""
    return Batcher(classifier.answer)
