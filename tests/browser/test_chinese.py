"""Each tab once in Chinese: something is done, and no English of ours is in sight."""

import re

import pytest
from playwright.sync_api import expect

from genclass.ui.common.text import LANGUAGES

ENGLISH, CHINESE = (LANGUAGES[name].words for name in ("en", "zh"))
LETTERS = 4  # what is shorter, as "PNG", stands in both


def sentences():
    """Words of the English catalogue that the Chinese one says otherwise: of a text with blanks, its longest part."""
    for key, words in ENGLISH.items():
        part = max(re.split(r"\{[^}]*\}|\n|\*\*|#+", words), key=len).strip()
        if words != CHINESE[key] and sum(map(str.isalpha, part)) > LETTERS and part not in CHINESE[key]:
            yield part


def english(page):
    """English words of ours that can be seen; names of models and of settings stand between other signs than spaces."""
    seen = page.locator("body").inner_text()
    return [part for part in sentences() if re.search(rf"(?<![\w/-]){re.escape(part)}(?![\w/-])", seen)]


@pytest.mark.opens("zh")
def test_every_tab_is_used_in_chinese(page):
    before = page.locator("#generate-picture img").get_attribute("src")
    page.locator("#generate-dice").click()
    expect(page.locator("#generate-picture img")).not_to_have_attribute("src", before)
    page.locator("#generate-card .gc-card").wait_for()
    expect(page.locator("footer")).to_contain_text("通过 API 使用")  # Gradio's own words
    assert english(page) == []

    page.locator("#tab-classify-button").click()
    page.locator("#classify-examples button").last.click()
    expect(page.locator("#why-picture img")).to_have_count(2)
    assert english(page) == []

    page.locator("#tab-models-button").click()
    page.locator("button[data-model=plain-gan]").click()
    expect(page.locator("#models-card h3")).to_have_text("plain-gan")
    assert english(page) == []

    page.locator("#tab-train-button").click()
    page.locator("#train-more-button").click()
    page.locator("#train-name input, #train-name textarea").fill("No Name")
    page.locator("#train-start").click()
    expect(page.locator(".toast-body")).to_contain_text("请用 1 到 40 个字符")
    title = "getComputedStyle(document.querySelector('.toast-title'), '::before').content"
    assert page.evaluate(title) == f'"{CHINESE["refused"]}"'
    assert english(page) == []

    page.locator("#tab-learn-button").click()
    page.locator("#toy-train").click()
    page.wait_for_function("document.querySelector('.gc-toy-status').textContent.match(/[1-9]/)")
    assert english(page) == []
