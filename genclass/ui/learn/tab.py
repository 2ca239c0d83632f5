"""The tab Learn: what GAN and CNN are, with something to do in every section and a way into the other tabs."""

import gradio as gr

from genclass.ui.classify.examples import example_files
from genclass.ui.common import html
from genclass.ui.common.text import say
from genclass.ui.common.titled_tab import titled_tab
from genclass.ui.learn import experiments, model_advisor, network_steps, real_or_generated, size_calculator, toy_panel
from genclass.ui.learn.experiments import Others

DOLLARS = [{"left": "$$", "right": "$$", "display": True}, {"left": "$", "right": "$", "display": False}]
VALUE = r"""$$\min_G \max_D \; V(D, G) \;=\; \mathbb{E}_{x \sim p_x}\big[\log D(x)\big] \;+\;
\mathbb{E}_{z \sim p_z}\big[\log\big(1 - D(G(z))\big)\big]$$"""
TURNS = r"""$$\begin{aligned}
\theta_D &\leftarrow \theta_D - \eta_D \nabla_{\theta_D} \big(-\log D(x) - \log(1 - D(G(z)))\big) \\
\theta_G &\leftarrow \theta_G - \eta_G \nabla_{\theta_G} \big(-\log D(G(z))\big)
\end{aligned}$$"""
BEST = r"$D^*(x) = \frac{p_x(x)}{p_x(x) + p_g(x)}$"
CONVOLUTION = r"""$$y_{o,r,s} \;=\; b_o + \sum_{c} \sum_{i=0}^{2} \sum_{j=0}^{2} w_{o,c,i,j} \; x_{c,\,r+i,\,s+j}$$"""
POOLING = r"""$$p_{o,r,s} \;=\; \max_{0 \le i, j \le 1} \; \max(0,\; y_{o,\,2r+i,\,2s+j})$$"""
DENSE = r"$$y = f(W x + b), \qquad y_k = f\Big(\sum_i W_{k,i} \, x_i + b_k\Big)$$"
BACK = r"""$$\frac{\partial L}{\partial w_{o,c,i,j}} \;=\; \sum_{r,s} \frac{\partial L}{\partial y_{o,r,s}} \;
x_{c,\,r+i,\,s+j}, \qquad w \;\leftarrow\; w - \eta \, \frac{\partial L}{\partial w}$$"""
PLAIN = r"$$n' = \Big\lfloor \frac{n + 2p - k}{s} \Big\rfloor + 1$$"
TRANSPOSED = r"$$n' = (n - 1)\,s - 2p + k + (s - 1)$$"


def build(tabs, making, telling, form):
    """Build the tab and connect its events.

    Args:
        tabs: the ``gr.Tabs`` around all tabs.
        making, telling: Generate's and Classify's ``Tab``.
        form: Train's form, or None where nothing is trained.
    """
    others = Others(tabs, making, telling, form)
    with titled_tab("learn", "learn") as tab, gr.Tabs(elem_id="learn-sections"):
        with gr.Tab(say("learn_gan"), id="gan", elem_id="learn-gan"):
            toy_panel.connect(_build_gan(others), tab.select)
        with gr.Tab(say("learn_cnn"), id="cnn", elem_id="learn-cnn") as section:
            _build_cnn(others, section)
        with gr.Tab(say("learn_both"), id="both", elem_id="learn-both") as section:
            _build_both(others, section)
        with gr.Tab(say("learn_choose"), id="choice", elem_id="learn-choose"):
            _build_choice(others)
        with gr.Tab(say("learn_article"), id="article", elem_id="learn-article"):
            _build_article(others)


def prose(key, title=None, **formulas):
    """A text of the lessons, with its formulas set."""
    heading = f"#### {say(title)}\n\n" if title else ""
    return gr.Markdown(heading + say(key, **formulas), latex_delimiters=DOLLARS, elem_classes="gc-prose",
                       elem_id=f"learn-{key.replace('_', '-')}")  # fmt: skip


def _build_gan(others):
    prose("gan_text")
    panel = toy_panel.build()
    with gr.Row(elem_classes="gc-lesson-pair"):
        with gr.Column(min_width=320):
            prose("gan_value", title="gan_value_title", value=VALUE, expectation=r"$\mathbb{E}$", best=BEST,
                  floor=r"$-2 \ln 2 \approx -1.39$")  # fmt: skip
        with gr.Column(min_width=320):
            prose("gan_turns", title="gan_turns_title", turns=TURNS, saturating=r"$\log(1 - D(G(z)))$",
                  raise_=r"$\log D(G(z))$")  # fmt: skip
            with gr.Row(elem_classes="gc-tries"):
                experiments.sample(others, experiments.button("sheet"), "sheet")
                experiments.train(others, "classic")
    return panel


def _build_cnn(others, section):
    prose("cnn_text")
    if not network_steps.names():
        gr.HTML(html.note(say("no_textbook")), elem_id="inside-none")
        return
    paths = [path for path, _ in example_files()]
    parts = network_steps.build(paths)
    gr.HTML(html.note(say("cnn_colours")), elem_id="inside-colours")
    prose("cnn_formula", convolution=CONVOLUTION, pooling=POOLING)
    with gr.Row(elem_classes="gc-lesson-pair"):
        with gr.Column(min_width=320):
            prose("dense_text", title="dense_title", dense=DENSE)
        with gr.Column(min_width=320):
            parts |= network_steps.build_dense()
    prose("taught_text", title="taught_title", back=BACK)
    parts |= network_steps.build_lesson()
    panel = network_steps.NetworkStepsPanel(**parts)
    network_steps.connect(panel, paths, section.select)
    with gr.Row(elem_classes="gc-tries"):
        experiments.ask(others, experiments.button("ask"), panel.image, panel.model)
        experiments.train(others, "textbook")


def _build_both(others, section):
    with gr.Row(elem_classes="gc-lesson-pair"):
        with gr.Column(min_width=320):
            prose("both_text")
            with gr.Row(elem_classes="gc-tries"):
                experiments.sample(others, experiments.button("classes"), "classes")
                experiments.train(others, "features")
        with gr.Column(min_width=320):
            prose("quiz_text")
            real_or_generated.connect(real_or_generated.build(), section.select)


def _build_choice(others):
    prose("choose_text")
    panel, pressed = model_advisor.build(lambda: experiments.button("advised") if others.form else None)
    model_advisor.connect(panel)
    if pressed:
        experiments.advised(others, pressed, panel.questions)


def _build_article(others):
    prose("article_text")
    with gr.Row(elem_classes="gc-lesson-three"):
        for name in ("difference", "choice", "link"):
            with gr.Column(min_width=280):
                prose(f"article_{name}", title=f"article_{name}_title")
    with gr.Row(elem_classes="gc-lesson-pair"):
        with gr.Column(min_width=320):
            prose("slips", title="slips_title")
        with gr.Column(min_width=320):
            prose("sizes_title")
            size_calculator.build()
            prose("sizes_formula", plain=PLAIN, transposed=TRANSPOSED)
    prose("outlook", title="outlook_title")
    with gr.Row(elem_classes="gc-tries"):
        experiments.sample(others, experiments.button("typical"), "typical")
