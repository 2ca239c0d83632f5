"""Live sheets that a real Chromium draws by itself: none of the server's work, and the same pictures."""

import base64
import contextlib
import io
import json
import re
import shutil

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

from genclass import paths
from genclass.files import images
from genclass.models.recipe import encode_latent
from genclass.models.sampler import Sampler, sheet_columns
from genclass.models.web import stored_model
from genclass.ui.generate import browser_request, in_browser
from genclass.ui.layout import build_app, launch_settings
from genclass.ui.server import limits
from tests.stand_ins import config_of, save_network
from tests.ui.fixtures import free_port

NAME, CLASSES = "small-gan", ["a", "b", "c"]
READY = "() => Object.values(genclassBrowser.models)[0]?.drawer"
RESTED = "() => !genclass.moving && !genclass.unnamed && !document.body.matches('.gc-stale, .gc-unfound')"
# Moves the first slider with every frame, and gives the last sheet that followed, where the slider stood, and how many
# sheets there were. However busy the machine is, the slider does not come to rest meanwhile.
DRAG = """async frames => {
  const slider = document.querySelector("#direction-d1 input[type=range]"), seen = new Set(), rest = genclass.REST;
  const tile = () => document.getElementById("generate-picture").style.getPropertyValue("--tile");
  genclass.REST = 600000;
  for (let frame = 0; frame < frames || genclassBrowser.drawing; frame++) {
    if (frame < frames) {
      slider.value = (frame % 40) / 20;
      slider.dispatchEvent(new Event("input", { bubbles: true }));
    }
    await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
    seen.add(tile());
  }
  const found = { at: slider.valueAsNumber, tile: tile(), count: seen.size };
  genclass.REST = genclass.pause = rest;
  setTimeout(() => genclass.settle(), 1000);
  return found;
}"""
DRAW = """async recipe => {
  const drawer = Object.values(genclassBrowser.models)[0].drawer;
  await drawer.draw(recipe, 0, recipe.class === "all" ? 3 : recipe.count);
  return drawer.canvas.toDataURL();
}"""
CHANGES = (
    {"directions": {"d1": 0.5, "z3": -1, "d2": 0}},
    {"cleared": True, "directions": {"d2": 1.25}},
    {"seed": 9, "count": 5, "truncation": 0.5},
    {"class": "b"},
    {"class": "b", "mix_with": "c", "share": 0.3},
    {"class": "all", "mix_with": "c"},
    {"share": 0.1},
    {"free": True},
)
RECIPES = (
    {"seed": 7, "truncation": 0.8, "directions": {"d1": 1.5, "z2": -0.7}},
    {"class": "all"},
    {"mix": {"a": 0.3, "c": 0.6}},
    {"latent": encode_latent(np.linspace(-2, 2, 24, dtype=np.float32))},
    {"latent": encode_latent(np.linspace(-2, 2, 72, dtype=np.float32))},
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Of a shipped generator that browsers are sent."""
    pytest.importorskip("onnxscript")
    shipped = tmp_path_factory.mktemp("sent")
    gan = {"name": "gan", "z_dim": 24, "width": 8, "discriminator": {"width": 8}}
    save_network(shipped, NAME, config_of("gan", gan, CLASSES, name=NAME))
    stored_model.write(shipped / NAME)
    return shipped / NAME


@pytest.fixture(scope="module")
def address(folder, tmp_path_factory):
    """Of a page that has it."""
    patch = pytest.MonkeyPatch()
    patch.setattr(paths, "SHIPPED", folder.parent)
    patch.setenv("GENCLASS_RUNS", str(tmp_path_factory.mktemp("runs")))
    patch.setattr(limits, "now", limits.Limits())  # or no page of this process would train from now on
    demo = build_app(training=False)
    demo.launch(prevent_thread_lock=True, quiet=True, server_port=free_port(), **launch_settings())
    yield demo.local_url
    demo.close()
    patch.undo()


@contextlib.contextmanager
def visit(chromium, address):
    """(a page with three images that has come to rest, paths of all its requests), in a browser that keeps nothing from
    before."""
    context, asked = chromium.new_context(viewport={"width": 1280, "height": 900}, locale="en"), []
    page = context.new_page()
    page.set_default_timeout(60_000)
    page.on("request", lambda request: asked.append(request.url.removeprefix(address)))
    page.goto(f"{address}?model={NAME}&count=3")
    page.wait_for_function("() => window.genclass?.recipe")
    page.wait_for_function(RESTED)
    yield page, asked
    context.close()


@pytest.fixture
def visitor(chromium, address):
    with visit(chromium, address) as found:
        yield found


@pytest.fixture(scope="module")
def drawing(chromium, address):
    """The same for several tests, once it can draw and the server has answered."""
    with visit(chromium, address) as (page, asked):
        move(page)
        page.wait_for_function(READY)
        page.wait_for_function(RESTED)
        yield page, asked


def move(page):
    page.locator("#direction-d1 input[type=range]").press("ArrowRight")


def sent(asked):
    """Endings of what the browser was sent to draw by itself."""
    return {url.rpartition(".")[2] for url in asked if in_browser.PLACE.strip("/") in url}


def without_nothing(values):
    return {key: value for key, value in values.items() if value is not None}


def shown(url):
    """Pixels of a data URL, RGBA."""
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(re.search(r"base64,([\w+/=]+)", url)[1]))).convert("RGBA"))


def expected(sampler, recipe):
    """The sheet of a recipe as it is drawn here."""
    drawn = sampler.sample({"model": NAME, **recipe})
    return images.sheet(drawn, sheet_columns(sampler.complete({"model": NAME, **recipe}), len(drawn)))


def test_nothing_is_sent_before_a_slider_is_moved(visitor):
    page, asked = visitor
    assert not sent(asked) and page.evaluate("genclassTold.browser.models") != {}
    move(page)
    page.wait_for_function(READY)
    assert sent(asked) == {"json", "mjs", "onnx", "wasm"}


def test_while_a_slider_is_dragged_the_browser_draws_and_at_rest_the_server(folder, drawing):
    (page, asked), sampler = drawing, Sampler.load(folder)
    asked.clear()
    last = page.evaluate(DRAG, 50)
    assert [url for url in asked if "queue/join" in url] == []
    assert last["count"] > 10
    tile, sheet = shown(last["tile"]), expected(sampler, {"count": 3, "directions": {"d1": last["at"]}})
    solid = tile[..., 3] == 255
    assert solid[:32, :32].all() and np.abs(tile[..., :3][solid].astype(int) - sheet[solid]).max() <= 2
    page.wait_for_function(f"() => !genclass.part && ({RESTED})()")
    picture = shown(page.locator("#generate-picture img").get_attribute("src"))
    recipe = json.loads(page.evaluate("genclass.ask()"))
    asked_for = browser_request.recipe_of(json.dumps(recipe)).to_dict()
    assert np.array_equal(picture[..., :3], expected(sampler, asked_for))
    assert f"direction=d1%3A{asked_for['directions']['d1']}" in page.url


def test_nothing_of_the_browsers_stays_over_a_sheet_of_another_form(drawing):
    page, _ = drawing
    tile = "document.getElementById('generate-picture').style.getPropertyValue('--tile')"
    page.wait_for_function(RESTED)
    page.evaluate("() => { genclass.REST = 600000; genclass.slide('d1', 0.7, genclass.REST); }")
    page.wait_for_function(f"() => {tile}.startsWith('url')")
    page.evaluate("() => genclass.move('count', 5, genclass.REST)")
    page.locator("#generate-picture figure[data-count='5']").wait_for()
    page.wait_for_function(f"() => !{tile}.startsWith('url')")
    page.evaluate("() => { genclass.REST = 350; genclass.move('count', 3); }")
    page.wait_for_function(RESTED)


def test_what_was_moved_gives_the_recipe_of_the_server(drawing):
    of_drawer = "([recipe, moved]) => Object.values(genclassBrowser.models)[0].drawer.recipe({ recipe, moved })"
    moved_before = {"seed": 4, "directions": {"d1": 1, "d3": 2}, "class": "c"}
    for start in (moved_before, {"mix": {"a": 0.25, "b": 0.75}}, RECIPES[3]):
        recipe = json.dumps({"model": NAME, **start, "sha256": None})
        for moved in CHANGES:
            wanted = browser_request.recipe_of(json.dumps({"recipe": recipe, "moved": moved})).to_dict()
            found = {"seed": 0, "count": 16, "truncation": 1.0, **drawing[0].evaluate(of_drawer, [recipe, moved])}
            assert without_nothing(found) == without_nothing(wanted)


def test_every_kind_of_recipe_is_drawn_as_by_the_server(folder, drawing):
    sampler = Sampler.load(folder)
    for change in RECIPES:
        recipe = {"seed": 0, "count": 3, "class": None, "truncation": 1, "directions": {}, **change}
        found, wanted = shown(drawing[0].evaluate(DRAW, recipe))[..., :3], expected(sampler, recipe)
        assert np.abs(found.astype(int) - wanted).max() <= 2, change


FAULTS = {
    "refused": lambda route: route.fulfill(status=404, body="Not Found"),
    "cut off": lambda route: route.fulfill(status=200, body=b"\x08\x0a\x12\x07" * 9),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_what_fails_leaves_live_pictures_with_the_server(visitor, fault):
    (page, asked), said = visitor, []
    page.on("console", lambda message: message.type == "info" and said.append(message.text))
    page.route("**/*.onnx", FAULTS[fault])
    with page.expect_console_message(lambda message: "drawn by the server" in message.text):
        move(page)
    asked.clear()
    before = page.locator("#generate-picture img").get_attribute("src")
    page.evaluate(DRAG, 20)
    page.wait_for_function("before => document.querySelector('#generate-picture img')?.src !== before", arg=before)
    assert [url for url in asked if "queue/join" in url] != []
    expect(page.locator(".toast-body")).to_have_count(0)
    assert len(said) == 1 and not sent(asked)


def test_without_webassembly_the_server_draws(chromium, address):
    page = chromium.new_page()
    page.add_init_script("delete window.WebAssembly")
    page.goto(f"{address}?model={NAME}")
    page.locator("#generate-picture img").wait_for()
    with page.expect_console_message(lambda message: "drawn by the server" in message.text):
        move(page)
    page.wait_for_function("() => genclassTold && !Object.values(genclassBrowser.models)[0].drawer")
    page.close()


# A browser whose only GPU is software, taken for a real one.
SOFTWARE = ["--no-sandbox", "--disable-dev-shm-usage", "--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader"]
TAKEN_FOR_ONE = """const asked = GPU.prototype.requestAdapter;
GPU.prototype.requestAdapter = async function () {
  return (await asked.call(this)) && { info: { isFallbackAdapter: false } };
};"""


@pytest.fixture(scope="module")
def with_gpu(chromium):
    browser = chromium.browser_type.launch(executable_path=shutil.which("chromium"), args=SOFTWARE)
    page = browser.new_page()
    page.goto("chrome://version")  # where it may be asked for: GPUs are for secure pages
    if not page.evaluate("async () => Boolean(await navigator.gpu?.requestAdapter())"):
        pytest.skip("this Chromium brings no GPU in software")
    page.close()
    yield browser
    browser.close()


def opened(browser, address, script=""):
    page = browser.new_page(viewport={"width": 1280, "height": 900}, locale="en")
    page.set_default_timeout(120_000)
    page.add_init_script(script)
    page.goto(f"{address}?model={NAME}&count=3")
    page.wait_for_function("() => window.genclass?.recipe")
    page.wait_for_function(RESTED)
    return page


def test_a_gpu_draws_what_the_server_draws(folder, with_gpu, address):
    page, recipe = opened(with_gpu, address, TAKEN_FOR_ONE), {"seed": 3, "count": 2, "directions": {"d1": 1.5}}
    move(page)
    page.wait_for_function(READY)
    assert page.evaluate("genclassBrowser.model().drawer.provider") == "webgpu"
    found = shown(page.evaluate(DRAW, {"class": None, "truncation": 1, **recipe}))[..., :3]
    assert np.abs(found.astype(int) - expected(Sampler.load(folder), recipe)).max() <= 2
    page.close()


@pytest.mark.parametrize("script", ["", TAKEN_FOR_ONE], ids=["no real one", "it fails"])
def test_without_a_gpu_that_draws_webassembly_does(with_gpu, address, script):
    page, other = opened(with_gpu, address, script), in_browser.InBrowser().told["gpu-wasm"]
    page.route(f"**/{other}", lambda route: route.fulfill(status=404))
    move(page)
    page.wait_for_function(READY)
    assert page.evaluate("genclassBrowser.model().drawer.provider") == "wasm"
    page.close()


def test_where_the_server_is_quicker_it_draws(visitor):
    page, asked = visitor
    move(page)
    page.wait_for_function(f"() => ({READY})()?.milliseconds && genclassBrowser.model().answered < Infinity")
    page.evaluate("() => { genclassBrowser.model().answered = 0; }")
    page.wait_for_function(RESTED)
    asked.clear()
    page.evaluate(DRAG, 5)
    page.wait_for_function(RESTED)
    assert [url for url in asked if "queue/join" in url] != [] and not sent(asked)
    assert page.evaluate("genclassBrowser.model().drawer") is None
