"""The tab Learn: what GAN and CNN are, with something to do in every section and a way into the other tabs."""

from collections.abc import Sequence
from dataclasses import dataclass

import gradio as gr

from genclass.data import catalog
from genclass.ui.common import html
from genclass.ui.common.text import say
from genclass.ui.common.titled_tab import titled_tab
from genclass.ui.learn import experiments, model_advisor, network_steps, real_or_generated, size_calculator, toy_panel

DOLLARS: list[dict[str, str | bool]] = [
    {"left": "$$", "right": "$$", "display": True},
    {"left": "$", "right": "$", "display": False},
]
# In lines as short as a phone's window.
VALUE = r"""$$\begin{aligned}
\min_G \max_D \; V(D, G) \;=\;& \mathbb{E}_{x \sim p_x}\big[\log D(x)\big] \\
&+ \mathbb{E}_{z \sim p_z}\big[\log\big(1 - D(G(z))\big)\big]
\end{aligned}$$"""
TURNS = r"""$$\begin{aligned}
\theta_D &\leftarrow \theta_D - \eta_D \nabla_{\theta_D} \big(-\log D(x) - \log(1 - D(G(z)))\big) \\
\theta_G &\leftarrow \theta_G - \eta_G \nabla_{\theta_G} \big(-\log D(G(z))\big)
\end{aligned}$$"""
BEST = r"$D^*(x) = \frac{p_x(x)}{p_x(x) + p_g(x)}$"
CONVOLUTION = r"""$$y_{o,r,s} \;=\; b_o + \sum_{c} \sum_{i=0}^{2} \sum_{j=0}^{2} w_{o,c,i,j} \; x_{c,\,r+i,\,s+j}$$"""
POOLING = r"""$$p_{o,r,s} \;=\; \max_{0 \le i, j \le 1} \; \max(0,\; y_{o,\,2r+i,\,2s+j})$$"""
DENSE = r"$$y = f(W x + b), \qquad y_k = f\Big(\sum_i W_{k,i} \, x_i + b_k\Big)$$"
BACK = r"""$$\begin{gathered}
\frac{\partial L}{\partial w_{o,c,i,j}} \;=\; \sum_{r,s} \frac{\partial L}{\partial y_{o,r,s}} \; x_{c,\,r+i,\,s+j} \\
w \;\leftarrow\; w - \eta \, \frac{\partial L}{\partial w}
\end{gathered}$$"""
PLAIN = r"$$n' = \Big\lfloor \frac{n + 2p - k}{s} \Big\rfloor + 1$$"
TRANSPOSED = r"$$n' = (n - 1)\,s - 2p + k + (s - 1)$$"


@dataclass
class LearnTab:
    """The tab, its panels, and the buttons that lead to experiments, by their names.

    Attributes:
        cnn, both: the sections that are filled when they are opened.
        examples: paths of the images that the look into a network begins with.
        steps: None without a network that it can read.
    """

    page: gr.Tab
    toy: toy_panel.ToyPanel
    cnn: gr.Tab
    examples: Sequence[str]
    steps: network_steps.NetworkStepsPanel | None
    both: gr.Tab
    quiz: real_or_generated.QuizPanel
    advisor: model_advisor.AdvisorPanel
    sizes: size_calculator.SizesPanel
    tries: dict[str, gr.Button]


def build(examples: Sequence[str]) -> LearnTab:
    """Lay the tab out; ``examples`` are paths of images."""
    tries: dict[str, gr.Button] = {}
    with titled_tab("learn", "learn") as page, gr.Tabs(elem_id="learn-sections", overflow_behavior="wrap"):
        with gr.Tab(say("learn_gan"), id="gan", elem_id="learn-gan"):
            toy = _build_gan(tries)
        with gr.Tab(say("learn_cnn"), id="cnn", elem_id="learn-cnn") as cnn:
            steps = _build_cnn(examples, tries)
        with gr.Tab(say("learn_both"), id="both", elem_id="learn-both") as both:
            quiz = _build_both(tries)
        with gr.Tab(say("learn_choose"), id="choice", elem_id="learn-choose"):
            prose("choose_text")
            advisor = model_advisor.build()
        with gr.Tab(say("learn_article"), id="article", elem_id="learn-article"):
            sizes = _build_article(tries)
    return LearnTab(page, toy, cnn, examples, steps, both, quiz, advisor, sizes, tries)


