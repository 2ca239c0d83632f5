"""Exported pages in a real Chromium, opened from disk with every host cut off: they answer as the lab does."""

import base64
import functools
import http.server
import itertools
import json
import threading

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

import genclass
from genclass import paths
from genclass.errors import GenClassError
from genclass.files import carried, images, records
from genclass.files.preprocess import INTERPOLATIONS, Preprocess
from genclass.models.answerer import Answerer
from genclass.models.sampler import sheet_columns
from genclass.models.web import runtime
from genclass.models.web.folder import write_web
from genclass.models.web.page_file import write_html
from tests.browser.helpers import faults
from tests.stand_ins import SHIPPED, config_of, save_network

DRAWN = "body[data-drawn]"
LATENTS = """recipe => Array.from({ length: recipe.count },
  (_, index) => [...latent(recipe, index, told.z_dim, told.directions)])"""
PIXELS = """async recipe => {
  const all = [];
  for (let index = 0; index < recipe.count; index++) all.push([...(await pixels(recipe, index)).data]);
  return all;
}"""
SQUARE = """([width, height, data, size, how]) =>
  [...square({ width, height, data: Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0)) }, size, how).data]"""
DRAW = """async recipe => {
  const { width, height, data } = await genclass.draw(recipe);
  return { width, height, data: [...data] };
}"""
CLASSIFY = """async data => {
  const blob = new Blob([Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0))]);
  const pixels = async (of) => {
    const image = await createImageBitmap(of), pen = new OffscreenCanvas(image.width, image.height).getContext("2d");
    pen.drawImage(image, 0, 0);
    return pen.getImageData(0, 0, image.width, image.height);
  };
  return genclass.classify(SOURCE);
}"""
RECIPES = (
    {"seed": 0, "class": None, "truncation": 1.0, "directions": {}},
    {"seed": 2**32 - 3, "class": "b", "truncation": 0.37, "directions": {"d2": -1.25, "z3": 0.7, "d1": 2.1}},
    {"seed": 9, "class": "all", "truncation": 0.9, "directions": {"d1": 0.1}},
)
# Of a picture (width, height), the pixels of a side that are made of it and the share of the shorter side.
SIZES = ((300, 220, 32, 1.0), (61, 97, 28, 0.875), (20, 30, 32, 1.0), (32, 32, 32, 1.0), (1000, 803, 48, 0.9))


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """``{kind: (folder, page)}`` of two tiny models."""
    pytest.importorskip("onnxscript")
    folder, classes, found = tmp_path_factory.mktemp("pages"), ["a", "b", "<c>"], {}
    gan = {"name": "gan", "z_dim": 24, "width": 8, "discriminator": {"width": 8}}
    for kind, architecture in {"gan": gan, "classifier": {"name": "airnet", "width": 8}}.items():
        config = config_of(kind, architecture, classes, name=f"own-{kind}") | {"unsure": {"probability": 0.5}}
        if kind == "classifier":  # of kinds of one's own: in no photo the one that knows most finds any of them
            config["kinds"] = {"share": 0.5, "weights": records.packed(np.zeros(1001))}
        save_network(folder, config["name"], config)
        found[kind] = folder / config["name"], folder / f"{kind}.html"
        write_html(*found[kind])
    return found


class Host(http.server.SimpleHTTPRequestHandler):
    """Serves plain files; ``unpacks``: has browsers unpack what is compressed, as some hosts do."""

    unpacks = False

    def end_headers(self):
        if self.unpacks and self.path.endswith(".gz"):
            self.send_header("Content-Encoding", "gzip")
        super().end_headers()

    def log_message(self, *args):
        pass


@pytest.fixture(scope="module")
def hosted(pages, tmp_path_factory):
    """(a gallery of the two, its address below the root of a host of plain files)."""
    root = tmp_path_factory.mktemp("host")
    folder = root / "some/where"
    write_web([folder for folder, _ in pages.values()], folder)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Host, directory=root))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield folder, f"http://127.0.0.1:{server.server_port}/some/where/"
    server.shutdown()
    server.server_close()


