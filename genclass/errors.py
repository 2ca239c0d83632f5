"""The one exception for what a user got wrong: a code, its values, an English sentence.

The command line prints the sentence; the page looks the code up in the visitor's language.
"""

import unicodedata
from collections.abc import Collection
from typing import Any, Literal, overload

JOINERS = "\u200c\u200d"  # invisible, but letters and emoji are joined by them
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
    "unknown_direction": "{model} has no direction called {name}. Its directions are {choices}. "
    "Its raw dimensions are z0 to z{last}.",
    "bad_latent": "The latent must be base64 of {size} float32 numbers for each image, all finite.",
    "bad_path": "A path needs its steps and where it leads, a seed or a class; 'all' is no class to walk from or to.",
    "bad_recipe": "This is not a recipe: {field} is not understood.",
    "other_weights": "This recipe was made with other weights of {model}: its pictures can't be made again.",
    "both_lengths": "Give epochs or minutes, not both.",
    # images and data
    "not_an_image": "This is not an image that can be read. Allowed are: {formats}.",
    "broken_image": "This image is empty, cut off or damaged.",
    "not_pictures": "Pictures are expected: a path, a PIL image, an array (height × width, with 1, 3 or 4 channels "
    "behind; uint8, uint16, or floats from 0 to 1), a uint8 tensor (channels × height × width), a batch of such arrays "
    "or tensors, or a list of all these. Given was: {given}.",
    "unusual_image": "This {kind} file is damaged, or holds a kind of picture that can't be read here.",
    "tiny_picture": "This picture has {width}×{height} pixels only: made larger, to {size}×{size}, it shows no more. "
    "Do not rely on the answer.",
    "cut_short": "This file is cut short: its picture was read as far as it goes.",
    "not_finite": "This image holds values that are no finite numbers.",
    "image_too_large": "This image is too large: at most {megapixels} megapixels are allowed, {jpeg} for a JPEG "
    "that is not progressive.",
    "image_too_long": "This image is {width}×{height}. One side may be at most {ratio} times the other.",
    "no_neighbours": "The images that {model} was trained on are not kept on this machine.",
    "one_image": "An explanation is drawn of exactly one image; {count} were given.",
    "no_recipe": "This picture carries no recipe of GenClass.",
    "no_images": "No images were found. Make one folder for each class, with images inside.",
    "none_readable": "None of the {count} images could be read ({names}). {reason}",
    "unknown_reading": "The classes of these images can't be told by {name}. Choose one of: {choices}.",
    "too_few_classes": "A classifier needs images of at least two classes, one folder for each; found {count}.",
    "too_few_images": "Training needs at least {least} images; found {count}.",
    "too_many_images": "At most {most} images can be used; there are more.",
    "too_many_pixels": "These pictures are too large together: at most {megapixels} megapixels can be taken at a time. "
    "Make them smaller, or bring fewer.",
    "too_many_classes": "At most {most} classes can be used; there are more.",
    "bad_zip": "This is not a zip file that can be read.",
    "zip_too_large": "The zip unpacks to more than {size}, which is the most allowed.",
    "zip_many_entries": "The zip holds more than {most} files, which is the most allowed.",
    "zip_climbs": "The zip holds a path that leads out of it: {path}. Nothing of it was read.",
    "zip_link": "The zip holds a symbolic link: {path}. Put the file itself in its place.",
    "zip_encrypted": "The zip is protected by a password. Make one without.",
    "zip_method": "The zip is compressed in an unusual way: {path}. Make it with the usual one, Deflate.",
    "zip_bomb": "The zip is not what it seems: {path} unpacks to more than a thousand times its size.",
    "zip_nested": "The zip holds another archive: {path}. Unpack that first, and put its folders in.",
    "one_image_a_class": "The class {name} has one image only. A classifier needs two of each class at least: "
    "one to learn from, one to be tested on.",
    "nameless_class": "Name the class first, then add its pictures.",
    "all_the_same": "All {count} images are the same one: there is nothing to learn from them.",
    "download_failed": "{name} could not be downloaded. Check the connection, or use {fallback}, which is bundled.",
    "download_cut_off": "The download of {name} was cut off; nothing half-made was kept. Try again, or use {fallback}, "
    "which is bundled.",
    "not_at_hand": "{name} is not on this machine, and a public page downloads nothing. Choose another.",
    "no_avatars_library": "Avatars are drawn by DiceBear. Install it: pip install -r requirements-avatars.txt, or the "
    "extra avatars of the package; or use {fallback}, which is bundled.",
    "own_size": "The images of {name} are {size}×{size}, and stay so: image_size is for images of your own.",
    "too_large_for": "{architecture} can do images of up to {largest}×{largest}; {size} was asked for.",
    "missing_file": "There is no file or folder {path}.",
    "cannot_write": "{path} can't be written.",
    "empty_folder": "This folder holds no pictures.",
    "many_pictures": "This is a folder of pictures: give them one by one, or as a list.",
    "not_png": "{path} must end in .png.",
    "bad_output": "{path} must end in .png, .npz, .gif, .webp or .mp4.",
    "bad_guide": "{words} is not MODEL:CLASS, such as fashion-mnist-airnet:Sneaker.",
    # what is said of images of one's own before they are trained on
    "set_by_folder": "{count} classes by the names of their folders: {classes}.",
    "set_by_names": "{count} classes by the beginnings of the file names: {classes}.",
    "set_by_column": "{count} classes by the column {column} of {list}: {classes}.",
    "set_by_hand": "{count} classes: {classes}.",
    "set_no_classes": "{count} images without classes.",
    "set_asides": "Left out as masks or annotations beside the images: {count} ({names}).",
    "set_beside": "Left out as they lie beside the folders that count: {count} ({names}).",
    "set_unlabelled": "Left out as nothing tells their class: {count} ({names}).",
    "set_unknown": "Left out as their class is not among those to learn: {count} ({names}).",
    "set_unused": "Left out as there are other images to test on: {count} ({names}).",
    "set_unread": "Left out as they can't be read: {count} ({names}). {reason}",
    "set_remarked": "Of {count} images ({names}): {reason}",
    "set_smaller": "Of {images} images {count} are smaller than {size}×{size}, the smallest of {least} pixels: made "
    "larger, they show no more than before.",
    "cannot_open": "It can't be opened: it is gone, or is kept from you.",
    "list_too_large": "Lists of files and their classes may have {size} together.",
    "packed": "They are archives themselves: unpack them first if there are pictures inside.",
    "set_split": "Split: {train} images to learn from; every fifth of a class, {test} in all, is kept to test on.",
    "set_kept": "The split that they came with is kept: {train} images to learn from, {test} to test on.",
    "set_copies": "Of the images to test on {count} are copies of some to learn from: the accuracy will flatter.",
    "set_other": "The classes could also be: {classes}. Take those with {option}.",
    # what is said of a run before its first step
    "run_takes": "About {minutes} min here, in {steps} steps, and {memory} of memory.",
    "run_takes_time": "About {minutes} min here, in {steps} steps.",
    "all_passes_done": "It did not need all of its {minutes} min: all {passes} passes over the images are done.",
    "all_steps_done": "It did not need all of its {minutes} min: its steps went faster than was measured before.",
    # checkpoints and runs
    "unknown_timm": "timm knows no classifier called {name} that could be fetched: a name is like timm/resnet18.",
    "timm_not_imagenet": "{name} knows {count} classes, not the 1,000 of ImageNet, whose names are known here.",
    "timm_unfit": "{name} is built otherwise than classifiers here: it can't be explained.",
    "bad_weights": "{path} does not hold the weights of {name}, whole and as safetensors.",
    "fetch_failed": "{name} could not be downloaded. Check the connection and try again; nothing half-made was kept.",
    "broken_checkpoint": "The checkpoint of {name} is damaged: {what}.",
    "not_a_model": "This zip is no model of GenClass, or holds more than one: {path}.",
    "model_pickle": "The zip holds a file that could run code when opened: {path}. Models here are safetensors alone.",
    "no_checkpoint_yet": "This run has saved no model yet.",
    "other_request": "This folder holds a run with other settings. Resume it, or choose another folder.",
    "no_beginning": "This run goes on with {name}, which is not on this machine.",
    "unfit_beginning": "{name} is no classifier that others can go on with: those of photos are, such as fetched "
    "ones of timm.",
    "not_a_run": "This folder holds no run that can be resumed.",
    "broken_run": "The file {file} of this run is damaged: it can't be shown, and can't go on.",
    "run_busy": "This run is already being trained.",
    "run_taken": "Another process has gone on with this run meanwhile, or deleted it: this one ends, and changes "
    "nothing of it any more.",
    "run_over": "This run has finished: there is nothing to {action}.",
    "too_many_runs": "{count} runs are waiting already. Try again when one has ended.",
    "no_device": "The device {name} is not there. Choose one of: {choices}.",
    "diverged": "The loss became infinite or not a number at step {step}. Try a smaller learning rate.",
    "crashed": "The training stopped because of an internal error. The log of the run tells more.",
    "disk_full": "The disk is full: nothing more can be saved. Make room, then resume from the last good state.",
    "state_spoilt": "The state saved at step {step} is damaged: training goes on from step {kept}.",
    "interrupted": "The training process ended without a word: it was killed, or the machine ran out of memory or was "
    "switched off. The last good state is kept: resume goes on from there.",
    "minutes_alone": "{processes} processes need --epochs N: how long a step takes them is not known before the first.",
    "uneven_batch": "A batch of {batch} images can't be shared by {processes} processes in equal parts. Choose another "
    "number of processes, or --set batch=N with a multiple of it.",
    "few_devices": "{processes} processes on this machine need a GPU each; there are {devices}.",
    "other_processes": "This run was begun by {before} processes, and can go on with as many only, not with {now}.",
    "not_shared": "Not all processes see the same run folder. Put it on storage that all machines share.",
    "process_lost": "Another process of this run has ended: it failed or was killed, or its machine is gone. "
    "The last good state is kept: resume goes on from there.",
    "not_begun": "This run has not begun yet, or saved nothing: resume it first.",
    "not_longer": "{steps} steps would not be longer than the {before} that it is to have already.",
    "bad_words": "One line was expected: a JSON list of the words that would follow `train`.",
    "discriminator_won": "The discriminator has won: it tells real ({real}) from generated ({fake}) without "
    "fail, and the generator has little left to learn from. Try a lower learning rate of the discriminator "
    "(discriminator_learning_rate).",
    "samples_collapse": "The samples have become alike: they differ {spread} % as much as real images of a class do. "
    "Try a larger penalty, a smaller rate or another seed.",
    "slowed": "Something else takes this machine's time: the run learns at {speed} % of the speed that was expected, "
    "so that {minutes} minutes become {become}. It learns as much as was planned.",
    "overfits": "The classifier learns by heart: {train} % of its training images are right, but {test} % of the test "
    "images, and that no longer grows. More data, shift or flip, or fewer epochs would help.",
    "no_cuda_graph": "Steps are not launched as one CUDA graph ({reason}); that changes only how long they take.",
    "set_mirrored": "Every image is learnt mirrored, too: the setting flip=false leaves that out.",
    "set_not_mirrored": "No image is learnt mirrored: the setting flip=true would do that.",
    "mirror_twins": "Images of {first} look mirrored like those of {second}: this run learns without mirror images. "
    "The setting flip decides otherwise.",
    "public_minutes": "On this public page a run may last at most {most} minutes.",
    "public_runs": "On this public page everyone may keep {most} runs. Delete one first.",
    "public_waiting": "On this public page everyone may have one run in training or waiting at a time.",
    "public_size": "On this public page {field} may be at most {most}.",
    "public_memory": "On this public page a run may take at most {most} of memory; this would take {memory}. "
    "Choose smaller images, a smaller batch or less width.",
    "no_training": "This page does not train.",
    "no_distance": "No classifier for {dataset} is there to measure with.",
    "other_classes": "{model} does not know the classes of {dataset}.",
    "needs_classes": "{model} was trained without classes: there is no class to ask for.",
    "no_images_here": "The images of {dataset} are not on this machine. Train or evaluate on the command line once: "
    "that downloads them.",
    "no_discriminator": "{model} came without its discriminator. GANs that are trained here keep theirs.",
    "no_fid_library": "FID needs the library torch-fidelity. Install it: pip install torch-fidelity.",
    "other_fid_weights": "{path} is not the file {name} that torch-fidelity publishes: FID is defined by that one.",
    "no_onnx_library": "An export needs the libraries {names}. Install them: pip install -r requirements-onnx.txt, "
    "or the extra onnx of the package.",
    "no_ray": "Training on a cluster needs Ray. Install it: pip install -r requirements-ray.txt, or the extra "
    "ray of the package.",
    "no_ray_address": "Which cluster? Give --ray-address, where its job server answers, such as http://HEAD:8265.",
    "no_cluster": "No Ray job server answers at {address}: it is usually http://HEAD:8265, HEAD being the cluster's "
    "head node.",
    "cluster_away": "The cluster does not answer. Resume the run to try again.",
    "cluster_full": "The cluster has had no room for two minutes, not even for a check. Try again later.",
    "not_on_cluster": "A machine of the cluster does not see the folder of runs, or not this program. Both must lie on "
    "storage that all machines share, at the same path.",
    "not_on_node": "The machine {node} of the cluster does not see the folder of runs, or not this program. Both must "
    "lie on storage that all machines share, at the same path.",
    "job_failed": "The cluster ended this run before it began: the job's log on the cluster tells why. Resume it to "
    "try again.",
    "not_made": "The page could not be made: its process ended, or took too long. The machine may be short of memory.",
    "one_model": "One file holds one model; {count} were given. Export several as a folder: --format web.",
    "same_name": "Two of these models are called {name}.",
    "not_empty": "{path} is there already. Choose a new or an empty folder.",
    "no_web_page": "{name} makes pictures small in a way that a page in the browser can't: export it as onnx.",
    "export_differs": "onnxruntime reads the exported {name} differently, by {difference} where 0.0039 is the most "
    "allowed: nothing was written.",
    "not_your_run": "Only the browser that started the run of {name} can delete it; shipped models stay.",
    "no_url": "Upload the image itself: addresses are not fetched.",
    "nothing_given": "There is no image yet.",
    "upload_gone": "This file is here no more: uploads are kept for a short time only. Please upload it again.",
    "no_logins": "{path} holds no logins: one name:password a line is expected.",
    "bad_login": "Line {line} of {path} is no name:password.",
    "bad_origin": "{address} is no site such as https://lab.org.",
    "busy": "Too much was uploaded in the last minutes: there is no room for more. Try again in a few minutes.",
    "not_started": "Nothing can be written on this server now: its disk may be full. The run was not started.",
    "other_host": "This page is not known by that name. Open it at the address that it told when it was started.",
    "many_logins": "There were too many wrong passwords. Try again in a few minutes.",
    "unheard": "Nobody listened to this answer while it was waited for, so it was not made. Ask again.",
    "crowded": "Too many others are waiting for an answer at this moment. Try again in a few seconds.",
    "body_too_large": "At most {size} can be sent at a time.",
    "too_many_values": "Too much was sent at a time. Send fewer files at once, or all of them in a zip.",
    "no_length": "A request must tell its length, and that once.",
    "other_site": "Another site sent this request: it was refused.",
    "bad_port": "{port} is no port: give a whole number from 1 to 65535.",
    "bad_root_path": "{path} is no path such as /lab, and no address such as https://lab.org/lab.",
    "port_taken": "Port {port} is taken. Give another, or none: then the next free one from 7860 on is taken.",
    "no_address": "The page can't be served at {host}: {reason}.",
    "no_page": "The page needs {name}, which is not installed.",
    "no_share": "There is no public link: the relay could not be reached. Check the network and start again.",
    "few_points": "Draw a little more: {least} to {most} points are needed.",
    "nothing_drawn": "There is nothing to learn yet: draw on the square first.",
    "not_textbook": "{name} is no textbook network of three convolutions: this lesson can't read it.",
}


