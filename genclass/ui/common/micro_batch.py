"""Images of visitors who ask at the same moment go through the network together.

Nobody waits for a batch to fill: whoever finds the network free takes along all that have come in while it was busy.
"""

import functools
import threading

import torch


class Batcher:
    """Runs a function over batches that are gathered from many threads.

    Args:
        function: from a uint8 tensor [N, ...] to a tuple of tensors with N rows each.
        most: images that go together at most, unless one request alone has more.
    """

    def __init__(self, function, most=256):
        self.function, self.most = function, most
        self.waiting, self.running, self.changed = [], False, threading.Condition()

    def __call__(self, images):
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

    def _must_run(self, request):
        """Wait until the request is answered (False), or until the network is free and now the caller's (True)."""
        with self.changed:
            self.changed.wait_for(lambda: request.done or not self.running)
            if not request.done:
                self.running = True
            return not request.done

    def _take(self):
        """The longest-waiting requests that fit into one batch; the caller's own may have to wait for the next."""
        with self.changed:
            count, taken = 0, []
            while self.waiting and (not taken or count + len(self.waiting[0].images) <= self.most):
                taken.append(self.waiting.pop(0))
                count += len(taken[-1].images)
            return taken

    def _run(self, requests):
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


class _Request:
    def __init__(self, images):
        self.images, self.answer, self.error, self.done = images, None, None, False


@functools.lru_cache(maxsize=16)
def batcher(classifier):
    """The one batcher of a classifier's ``answer``."""
    return Batcher(classifier.answer)
