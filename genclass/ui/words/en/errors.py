"""Sentences of errors in English, which stand in ``genclass.errors``, and words of the code that fill them."""

from genclass.errors import MESSAGES

ERRORS = MESSAGES

# Where they are no words of the page.
VALUES = {
    "rate": "learning rate",
    "learning_rate": "learning rate",
    "discriminator_rate": "learning rate of the discriminator",
    "discriminator_learning_rate": "learning rate of the discriminator",
    "discriminator_steps": "steps of the discriminator",
    "discriminator_width": "width of the discriminator",
    "batch": "batch size",
}
