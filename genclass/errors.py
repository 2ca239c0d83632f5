"""The one exception for what a user got wrong: a code, its values, an English sentence.

The command line prints the sentence; the page looks the code up in the visitor's language.
"""

MESSAGES = {
    # names
    "unknown_model": "There is no model called {name}. Choose one of: {choices}.",
    "unknown_class": "{model} has no class called {name}. Choose one of: {choices}.",
    "no_classes": "{model} was trained without classes: leave the class out.",
    "unknown_dataset": "There is no data set called {name}. Choose one of: {choices}, or give a folder or a zip.",
    "unknown_preset": "There is no {kind} preset called {name}. Choose one of: {choices}.",
    "unknown_setting": "The preset {preset} has no setting called {name}. Choose one of: {choices}.",
    "unknown_run": "There is no run with this id.",
    "bad_name": "The name {name} does not work: use 1 to 40 of a-z, 0-9 and '-', beginning with a letter or digit.",
    "name_taken": "The name {name} belongs to a shipped model. Choose another.",
    "wrong_kind": "{name} is a {kind}; this needs a {needed}.",
    # values
    "out_of_range": "{field} must be between {low} and {high}.",
    "not_a_number": "{field} must be a number.",
    "not_whole": "{field} must be a whole number.",
    "not_text": "{field} must be text.",
    "bad_choice": "{field} must be one of: {choices}.",
    "bad_directions": "Directions must be given as names with numbers, such as z0=1.5.",
    "unknown_direction": "{model} has no direction called {name}. Its directions are d1 to d{count}. "
    "Its raw dimensions are z0 to z{last}.",
    "bad_latent": "The latent must be base64 of {size} float32 numbers for each image, all finite.",
    "bad_path": "A path needs its steps and where it leads, a seed or a class; 'all' is no class to walk from or to.",
    "bad_recipe": "This is not a recipe: {field} is not understood.",
    "other_weights": "This recipe was made with other weights of {model}: its pictures can't be made again.",
    "both_lengths": "Give epochs or minutes, not both.",
    # images and data
    "not_an_image": "This is not an image that can be read. Allowed are: {formats}.",
    "broken_image": "This image is empty, cut off or damaged.",
    "heic_image": "HEIC photos can't be read here. Save it as JPEG, or share it from the phone as “most compatible”.",
    "not_finite": "This image holds values that are no finite numbers.",
    "image_too_large": "This image is too large: at most {megapixels} megapixels are allowed, {jpeg} for a JPEG.",
    "image_too_long": "This image is {width}×{height}. One side may be at most {ratio} times the other.",
    "no_neighbours": "The images that {model} was trained on are not kept on this machine.",
    "one_image": "An explanation is drawn of exactly one image; {count} were given.",
    "no_recipe": "This picture carries no recipe of GenClass.",
    "no_images": "No images were found. Make one folder for each class, with images inside.",
    "too_few_classes": "A classifier needs images of at least two classes, one folder for each; found {count}.",
    "too_few_images": "Training needs at least {least} images; found {count}.",
    "too_many_images": "At most {most} images can be used; there are more.",
    "too_many_classes": "At most {most} classes can be used; there are more.",
    "bad_zip": "This is not a zip file that can be read.",
    "zip_too_large": "The zip unpacks to more than {megabytes} MB, which is the most allowed.",
    "download_failed": "{name} could not be downloaded. Check the connection, or use {fallback}, which is bundled.",
    "missing_file": "There is no file or folder {path}.",
    "cannot_write": "{path} can't be written.",
    "bad_output": "{path} must end in .png, .npz, .gif, .webp or .mp4.",
    "bad_guide": "{words} is not MODEL:CLASS, such as fashion-mnist-airnet:Sneaker.",
    # checkpoints and runs
    "broken_checkpoint": "The checkpoint of {name} is damaged: {what}.",
    "no_checkpoint_yet": "This run has saved no model yet.",
    "other_request": "This folder holds a run with other settings. Resume it, or choose another folder.",
    "not_a_run": "This folder holds no run that can be resumed.",
    "run_busy": "This run is already being trained.",
    "run_over": "This run has finished: there is nothing to {action}.",
    "too_many_runs": "{count} runs are waiting already. Try again when one has ended.",
    "no_device": "The device {name} is not there. Choose one of: {choices}.",
    "diverged": "The loss became infinite or not a number at step {step}. Try a smaller learning rate.",
    "crashed": "The training stopped because of an internal error. The log of the run tells more.",
    "disk_full": "The disk is full: nothing more can be saved. Make room, then resume from the last good state.",
    "interrupted": "The training process ended without a word: it was killed, or the machine ran out of memory or was "
    "switched off. The last good state is kept: resume goes on from there.",
    "not_begun": "This run has not begun yet, or saved nothing: resume it first.",
    "not_longer": "{steps} steps would not be longer than the {before} that it is to have already.",
    "bad_words": "One line was expected: a JSON list of the words that would follow `train`.",
    "discriminator_won": "The discriminator has won: it tells real ({real}) from generated ({fake}) without "
    "fail, and the generator has little left to learn from. Try a smaller discriminator_rate.",
    "samples_collapse": "The samples have become alike: they differ {spread} % as much as real images of a class do. "
    "Try a larger penalty, a smaller rate or another seed.",
    "overfits": "The classifier learns by heart: {train} % of its training images are right, but {test} % of the test "
    "images, and that no longer grows. More data, shift or flip, or fewer epochs would help.",
    "public_minutes": "On this public page a run may last at most {most} minutes.",
    "public_runs": "On this public page everyone may keep {most} runs. Delete one first.",
    "public_waiting": "On this public page everyone may have one run in training or waiting at a time.",
    "public_size": "On this public page {field} may be at most {most}.",
    "no_training": "This page does not train.",
    "no_distance": "No classifier for {dataset} is there to measure with.",
    "other_classes": "{model} does not know the classes of {dataset}.",
    "no_url": "Upload the image itself: addresses are not fetched.",
    "nothing_given": "There is no image yet.",
    "no_logins": "{path} holds no logins: one name:password a line is expected.",
    "bad_login": "Line {line} of {path} is no name:password.",
    "no_share": "There is no public link: the relay could not be reached. Check the network and start again.",
}