@pytest.fixture
def visitor(chromium):
    """A page of a browser that may use its camera; whatever it asks of others fails the test."""
    context = chromium.new_context(viewport={"width": 390, "height": 844}, locale="en", accept_downloads=True)
    page, asked = context.new_page(), []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: asked.append(str(error)))
    yield page
    context.close()
    assert [url for url in asked if not url.startswith(("file:", "blob:", "data:", "http://127.0.0.1:"))] == []


@pytest.fixture
def generator(pages, visitor):
    visitor.goto(pages["gan"][1].as_uri())
    visitor.locator(DRAWN).wait_for()
    return visitor


@pytest.fixture
def classifier(pages, visitor):
    visitor.goto(pages["classifier"][1].as_uri())
    expect(visitor.locator("#status")).to_have_text("")
    return visitor


def test_a_recipe_gives_the_latents_of_the_lab_bit_for_bit_and_its_pixels(pages, generator):
    sampler = genclass.load(pages["gan"][0])
    for change in RECIPES:
        recipe = {"model": "own-gan", "count": 3, **change}
        found = np.array(generator.evaluate(LATENTS, recipe), np.float32)
        assert np.array_equal(found, sampler.latents(recipe).numpy())
        drawn = np.array(generator.evaluate(PIXELS, recipe)).reshape(3, 32, 32, 4)[..., :3]
        assert np.abs(drawn - sampler.sample(recipe).astype(int)).max() <= 2


def test_controls_by_keyboard_move_the_picture_and_the_address_brings_it_back(pages, generator):
    generator.locator("#direction-d1").press("ArrowRight")
    generator.locator("#class").select_option(label="<c>")
    generator.locator("#count").select_option("4")
    expect(generator.locator(DRAWN)).to_have_attribute("data-drawn", generator.evaluate("query()"))
    asked = generator.evaluate("recipe")
    assert asked["directions"] == {"d1": 0.1} and asked["class"] == "<c>" and asked["count"] == 4
    address, before = generator.url, generator.evaluate("at('picture').toDataURL()")
    generator.goto("about:blank")
    generator.goto(address)
    expect(generator.locator(DRAWN)).to_have_attribute("data-drawn", generator.evaluate("query()"))
    assert generator.evaluate("recipe") == asked and generator.evaluate("at('picture').toDataURL()") == before


def test_a_saved_picture_is_large_and_carries_the_recipe(pages, generator, tmp_path):
    with generator.expect_download() as download:
        generator.locator("#save").click()
    download.value.save_as(tmp_path / "a.png")
    assert min(Image.open(tmp_path / "a.png").size) >= 512
    recipe = json.loads(carried.text(tmp_path / "a.png"))
    assert genclass.load(pages["gan"][0]).complete(recipe).to_dict() == generator.evaluate("recipe")


def test_it_speaks_chinese(generator):
    generator.locator("#language").click()
    expect(generator.locator("#another")).to_have_text("换一张")
    expect(generator.locator("html")).to_have_attribute("lang", "zh")


def test_pictures_are_made_small_as_pillow_does_to_the_last_bit(classifier):
    for (width, height, size, share), interpolation in itertools.product(SIZES, INTERPOLATIONS.keys() - {"nearest"}):
        pixels = np.random.default_rng(0).integers(0, 256, (height, width, 3), np.uint8)
        how = {"crop_share": share, "interpolation": interpolation}
        expected = np.asarray(Preprocess(**how).square(Image.fromarray(pixels), size))
        data = base64.b64encode(pixels.tobytes()).decode()
        found = np.array(classifier.evaluate(SQUARE, [width, height, data, size, how]))
        assert np.array_equal(found.reshape(size, size, 3), expected), (width, height, how)


def test_a_photo_is_answered_as_in_the_lab(pages, classifier, photo, tmp_path):
    photo.resize((120, 90)).save(tmp_path / "a.png")  # too small for the one that knows most
    classifier.locator("#file").set_input_files(tmp_path / "a.png")
    expect(classifier.locator("#answers li")).to_have_count(3)
    network = genclass.load(pages["classifier"][0])
    expected = dict(zip(network.classes, network.predict([tmp_path / "a.png"])[0]))
    for name, probability in classifier.evaluate("shown.classes"):
        assert abs(expected[name] - probability) < 0.01
    assert classifier.evaluate("shown.doubt") == network.doubts([tmp_path / "a.png"])[0]


