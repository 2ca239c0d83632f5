"""What a model can tell apart: a line for a few classes, a list to search for many."""

from html import escape

from genclass.models.classifier import Classifier
from genclass.ui.common import html
from genclass.ui.common.text import class_name, say

NAMED = 12
# Each name can be found in the visitor's language and as the model has it.
SEARCH = """
element.addEventListener('input', event => {
    const asked = event.target.value.trim().toLowerCase();
    for (const item of element.querySelectorAll('li')) {
        item.hidden = !`${item.textContent} ${item.dataset.name}`.toLowerCase().includes(asked);
    }
});
"""


def class_list(classifier: Classifier) -> str:
    """A classifier's classes, the first dozen of them."""
    more = " …" if len(classifier.classes) > NAMED else ""
    return say("comma").join(map(class_name, classifier.classes[:NAMED])) + more


def told(classifier: Classifier) -> str:
    """All that a classifier knows, as HTML: ``SEARCH`` makes its field work."""
    if len(classifier.classes) <= NAMED:
        return html.note(say("knows", classes=class_list(classifier)))
    items = "".join(f'<li data-name="{escape(name)}">{escape(class_name(name))}</li>' for name in classifier.classes)
    count, asked = say("knows_many", count=f"{len(classifier.classes):,}"), escape(say("knows_search"))
    return (
        f'<details class="gc-known"><summary>{escape(count)}</summary>'
        f'<input type="search" placeholder="{asked}" aria-label="{asked}"><ul>{items}</ul></details>'
    )
