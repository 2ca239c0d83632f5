"""The tab Learn: what GAN and CNN are, with something to do in every section."""

import gradio as gr

from genclass.ui import learn_toy
from genclass.ui.text import say

DOLLARS = [{"left": "$$", "right": "$$", "display": True}, {"left": "$", "right": "$", "display": False}]
VALUE = r"""$$\min_G \max_D \; V(D, G) \;=\; \mathbb{E}_{x \sim p_x}\big[\log D(x)\big] \;+\;
\mathbb{E}_{z \sim p_z}\big[\log\big(1 - D(G(z))\big)\big]$$"""
TURNS = r"""$$\begin{aligned}
\theta_D &\leftarrow \theta_D - \eta_D \nabla_{\theta_D}
 \big(-\log D(x) - \log(1 - D(G(z)))\big) \\
\theta_G &\leftarrow \theta_G - \eta_G \nabla_{\theta_G} \big(-\log D(G(z))\big)
\end{aligned}$$"""
BEST = r"$D^*(x) = \frac{p_x(x)}{p_x(x) + p_g(x)}$"


def build():
    """Build the tab and connect its events."""
    with gr.Tab(say("learn"), id="learn", elem_id="tab-learn") as tab, gr.Tabs(elem_id="learn-sections"):
        with gr.Tab(say("learn_gan"), id="gan", elem_id="learn-gan"):
            panel = _build_gan()
    learn_toy.connect(panel, tab.select)


def _build_gan():
    prose("gan_text")
    panel = learn_toy.build()
    with gr.Row(elem_classes="gc-lesson-pair"):
        with gr.Column(min_width=320):
            prose("gan_value", title="gan_value_title", value=VALUE, expectation=r"$\mathbb{E}$", best=BEST,
                  floor=r"$-2 \ln 2 \approx -1.39$")  # fmt: skip
        with gr.Column(min_width=320):
            prose("gan_turns", title="gan_turns_title", turns=TURNS, saturating=r"$\log(1 - D(G(z)))$",
                  raise_=r"$\log D(G(z))$")  # fmt: skip
    return panel


def prose(key, title=None, **formulas):
    """A text of the lessons, with its formulas set."""
    heading = f"#### {say(title)}\n\n" if title else ""
    return gr.Markdown(heading + say(key, **formulas), latex_delimiters=DOLLARS, elem_classes="gc-prose",
                       elem_id=f"learn-{key.replace('_', '-')}")  # fmt: skip
