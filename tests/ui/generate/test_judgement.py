"""What is said of each image."""

import re

from genclass.ui.generate import sheet
from tests.ui.generate.helpers import asked


def test_images_are_judged_by_classifier_discriminator_and_neighbour(lab):
    words, card = sheet.judge(asked(chosen=1)).values()
    assert re.search(r"fashion-mnist-airnet sees the asked class in \d of 4 images", words)
    assert words.count("<span") == 4 and "real " in words
    assert "Image 2 of 4, seed 8" in card and "probability that it is real: " in card
    assert re.search(r"Searched (60,000|5,000) of the \d+,000 training images", card)


def test_without_judges_the_page_says_so(lab):
    words, card = sheet.judge(asked(model="plain-gan")).values()
    assert "There is no classifier of plain" in words and "not on this machine" in card