class GenClassError(Exception):
    """What a user got wrong, or what the user needs to know.

    Args:
        code: a key of ``MESSAGES``.
        **values: what fills the sentence; plain numbers and strings, so that they can be stored as JSON.
    """

    def __init__(self, code: str, **values: Any) -> None:
        super().__init__(code, values)
        self.code = code
        self.values = values

    def __str__(self) -> str:
        # A reason in it is an error of its own, as a dict.
        told = {key: value["message"] if isinstance(value, dict) else value for key, value in self.values.items()}
        return MESSAGES[self.code].format(**told)

    def as_dict(self) -> dict[str, Any]:
        """``{"code", "values", "message"}``, as a run's status and the web API carry it."""
        return {"code": self.code, "values": self.values, "message": str(self)}


def printable(text: object, most: int = 60) -> str:
    """A stranger's text, safe to show: composed, without control characters, cut to ``most`` letters.

    Zips of some systems hold decomposed letters; file names may hold lone surrogates, which are no valid text, or marks
    that reverse the direction of writing.
    """
    letters = unicodedata.normalize("NFC", str(text))
    kept = [letter for letter in letters if letter in JOINERS or unicodedata.category(letter)[0] != "C"]
    return "".join(kept)[:most]


@overload
def check_number(field: str, value: object, low: float, high: float, whole: Literal[True]) -> int: ...


@overload
def check_number(field: str, value: object, low: float, high: float, whole: Literal[False] = False) -> float: ...


@overload
def check_number(field: str, value: object, low: float, high: float, whole: bool) -> int | float: ...


def check_number(field: str, value: object, low: float, high: float, whole: bool = False) -> int | float:
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


def check_choice(field: str, value: object, choices: Collection[str]) -> str:
    """Return ``value`` if it is among ``choices`` (strings).

    Raises:
        GenClassError: ``bad_choice``.
    """
    if not isinstance(value, str) or value not in choices:
        raise GenClassError("bad_choice", field=field, choices=", ".join(choices))
    return value
