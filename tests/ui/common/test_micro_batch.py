import threading
import time

import pytest
import torch

from genclass.ui.common.micro_batch import Batcher


class Slow:
    """Doubles its images, slowly, and remembers how many came together."""

    def __init__(self, seconds=0.02):
        self.sizes, self.seconds, self.running = [], seconds, 0

    def __call__(self, images):
        self.running += 1
        assert self.running == 1, "two batches at once"
        time.sleep(self.seconds)
        self.sizes.append(len(images))
        self.running -= 1
        return images * 2, images.sum(1)


def together(batch, requests):
    """Ask from as many threads as there are requests; the answers in their order."""
    answers, barrier = [None] * len(requests), threading.Barrier(len(requests))

    def ask(index):
        barrier.wait()
        try:
            answers[index] = batch(requests[index])
        except RuntimeError as error:
            answers[index] = error

    threads = [threading.Thread(target=ask, args=(index,)) for index in range(len(requests))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_everyone_gets_the_answer_to_their_own_images():
    slow = Slow()
    requests = [torch.full((1 + index % 3, 4), index) for index in range(40)]
    for request, (doubled, sums) in zip(requests, together(Batcher(slow), requests)):
        assert torch.equal(doubled, request * 2) and torch.equal(sums, request.sum(1))
    assert sum(slow.sizes) == sum(len(request) for request in requests)


def test_those_who_wait_go_together():
    slow = Slow(0.1)
    together(Batcher(slow), [torch.ones(1, 2)] * 20)
    assert len(slow.sizes) <= 4 and max(slow.sizes) >= 10


def test_one_alone_does_not_wait():
    slow = Slow(0)
    batch = Batcher(slow)
    for _ in range(3):
        batch(torch.ones(1, 2))
    assert slow.sizes == [1, 1, 1]


def test_a_batch_has_its_limit_and_a_large_request_goes_alone():
    slow = Slow(0.05)
    together(Batcher(slow, most=8), [torch.ones(3, 2)] * 9 + [torch.ones(20, 2)])
    assert sorted(slow.sizes)[-1] == 20 and all(size <= 8 for size in sorted(slow.sizes)[:-1])


def test_an_error_reaches_everyone_and_the_next_batch_works():
    faults = [True]

    def fails_once(images):
        time.sleep(0.05)
        if faults and faults.pop():
            raise RuntimeError("out of order")
        return (images,)

    batch = Batcher(fails_once)
    answers = together(batch, [torch.ones(1, 2)] * 10)
    assert any(isinstance(answer, RuntimeError) for answer in answers)
    with pytest.raises(IndexError):
        Batcher(lambda images: [][0])(torch.ones(1, 2))
    assert torch.equal(batch(torch.ones(2, 2))[0], torch.ones(2, 2))