def test_a_page_says_that_the_network_that_knows_most_is_not_asked(pages, classifier, photo, tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "SHIPPED", SHIPPED)  # the lab of other tests has models of its own
    photo.resize((300, 220)).save(tmp_path / "a.png")
    assert genclass.load(pages["classifier"][0]).doubts([tmp_path / "a.png"]) == ["unfamiliar"]
    classifier.locator("#file").set_input_files(tmp_path / "a.png")
    expect(classifier.locator("#answers li")).to_have_count(3)
    assert classifier.evaluate("shown.doubt") != "unfamiliar"
    expect(classifier.locator("#alone")).to_contain_text("only the small one")
    classifier.locator("#language").click()
    expect(classifier.locator("#alone")).to_contain_text("小网络")
    classifier.evaluate("() => { told.alone = false; lay(); }")  # of a model that asks nobody
    expect(classifier.locator("#alone")).to_be_hidden()


def test_a_picture_that_shows_too_little_is_told_from_the_labs_size_on(pages, classifier, photo, tmp_path):
    answerer, least = Answerer.of(genclass.load(pages["classifier"][0])), set()
    for height in (20, 21, 22, 23):
        small = photo.resize((30, height))
        small.save(tmp_path / f"{height}.png")
        classifier.locator("#file").set_input_files(tmp_path / f"{height}.png")
        classifier.wait_for_function("height => shown?.of.height === height", arg=height)
        told = f"30×{height} pixels only" in classifier.locator("#doubt").text_content()
        assert told == bool(answerer.see(small).notes)
        least.add(told)
    assert least == {True, False}


def test_what_is_no_picture_is_told_and_the_answer_before_goes(classifier, photo, tmp_path):
    photo.save(tmp_path / "a.png")
    (tmp_path / "b.png").write_bytes(b"no picture")
    for name, count in (("a.png", 3), ("b.png", 0)):
        classifier.locator("#file").set_input_files(tmp_path / name)
        expect(classifier.locator("#answers li")).to_have_count(count)
    expect(classifier.locator("#status")).to_contain_text("no picture")


def test_the_camera_is_answered_as_it_moves_until_it_is_stopped(classifier):
    classifier.locator("#camera").click()
    expect(classifier.locator("#answers li")).to_have_count(3)
    expect(classifier.locator("#video")).to_be_visible()
    classifier.locator("#camera").click()
    expect(classifier.locator("#video")).to_be_hidden()


def test_a_file_that_was_cut_off_says_so(pages, visitor, tmp_path):
    (tmp_path / "cut.html").write_bytes(pages["gan"][1].read_bytes()[:2_000_000])
    visitor.goto((tmp_path / "cut.html").as_uri())
    expect(visitor.locator("#status")).to_contain_text("ends too early")


def test_a_browser_without_webassembly_is_told(pages, chromium):
    page = chromium.new_page()
    page.add_init_script("delete window.WebAssembly")
    page.goto(pages["gan"][1].as_uri())
    expect(page.locator("#status")).to_contain_text("too old")
    page.close()


def test_a_gallery_leads_to_pages_that_answer_below_any_address(hosted, visitor, photo, tmp_path, monkeypatch):
    photo.save(tmp_path / "a.png")
    visitor.goto(hosted[1])
    visitor.locator("#language").click()
    expect(visitor.locator("main > p")).to_have_text("2 个模型，直接在浏览器中运行")
    visitor.get_by_role("link", name="own-gan").click()
    visitor.locator(DRAWN).wait_for()
    monkeypatch.setattr(Host, "unpacks", True)
    visitor.locator("header a").click()
    visitor.get_by_role("link", name="own-classifier").click()
    expect(visitor.locator("#status")).to_have_text("")
    visitor.locator("#file").set_input_files(tmp_path / "a.png")
    expect(visitor.locator("#answer li")).to_have_count(3)


