import numpy as np
import torch

from genclass.analysis.realness import Critic
from tests.stand_ins import random_images


def test_realness_is_a_probability_that_depends_on_image_and_class(save_tiny):
    critic = Critic.load(save_tiny("gan"))
    images, class_weights = random_images(3).permute(0, 2, 3, 1).numpy(), torch.eye(3)
    found = critic.realness(images, class_weights)
    assert found.shape == (3,) and ((0 < found) & (found < 1)).all()
    assert not np.array_equal(found, critic.realness(images, class_weights.flip(0)))


def test_no_discriminator_no_critic(save_tiny):
    assert Critic.load(save_tiny("classifier")) is None
