"""Words by their key, and names of what has none."""

from genclass.ui.common import text


def test_what_is_registered_is_shown_by_its_words_and_without_any_by_its_own_name():
    assert text.name_of("method", "grad-cam") == "Grad-CAM"
    assert text.name_of("preset", "{tomorrow}") == "{tomorrow}"
    with text.speaking("zh"):
        assert "猫" in text.name_of("heat", "grad-cam", name="猫")
