"""Every word that the page shows, in one catalogue for each language.

English only so far. A second language is a second dict with the same keys; sentences of errors are looked up by their
code, with English as the fallback.
"""

from genclass.errors import MESSAGES, GenClassError

ENGLISH = {
    "title": "GenClass",
    "tagline": "One network makes images, another tells what they show. Try both, then train your own.",
    "refused": "That did not work",
    "server_error": "Something went wrong here, and it is not your fault. Please try again.",
    # tabs
    "generate": "Generate",
    "classify": "Classify",
    "train": "Train",
    # generate
    "model": "Model",
    "no_gan": "There is no model that makes images yet. Train one under “Train”.",
    "class": "Class",
    "in_turn": "in turn",
    "all": "all (one of each)",
    "seed": "Seed",
    "dice": "⚄ Roll",
    "count": "How many",
    "truncation": "Truncation",
    "truncation_info": "Less: more typical, less varied",
    "latent_heading": "Latent dimensions",
    "latent_hint": "Move a slider: the same images, a little different.",
    "reset": "Reset",
    "picture": "The images drawn: {count} of {model}",
    "download": "Download picture (PNG)",
    "recipe": "Recipe: all it takes to make this picture again",
    "link": "Link to this picture",
    "judge_wait": "Asking the classifier…",
    "judge_none": "There is no classifier of {dataset} to ask what these images show.",
    "judge_agrees": "{judge} sees the asked class in {agree} of {count} images.",
    "judge_sees": "What {judge} sees in each image:",
    "judge_asked": "asked: {asked}",
    # classify
    "no_classifier": "There is no model that tells what images show yet. Train one under “Train”.",
    "image": "Your image",
    "image_hint": "Drop an image here, paste one, use the camera, or take an example below",
    "examples": "Examples from the test sets",
    "answer": "What the network thinks",
    "seen": "What the network saw",
    "seen_caption": "{width}×{height} pixels, {channels}: this is all it gets.",
    "seen_nothing": "The small image that the network gets appears here.",
    "grey": "grey",
    "colour": "colour",
    # train
    "kind": "What to train",
    "classifier": "Classifier: tells what images show",
    "gan": "GAN: makes images",
    "data": "Data set",
    "own_data": "my own images (a zip)",
    "own_data_hint": "A zip with one folder of images for each class",
    "preset": "Preset",
    "minutes": "Minutes",
    "minutes_info": "A preset's full run takes longer; two minutes show the idea",
    "name": "Name",
    "name_info": "Optional: a-z, 0-9 and -",
    "start": "Start training",
    "stop": "Stop",
    "resume": "Resume",
    "my_runs": "Watch a run",
    "my_runs_info": "Runs started in this browser; or paste a run's id",
    "no_run": "Nothing is being trained from this browser. Choose a data set and press Start: "
    "curves and pictures appear here while it learns.",
    "losses": "Loss",
    "shares": "Accuracy",
    "shares_gan": "How real the discriminator finds them",
    "step": "step",
    "value": "value",
    "curve": "curve",
    "command": "The same on the command line",
    "all_runs": "All runs",
    "no_runs": "No runs yet.",
    "ready_gan": "Ready: {name} can be sampled in Generate.",
    "ready_classifier": "Ready: {name} can be asked in Classify.",
    "not_ready_gan": "It can be sampled in Generate once it is saved: after a minute, or when it ends.",
    "not_ready_classifier": "It can be asked in Classify once it is saved: after a minute, or when it ends.",
    "open_gan": "Open it in Generate",
    "open_classifier": "Open it in Classify",
    "picture_gan": "Samples from fixed latents, at step {step}",
    "picture_classifier": "Test images at step {step}: green is right, red is wrong",
    "progress": "step {step} of {total}",
    "time_left": "about {time} left",
    "speed": "{speed} images/s",
    "elapsed": "{time} of training",
    "seconds": "{count} s",
    "minutes_count": "{count} min",
    "waiting": "Getting ready: loading data and measuring the speed of this machine.",
    "in_queue": "Waiting: another run is being trained. This one starts when that has ended.",
    "column_name": "Name",
    "column_kind": "Kind",
    "column_data": "Data set",
    "column_preset": "Preset",
    "column_state": "State",
    "column_progress": "Progress",
    # states of a run
    "state_queued": "queued",
    "state_running": "running",
    "state_stopping": "stopping",
    "state_stopped": "stopped",
    "state_finished": "finished",
    "state_failed": "failed",
    "state_interrupted": "interrupted",
    # curves
    "curve_loss": "training loss",
    "curve_train_accuracy": "training batches",
    "curve_test_accuracy": "test images",
    "curve_loss_d": "discriminator",
    "curve_loss_g": "generator",
    "curve_d_real": "real images",
    "curve_d_fake": "generated images",
}
LANGUAGES = {"en": {"words": ENGLISH, "errors": MESSAGES}}


def say(key, language="en", **values):
    """The words of ``key``, filled with ``values``."""
    return LANGUAGES[language]["words"][key].format(**values)


def sentence(error, language="en"):
    """The sentence of an error: a ``GenClassError`` or its ``as_dict()`` form, as a run's status carries it."""
    if isinstance(error, GenClassError):
        error = error.as_dict()
    message = LANGUAGES[language]["errors"].get(error["code"])
    return message.format(**error["values"]) if message else error["message"]
