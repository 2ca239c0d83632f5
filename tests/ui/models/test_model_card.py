"""The card of one model."""

import pytest

from genclass.models import facts
from genclass.ui.common import text
from genclass.ui.models import model_card
from genclass.ui.words import LANGUAGES
from tests.stand_ins import SHIPPED


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name, limits", [("cifar10-airnet", ["kinds"]), ("imagenet-efficientnet-lite0", ["unsure"]),
                                          ("mnist-airnet", [])])  # fmt: skip
def test_it_tells_when_an_answer_is_not_to_be_believed(language, name, limits):
    with text.speaking(language):
        card = model_card.card(facts.of(name, SHIPPED / name), None)
        for limit in ("kinds", "unsure"):
            assert (text.say(f"card_{limit}") in card) == (limit in limits)
    if limits:
        found = facts.of(name, SHIPPED / name).config[limits[0]]["found"]
        assert all(f"{share:.1%}" in card for key, share in found.items() if key != "photos")
