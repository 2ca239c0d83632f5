"""The whole page: a heading, the tabs, the web API, and how it is served."""

from pathlib import Path

import gradio as gr
from starlette.middleware import Middleware

from genclass import checkpoint
from genclass.processes import keep_one_ready
from genclass.ui import api, classify, generate, html, rules, train, uploads
from genclass.ui.text import say

__all__ = ["build_app", "keep_one_ready", "launch_settings"]
HERE = Path(__file__).parent
VISITORS = 1000
CACHE_SECONDS = (600, 7200)  # how often to look, and how old a temporary file may get
FONT = ("system-ui", "-apple-system", "Segoe UI", "Roboto", "Noto Sans", "sans-serif")
MONO = ("ui-monospace", "SFMono-Regular", "Menlo", "Consolas", "monospace")


def build_app(public=False, training=True):
    """The page as ``gr.Blocks``, ready to be launched with ``launch_settings()``.

    Args:
        public: for strangers: see ``rules``.
        training: whether runs can be started here.
    """
    rules.now.public, rules.now.train = public, training
    with gr.Blocks(title=say("title"), analytics_enabled=False, delete_cache=CACHE_SECONDS) as demo:
        gr.HTML(f"<h1>{say('title')}</h1>{html.note(say('tagline'))}", elem_id="heading")
        memory = train.build_memory() if rules.now.train else None
        with gr.Tabs(elem_id="tabs") as tabs:
            making = generate.build(demo)
            telling = classify.build(demo)
            if rules.now.train:
                train.build(demo, memory, making, telling, tabs)
        generate.connect_send(making, telling, tabs)
        api.build()
    return demo.queue(api_open=False, max_size=200)


def launch_settings():
    """Keyword arguments of ``launch``: looks, limits, and nothing served or fetched that is not the page's own."""
    return {
        "theme": theme(),
        "css_paths": [HERE / "style.css"],
        "head": f"<script>{(HERE / 'page.js').read_text()}</script>",
        "max_file_size": rules.UPLOAD[rules.now.public],
        "state_session_capacity": VISITORS,
        "blocked_paths": [str(checkpoint.SHIPPED), str(checkpoint.runs_dir())],
        "app_kwargs": {"middleware": [Middleware(uploads.OwnFilesOnly)]},
        "enable_monitoring": False,
        "run_history": False,
        "footer_links": ["api", "settings"],
        "ssr_mode": False,
    }


def theme():
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
        block_shadow="none",
        input_background_fill="*neutral_50",
        button_primary_background_fill="*primary_600",
        button_primary_background_fill_hover="*primary_700",
        button_primary_text_color="white",
        button_secondary_background_fill="*block_background_fill",
        button_secondary_background_fill_hover="*neutral_100",
        button_secondary_background_fill_hover_dark="*neutral_700",
        button_secondary_border_color="*neutral_300",
        button_secondary_border_color_dark="*neutral_600",
        button_border_width="1px",
        button_large_text_weight="500",
        button_large_text_size="*text_md",
        slider_color="*primary_500",
    )
