"""Learn, as a visitor uses it."""

import json
import re

from playwright.sync_api import expect

STATUS = "#toy-picture .gc-toy-status"


def open_learn(page, section=None):
    page.locator("#tab-learn-button").click()
    page.locator("#toy-picture canvas").first.wait_for()
    if section:
        page.locator(f"#learn-{section}-button").click()


def steps(page):
    """Steps of the toy GAN, as its words tell."""
    return int(re.search(r"Step ([\d,]+)", page.locator(STATUS).text_content())[1].replace(",", ""))


def painted(page):
    """Whether the square shows more than one colour."""
    return page.evaluate(
        """() => {
          const canvas = document.querySelector("#toy-picture canvas");
          const data = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
          return new Set(new Uint32Array(data.buffer)).size > 20;
        }"""
    )


def at_rest(page):
    """Stop whatever plays; what then stands is the last word."""
    page.locator("#toy-stop").click()
    expect(page.locator(STATUS)).to_contain_text("at rest")
    page.wait_for_timeout(1000)


def test_formulas_are_set_and_a_game_plays_when_the_tab_is_opened(page):
    open_learn(page)
    expect(page.locator("#learn-gan-value .katex-display .katex-html")).to_be_visible()
    expect(page.locator("#learn-gan-turns .katex-error")).to_have_count(0)
    assert "min" in page.locator("#learn-gan-value .katex-display").first.text_content()
    page.wait_for_function("document.querySelector('.gc-toy-status').textContent.match(/Step [1-9]/)")
    assert painted(page)


def test_the_game_stops_steps_and_starts_over(page):
    open_learn(page)
    page.wait_for_function("document.querySelector('.gc-toy-status').textContent.match(/Step [1-9]/)")
    page.locator("#toy-train").click()
    expect(page.locator(STATUS)).to_contain_text("learning")
    at_rest(page)
    stood = steps(page)
    page.wait_for_timeout(1500)
    assert steps(page) == stood
    page.locator("#toy-step").click()
    expect(page.locator(STATUS)).to_contain_text(f"Step {stood + 1:,}")
    page.locator("#toy-reset").click()
    expect(page.locator(STATUS)).to_contain_text("Step 0,")


def test_a_lesson_sets_the_rules_and_begins(page):
    open_learn(page)
    page.locator("#toy-collapse").click()
    expect(page.locator("#toy-hint")).to_contain_text("Sixteen groups")
    expect(page.locator(STATUS)).to_contain_text("of 16 groups")
    expect(page.locator("#toy-penalty input")).to_have_value("0")
    at_rest(page)
    stood = steps(page)
    page.locator("#toy-cure").click()
    counted = "document.querySelector('.gc-toy-status').textContent.replaceAll(',', '').match(/[0-9]+/)[0]"
    page.wait_for_function(f"Number({counted}) > {stood}")
    expect(page.locator("#toy-penalty input")).to_have_value("0.01")
    at_rest(page)


def test_a_drawing_is_learned(page):
    open_learn(page)
    page.locator("#toy-shape input[value=drawn]").check()
    expect(page.locator(STATUS)).to_contain_text("Draw on the square")
    page.locator("#toy-picture canvas").first.scroll_into_view_if_needed()
    box = page.locator("#toy-picture canvas").first.bounding_box()
    page.mouse.move(box["x"] + 100, box["y"] + 100)
    page.mouse.down()
    page.mouse.move(box["x"] + 300, box["y"] + 250, steps=10)
    page.mouse.up()
    expect(page.locator(STATUS)).to_contain_text("Step 0,")
    page.locator("#toy-step").click()
    expect(page.locator(STATUS)).to_contain_text("Step 1,")
    page.locator("#toy-picture button").click()
    expect(page.locator(STATUS)).to_contain_text("Draw on the square")


def test_a_press_on_a_map_spells_that_position_out(page):
    open_learn(page, "cnn")
    expect(page.locator("#inside-picture .gc-map")).to_have_count(4)
    expect(page.locator("#learn-cnn-formula .katex-display .katex-html").first).to_be_visible()
    sums = page.locator("#inside-picture .gc-map-box[data-name=sums]").first
    side = sums.bounding_box()["width"] / 26
    sums.click(position={"x": 2.5 * side, "y": 4.5 * side})
    expect(page.locator("#inside-picture")).to_contain_text("input at row 5, column 3")
    page.locator("#inside-layer input[value='1']").check()
    expect(page.locator("#inside-picture")).to_contain_text("11×11")
    expect(page.locator("#inside-taught")).to_contain_text("Loss for")


def test_a_round_is_dealt_and_told(page):
    open_learn(page, "both")
    expect(page.locator("#quiz-board img")).to_have_count(8)
    page.locator("#quiz-picks input").nth(2).check()
    page.locator("#quiz-reveal").click()
    expect(page.locator("#quiz-board")).to_contain_text("You were right about")
    page.locator("#quiz-again").click()
    expect(page.locator("#quiz-board")).not_to_contain_text("You were right about")


def test_an_experiment_lands_in_generate(page):
    open_learn(page, "both")
    page.locator("#try-classes").click()
    expect(page.locator("#tab-generate-button")).to_have_attribute("aria-selected", "true")
    page.locator("#recipe-fold > button").click()
    page.locator("#generate-recipe .cm-content").wait_for()
    page.wait_for_function("document.querySelector('#generate-recipe .cm-content').innerText.includes('\"all\"')")
    recipe = json.loads(page.locator("#generate-recipe .cm-content").inner_text().replace("\n", ""))
    assert recipe["class"] == "all" and recipe["seed"] == 3


def test_an_experiment_lands_in_classify(page):
    open_learn(page, "cnn")
    expect(page.locator("#inside-picture .gc-map")).to_have_count(4)
    page.locator("#try-ask").click()
    expect(page.locator("#tab-classify-button")).to_have_attribute("aria-selected", "true")
    expect(page.locator("#classify-model input")).to_have_value("fashion-mnist-classic-cnn")
    expect(page.locator("#classify-seen img")).to_have_count(2)


def test_advice_sets_train(page):
    open_learn(page, "choose")
    page.locator("#choice-task input[value=make]").check()
    page.locator("#choice-machine input[value=night]").check()
    expect(page.locator("#choice-answer")).to_contain_text("Train a GAN")
    expect(page.locator("#choice-answer")).to_contain_text("wider networks")
    page.locator("#try-advised").click()
    expect(page.locator("#tab-train-button")).to_have_attribute("aria-selected", "true")
    expect(page.locator("#train-minutes input")).to_have_value("480")
    expect(page.locator("#train-kind input[value=gan]")).to_be_checked()


def test_the_calculator_shows_the_slip_and_its_correction(page):
    open_learn(page, "article")
    expect(page.locator("#sizes-shown span")).to_have_text(["7×7", "4×4", "2×2"])
    page.locator("#sizes-kind input[value=transposed]").check()
    expect(page.locator("#sizes-shown span")).to_have_text(["7×7", "14×14", "28×28"])