class GenClassError(Exception):
    """What a user got wrong, or what the user needs to know.

    Args:
        code: a key of ``MESSAGES``.
        **values: what fills the sentence; plain numbers and strings, so that they can be stored as JSON.
    """

    def __init__(self, code, **values):
        super().__init__(code, values)
        self.code = code
        self.values = values

    def __str__(self):
        return MESSAGES[self.code].format(**self.values)

    def as_dict(self):
        """``{"code", "values", "message"}``, as a run's status and the web API carry it."""
        return {"code": self.code, "values": self.values, "message": str(self)}


def check_number(field, value, low, high, whole=False):
    """Return ``value`` as int (``whole``) or float, if it is a finite number from ``low`` to ``high``.

    Raises:
        GenClassError: ``not_a_number`` (booleans and NaN included), ``not_whole`` or ``out_of_range``.
    """
    if isinstance(value, bool) or not isinstance(value, (int, float)) or value != value:
        raise GenClassError("not_a_number", field=field)
    if not low <= value <= high:
        raise GenClassError("out_of_range", field=field, low=low, high=high)
    if whole and value != int(value):
        raise GenClassError("not_whole", field=field)
    return int(value) if whole else float(value)


def check_choice(field, value, choices):
    """Return ``value`` if it is among ``choices`` (strings).

    Raises:
        GenClassError: ``bad_choice``.
    """
    if not isinstance(value, str) or value not in choices:
        raise GenClassError("bad_choice", field=field, choices=", ".join(choices))
    return value
