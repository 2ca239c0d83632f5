"""What the server keeps of each visitor: as little of what Gradio keeps as this page needs.

Gradio copies the configuration of every component of the page for each session, and every value that it sends, for
links of its own (``gr.DeepLinkButton``), which this page does not have. For each visitor, and each call of the web API,
that takes 1.8 MB and some 100 ms in which nobody is answered.
"""

from types import SimpleNamespace

from gradio.state_holder import SessionState, StateHolder


class Session(SessionState):
    """A visitor's state: which components were changed, and nothing of what they show."""

    def __init__(self, blocks):
        super().__init__(SimpleNamespace(default_config=blocks.default_config, blocks={}))

    def __setitem__(self, key, value):
        self.blocks_config.blocks[key] = value

    def _update_config(self, key):
        pass

    def _update_value_in_config(self, key, value):
        pass


class Sessions(StateHolder):
    """The sessions of all visitors; of more than ``capacity`` those are forgotten that were heard of longest ago."""

    def __getitem__(self, session_id):
        if session_id not in self.session_data:
            self.session_data[session_id] = Session(self.blocks)
        return super().__getitem__(session_id)


def thin(app):
    """From now on an app that has not answered anyone yet keeps no more of its visitors."""
    app.state_holder = Sessions()
    app.state_holder.set_blocks(app.blocks)


def forget(queue):
    """Gradio's queue remembers everyone who has ever asked; of those who were answered nothing need be kept."""
    for session, waiting in list(queue.pending_event_ids_session.items()):
        if not waiting:
            del queue.pending_event_ids_session[session]