def connect(tab: LearnTab, others: experiments.Others) -> None:
    """Connect the events."""
    toy_panel.connect(tab.toy, tab.page.select)
    if tab.steps:
        network_steps.connect(tab.steps, tab.examples, tab.cnn.select)
        position = tab.steps.position
        experiments.connect_ask(tab.tries[experiments.ASK], position.image, position.model, others)
    real_or_generated.connect(tab.quiz, tab.both.select)
    model_advisor.connect(tab.advisor, others)
    size_calculator.connect(tab.sizes)
    for name, button in tab.tries.items():
        if name != experiments.ASK:
            experiments.connect(button, name, others)


def prose(key: str, title: str | None = None, **formulas: str) -> gr.Markdown:
    """A text of the lessons, with its formulas set."""
    heading = f"#### {say(title)}\n\n" if title else ""
    return gr.Markdown(heading + say(key, **formulas), latex_delimiters=DOLLARS, elem_classes="gc-prose",
                       elem_id=f"learn-{key.replace('_', '-')}")  # fmt: skip


def _build_tries(*names: str) -> dict[str, gr.Button]:
    """A row of buttons that lead to experiments, of those that there can be here."""
    with gr.Row(elem_classes="gc-tries"):
        buttons = {name: experiments.build(name) for name in names}
    return {name: button for name, button in buttons.items() if button}


def _build_gan(tries: dict[str, gr.Button]) -> toy_panel.ToyPanel:
    prose("gan_text")
    panel = toy_panel.build()
    with gr.Row(elem_classes="gc-lesson-pair"):
        with gr.Column(min_width=320):
            prose("gan_value", title="gan_value_title", value=VALUE, expectation=r"$\mathbb{E}$", best=BEST,
                  floor=r"$-2 \ln 2 \approx -1.39$")  # fmt: skip
        with gr.Column(min_width=320):
            prose("gan_turns", title="gan_turns_title", turns=TURNS, saturating=r"$\log(1 - D(G(z)))$",
                  raise_=r"$\log D(G(z))$")  # fmt: skip
            tries |= _build_tries("sheet", "classic")
    return panel


def _build_cnn(examples: Sequence[str], tries: dict[str, gr.Button]) -> network_steps.NetworkStepsPanel | None:
    prose("cnn_text")
    if not network_steps.names():
        gr.HTML(html.note(say("no_textbook")), elem_id="inside-none")
        return None
    position = network_steps.build_position(examples)
    gr.HTML(html.note(say("cnn_colours")), elem_id="inside-colours")
    prose("cnn_formula", convolution=CONVOLUTION, pooling=POOLING)
    with gr.Row(elem_classes="gc-lesson-pair"):
        with gr.Column(min_width=320):
            prose("dense_text", title="dense_title", dense=DENSE)
        with gr.Column(min_width=320):
            dense = network_steps.build_dense()
    prose("taught_text", title="taught_title", back=BACK)
    descent = network_steps.build_descent()
    tries |= _build_tries(experiments.ASK, "textbook")
    return network_steps.NetworkStepsPanel(position, dense, descent)


def _build_both(tries: dict[str, gr.Button]) -> real_or_generated.QuizPanel:
    with gr.Row(elem_classes="gc-lesson-pair"):
        with gr.Column(min_width=320):
            prose("both_text")
            tries |= _build_tries("classes", "features")
        with gr.Column(min_width=320):
            prose("quiz_text")
            return real_or_generated.build()


def _build_article(tries: dict[str, gr.Button]) -> size_calculator.SizesPanel:
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
            sizes = size_calculator.build()
            prose("sizes_formula", plain=PLAIN, transposed=TRANSPOSED)
    bundled = len(catalog.bundled())
    prose("outlook", title="outlook_title", bundled=str(bundled), fetched=str(len(catalog.names()) - bundled))
    tries |= _build_tries("typical")
    return sizes
