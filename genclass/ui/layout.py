"""The whole page: a heading, the tabs, the web API, and how it is served."""

import contextlib
import json
from collections.abc import AsyncIterator, Iterable
from typing import Any

import gradio as gr
from fastapi.exceptions import RequestValidationError
from gradio.routes import App
from starlette.middleware import Middleware

from genclass import paths
from genclass.jobs import prewarm
from genclass.jobs.runs import Launcher
from genclass.ui import api
from genclass.ui.classify import tab as classify_tab
from genclass.ui.classify.examples import example_files
from genclass.ui.common import html
from genclass.ui.common.model_tabs import ModelTabs
from genclass.ui.common.text import language, page_of, say, speaking
from genclass.ui.generate import in_browser, opening
from genclass.ui.generate import tab as generate_tab
from genclass.ui.learn import tab as learn_tab
from genclass.ui.learn.experiments import Others
from genclass.ui.models import tab as models_tab
from genclass.ui.server import bodies, crowd, gradio_patches, guard, limits, logins, own_files, pages, quota, visitors
from genclass.ui.server.compression import Compression
from genclass.ui.static import STATIC, static
from genclass.ui.train import form as run_form
from genclass.ui.train import tab as train_tab
from genclass.ui.words import LANGUAGES, TABS

VISITORS = 200  # whose state is kept; what an older tab changed is then as it was when the page was built
SCRIPTS = (
    "gradio_patches.js",
    "language.js",
    "address.js",
    "sheet_png.js",
    "page.js",
    "in_browser.js",
)  # in this order
CACHE_SECONDS = (600, 7200)  # how often to look, and how old a temporary file may get
FONT = ("system-ui", "-apple-system", "Segoe UI", "Roboto", "Noto Sans", "sans-serif")
MONO = ("ui-monospace", "SFMono-Regular", "Menlo", "Consolas", "monospace")


@gradio_patches.without_servers()
def build_app(
    public: bool = False, training: bool = True, embedders: Iterable[str] = (), launch: Launcher = prewarm.train
) -> gr.Blocks:
    """The page as ``gr.Blocks``, ready to be launched with ``launch_settings()``: once for each language.

    Words are put in while a page is built, so that no component has to know that there are languages.

    Args:
        public: for strangers, who may do little: see ``server.limits``.
        training: whether runs can be started here.
        embedders: origins whose pages may show this one in a frame.
        launch: has the folders of runs trained.
    """
    limits.now.public, limits.now.train, limits.now.embedders = public, training, tuple(embedders)
    limits.now.launch = launch
    with gr.Blocks(title=say("title"), analytics_enabled=False, delete_cache=CACHE_SECONDS) as demo:
        demo.queue(api_open=False)
        api.build()  # first: a handler of the page that is named like a call takes no name from it
        _build_page(demo)
    for name in LANGUAGES:
        if page_of(name):
            with demo.route(say("title"), page_of(name), show_in_navbar=False), speaking(name):
                _build_page(demo)
    return demo


def _build_page(demo: gr.Blocks) -> None:
    gr.HTML(_heading(), elem_id="heading")
    memory = train_tab.build_memory()  # of runs whose models are to be deleted, even where none can be started
    with gr.Tabs(elem_id="tabs") as tabs:
        generate = generate_tab.build()
        classify = classify_tab.build()
        generate_tab.connect(generate, classify, tabs, demo)
        classify_tab.connect(classify, demo)
        model_tabs = ModelTabs(tabs, generate, classify)
        form = None
        if limits.now.train:
            training = train_tab.build(memory)
            train_tab.connect(training, demo, memory, model_tabs)
            form = training.form
            run_form.connect_own(classify.teach, form, tabs)
        models_tab.connect(models_tab.build(), memory.mine, model_tabs)
        learn = learn_tab.build([path for path, _ in example_files()])
        learn_tab.connect(learn, Others(tabs, generate, classify, form))