def test_a_file_that_is_not_beside_the_page_or_was_cut_off_is_told(hosted, visitor, tmp_path):
    page, model = f"{hosted[1]}own-gan/index.html", hosted[0] / "own-gan/model.onnx.gz"
    whole = model.read_bytes()
    for left in (whole[: len(whole) // 2], b"<html>a page of the host</html>", None):
        model.unlink()
        if left is not None:
            model.write_bytes(left)
        visitor.route("**/*", lambda route: route.continue_())  # nothing is taken from the browser's own store
        visitor.goto(page)
        expect(visitor.locator("#status")).to_contain_text("missing or cut off")
        visitor.goto("about:blank")
        model.write_bytes(whole)


def test_a_page_shows_its_link_as_a_code_where_it_has_one(hosted, generator, chromium):
    expect(generator.locator("#show-link")).to_be_hidden()  # from disk
    page = chromium.new_page(locale="zh-CN")
    for address in (hosted[1], f"{hosted[1]}own-gan/index.html"):
        page.goto(address)
        page.get_by_role("button", name="链接").click()
        page.wait_for_function("() => at('code').width > 20 && !at('code').hidden")  # its policy forbids eval
        assert page.locator("#link").input_value() == page.url
        page.get_by_role("button", name="关闭").click()
        expect(page.locator("#share")).to_be_hidden()
    page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_grave_in_pages(hosted, chromium, photo, scheme, tmp_path):
    photo.save(tmp_path / "a.png")
    page = chromium.new_page(color_scheme=scheme)
    page.goto(hosted[1])
    assert faults(page) == []
    page.goto(f"{hosted[1]}own-gan/index.html")
    page.locator(DRAWN).wait_for()
    assert faults(page) == []
    page.goto(f"{hosted[1]}own-classifier/index.html")
    expect(page.locator("#status")).to_have_text("")
    page.locator("#file").set_input_files(tmp_path / "a.png")
    expect(page.locator("#answer li")).to_have_count(3)
    page.locator("summary").click()
    page.locator("#show-link").click()
    page.locator("#code:visible").wait_for()
    assert faults(page) == []
    page.close()


def test_other_scripts_draw_and_classify(pages, generator, photo, tmp_path):
    sampler = genclass.load(pages["gan"][0])
    latent = base64.b64encode(sampler.latents({"model": "own-gan", "seed": 5, "count": 1}).numpy().tobytes()).decode()
    plain = {"model": "own-gan", "seed": 3, "count": 2}
    for change in ({"class": "all"}, {"mix": {"a": 0.3, "b": 0.5}}, {"latent": latent}, {"directions": {"z3": 2}}):
        recipe = plain | change
        drawn = generator.evaluate(DRAW, recipe)
        expected = images.sheet(
            sampler.sample(recipe), sheet_columns(sampler.complete(recipe), len(sampler.labels(recipe)))
        )
        found = np.array(drawn["data"]).reshape(drawn["height"], drawn["width"], 4)[..., :3]
        assert found.shape == expected.shape and np.abs(found - expected.astype(int)).max() <= 2
    for wrong in ({"class": "none"}, {"sha256": "0"}, {"model": "other"}, {"steps": 3, "to_seed": 1}):
        assert (
            generator.evaluate("asked => genclass.draw(asked).then(() => '', (error) => error.name)", wrong)
            == "RangeError"
        )


def test_other_scripts_are_told_every_class(pages, classifier, photo, tmp_path):
    photo.save(tmp_path / "a.png")
    data = base64.b64encode((tmp_path / "a.png").read_bytes()).decode()
    network = genclass.load(pages["classifier"][0])
    expected = dict(zip(network.classes, network.predict([tmp_path / "a.png"])[0]))
    for source in ("blob", "await pixels(blob)"):
        found = classifier.evaluate(CLASSIFY.replace("SOURCE", source), data)
        assert found.keys() == expected.keys() and all(abs(found[name] - expected[name]) < 0.01 for name in found)


def test_a_page_adds_six_megabytes_to_its_models_weights(pages):
    for folder, page in pages.values():
        assert page.stat().st_size - (folder / "model.safetensors").stat().st_size <= 6_000_000
    assert sum(path.stat().st_size for path in runtime.PATHS.values()) <= 5_000_000


def test_what_browsers_are_not_taught_is_refused_before_anything_is_written(tmp_path):
    config = config_of("classifier", {"name": "airnet", "width": 8}) | {"preprocess": {"interpolation": "nearest"}}
    save_network(tmp_path, "odd", config)
    with pytest.raises(GenClassError, match="export it as onnx"):
        write_html(tmp_path / "odd", tmp_path / "a.html")
    assert not (tmp_path / "a.html").exists()
