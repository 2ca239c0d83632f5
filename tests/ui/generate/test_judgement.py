"""What is said of each image."""

import re

from genclass.files import images
from genclass.ui.common import html, render
from genclass.ui.generate import browser_request, sheet
from tests.ui.generate.helpers import asked


def test_images_are_judged_by_classifier_and_discriminator(lab):
    words, card = sheet.judge(asked(chosen=1)).values()
    assert re.search(r"fashion-mnist-airnet sees the asked class in \d of 4 images", words)
    assert words.count("<span") == 4 and "real " in words
    assert "Image 2 of 4, seed 8" in card and "probability that it is real: " in card


def test_each_verdict_shows_its_own_image(lab):
    words, _ = sheet.judge(asked()).values()
    drawn = render.draw(*browser_request.prepare(asked())[:2])
    for image in drawn:
        assert html.data_url(images.png_bytes(image)) in words


def test_what_is_most_like_the_chosen_image_is_said_by_whom_and_of_how_many(lab):
    near = sheet.nearest(asked(chosen=1))
    assert re.search(r"as fashion-mnist-airnet sees them, of (60,000|5,000) of the \d+,000 training images", near)
    cosines = [float(number) for number in re.findall(r"<figcaption>([\d.]+)<", near)]
    assert len(cosines) == 5 and cosines == sorted(cosines, reverse=True)


def test_without_judges_the_page_says_so(lab):
    words, _ = sheet.judge(asked(model="plain-gan")).values()
    assert "No classifier of plain is here" in words
    assert "not on this machine" in sheet.nearest(asked(model="plain-gan"))