def _heading() -> str:
    """Title, tagline, and at the side a press that copies the address and the way to the other language."""
    links = "".join(
        f'<a href="{page_of(name) or "."}" lang="{name}" data-language="{name}">{LANGUAGES[name].name}</a>'
        for name in LANGUAGES
        if name != language()
    )
    said = f"<h1>{say('title')}</h1>{html.note(say('tagline'))}"
    copy = f'<button type="button" data-copied="{say("copied")}">{say("copy_link")}</button>'
    # Gradio shows an English word, the kind of the toast, in place of the title that an error brings.
    toast = f'<style>.toast-title:is(.error, .warning)::before {{ content: "{say("refused")}" }}</style>'
    return f'{toast}<div>{said}</div><nav aria-label="{say("page_links")}">{copy}{links}</nav>'


def _scripts(browser: dict[str, Any]) -> list[str]:
    """The scripts, and before them what they are told: languages with their pages, tabs, what draws in a browser."""
    languages = {name: {"locale": language.locale, "page": page_of(name)} for name, language in LANGUAGES.items()}
    told = f"window.genclassTold = {json.dumps({'languages': languages, 'tabs': TABS, 'browser': browser})};"
    return [told, *map(static, SCRIPTS)]


def launch_settings() -> dict[str, Any]:
    """Keyword arguments of ``launch``: looks, limits, and nothing served or fetched that is not the page's own."""
    drawn = in_browser.InBrowser()
    scripts = _scripts(drawn.told)
    return {
        "theme": theme(),
        "css_paths": [STATIC / name for name in ("style.css", "generate.css", "models.css", "learn.css")],
        "head": "".join(f"<script>{script}</script>" for script in scripts),
        "max_file_size": limits.MAX_UPLOAD_SIZE[limits.now.public],
        "state_session_capacity": VISITORS,
        "blocked_paths": [str(paths.SHIPPED), str(paths.runs_dir())],
        "app_kwargs": {
            "middleware": [
                Middleware(guard.Guard, embedders=limits.now.embedders, scripts=scripts),
                Middleware(visitors.Visitors),
                Middleware(Compression),
                Middleware(pages.Pages),
                Middleware(logins.Logins),
                Middleware(crowd.Streams),
                Middleware(bodies.BodyLimits),
                Middleware(own_files.OwnFilesOnly, complete=api.complete, most=limits.MAX_EVENT_VALUES),
            ],
            "lifespan": _lifespan,
            "routes": [drawn.route()],
            "exception_handlers": {RequestValidationError: guard.malformed},
        },
        "max_threads": 16,  # each keeps some megabytes once a network has run in it
        "enable_monitoring": False,
        "run_history": False,
        "footer_links": ["api", "settings"],
        "ssr_mode": False,
    }


@contextlib.asynccontextmanager
async def _lifespan(app: App) -> AsyncIterator[None]:
    gradio_patches.thin(app)
    gradio_patches.open_with(app, opening.picture)
    gradio_patches.tell_text(app.get_blocks())
    async with quota.tidying(app.get_blocks()), crowd.looking(app):
        yield


def theme() -> gr.themes.Base:
    """Calm greys, one accent, the system's own fonts."""
    base = gr.themes.Base(primary_hue="teal", secondary_hue="teal", neutral_hue="slate", font=FONT, font_mono=MONO)
    return base.set(
        block_label_background_fill="none",
        block_title_background_fill="none",
        block_label_border_width="0px",
        block_title_border_width="0px",
        block_label_background_fill_dark="none",
        block_title_background_fill_dark="none",
        block_label_text_color="*body_text_color_subdued",
        block_title_text_color="*body_text_color_subdued",
        block_title_text_weight="500",
        block_radius="10px",
        body_background_fill="*neutral_50",
        body_text_color_subdued="*neutral_600",
        block_shadow="none",
        checkbox_border_color_dark="*neutral_500",
        input_background_fill="*neutral_50",
        button_primary_background_fill="*primary_700",
        button_primary_background_fill_hover="*primary_800",
        button_primary_background_fill_dark="*primary_700",
        button_primary_text_color="white",
        button_secondary_background_fill="*block_background_fill",
        button_secondary_background_fill_dark="*block_background_fill",
        button_secondary_background_fill_hover="*neutral_100",
        button_secondary_background_fill_hover_dark="*neutral_700",
        button_secondary_border_color="*neutral_300",
        button_secondary_border_color_dark="*neutral_600",
        button_border_width="1px",
        button_large_text_weight="500",
        button_large_text_size="*text_md",
        slider_color="*primary_500",
    )
