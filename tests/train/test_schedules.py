import pytest
import torch

from genclass.train.schedules import Order, ema_decay, late_fall, step_generator, triangle


def test_triangle_peaks_once():
    assert triangle(0) == pytest.approx(0.2) and triangle(0.23) == pytest.approx(1) and triangle(1) == 0
    values = [triangle(step / 100) for step in range(101)]
    peak = values.index(max(values))
    assert values[: peak + 1] == sorted(values[: peak + 1]) and values[peak:] == sorted(values[peak:], reverse=True)


def test_rates_fall_only_at_the_end_of_a_run():
    assert [late_fall(progress, 0.25) for progress in (0, 0.75, 0.875, 1)] == [1, 1, 0.5, 0]
    assert late_fall(0.999, 0) == 1


def test_an_average_keeps_half_after_its_half_life():
    assert ema_decay(10**9, 64, 640) ** 10 == pytest.approx(0.5)
    assert ema_decay(0, 64, 640) == pytest.approx(0.1)


def test_an_epoch_sees_every_image_once_and_the_next_in_another_order():
    order = Order(100, 20, seed=3)
    first = torch.cat([order.indices(step)[1] for step in range(5)])
    second = torch.cat([order.indices(step)[1] for step in range(5, 10)])
    assert first.sort().values.tolist() == list(range(100)) and not torch.equal(first, second)
    assert order.indices(7)[0] == 1


def test_a_step_is_the_same_wherever_training_begins():
    assert torch.equal(Order(100, 20, seed=3).indices(13)[1], Order(100, 20, seed=3).indices(13)[1])
    far = Order(100, 20, seed=3)
    [far.indices(step) for step in range(13)]
    assert torch.equal(far.indices(13)[1], Order(100, 20, seed=3).indices(13)[1])


def test_small_sets_make_small_batches():
    order = Order(7, 64, seed=0)
    assert order.steps == 1 and len(order.indices(0)[1]) == 7


def test_images_of_one_class_stand_together_and_all_of_them_come():
    labels = torch.arange(103) % 5
    order = Order(103, 22, 3, labels, together=4)
    seen = [order.indices(step)[1] for step in range(order.steps)]
    groups = labels[torch.cat(seen)].view(-1, 4)
    assert [len(batch) for batch in seen] == [20] * 5 and len(set(torch.cat(seen).tolist())) == 100
    assert (groups == groups[:, :1]).all(1).float().mean() > 0.8  # but where a class ends
    assert not torch.equal(order.indices(order.steps)[1], seen[0])


@pytest.mark.parametrize(("count", "batch"), [(3, 64), (5, 2), (7, 3), (33, 11)])
def test_every_step_of_few_images_has_some(count, batch):
    order = Order(count, batch, 0, torch.zeros(count), together=4)
    assert all(len(order.indices(step)[1]) == order.batch for step in range(2 * order.steps))


def test_neighbouring_places_draw_unrelated_numbers():
    places = [(0, 0), (0, 1), (1, 0), (1, 1), (0,), (1,)]
    draws = torch.stack([torch.randn(1000, generator=step_generator(5, *place)) for place in places])
    correlation = torch.corrcoef(draws) - torch.eye(len(places))
    assert correlation.abs().max() < 0.15
