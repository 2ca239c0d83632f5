"""Every word that the page shows, in one catalogue for each language.

Sentences of errors are looked up by their code, with English as the fallback.
"""

import contextlib
from contextvars import ContextVar
from urllib.parse import urlsplit

from gradio.context import LocalContext

from genclass.errors import MESSAGES, GenClassError
from genclass.ui import chinese, chinese_lessons, lessons

ENGLISH = {
    "title": "GenClass",
    "page_links": "This page: its link, its languages",
    "copy_link": "Copy link",
    "copied": "Copied",
    "comma": ", ",
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
    "seed_info": "Image k comes from seed + k",
    "dice": "⚄ Roll",
    "lock": "Lock the seed",
    "mix_with": "Mixed with",
    "nothing": "nothing",
    "share": "How much of it",
    "count": "How many",
    "truncation": "Truncation",
    "truncation_info": "Less: more typical images, less variety",
    "held_latent": "These images come from given latents, not from the seed. Sliders act on them.",
    "held_path": "This sheet is a path: its images lead from one point to another.",
    "free": "Back to the seed",
    "axes_heading": "Directions",
    "axes_hint": "What changes these images most. Each strip shows the chosen image from −3σ to +3σ: "
    "slide under the one you want. Name a direction as you like.",
    "axis": "Direction {index}",
    "strip": "What direction {id} makes of the chosen image, from −3σ to +3σ",
    "reset": "↺",
    "reset_all": "↺ Reset all",
    "latent_heading": "Expert: every raw dimension of z",
    "latent_hint": "One number of the latent vector each. Few of them mean anything alone.",
    "picture": "The images drawn: {count} of {model}",
    "download": "PNG",
    "download_zip": "ZIP of single images",
    "download_npz": "Arrays (.npz)",
    "drop": "Come back: drop a PNG that was made here",
    "recipe": "Recipe: all it takes to make this picture again",
    "link": "Link to this picture",
    "judge_wait": "Asking the classifier…",
    "judge_none": "There is no classifier of {dataset} to ask what these images show.",
    "judge_agrees": "{judge} sees the asked class in {agree} of {count} images.",
    "judge_sees": "What {judge} sees in each image:",
    "judge_asked": "asked: {asked}",
    "choose_hint": "Click an image of the sheet to see it in full.",
    "chosen": "Image {number} of {count}, seed {seed}. Click another one to choose it.",
    "generated": "generated",
    "real": "The discriminator holds it for real by {share}.",
    "real_short": "real {share}",
    "nearest_one": "nearest training image, {distance} apart",
    "searched": "Searched {searched} of the {total} training images, by their pixels.",
    "not_searched": "The training images are not on this machine: no neighbour to show.",
    "send": "Send this image to Classify",
    # tools of generate
    "walk": "Path",
    "walk_hint": "From the first image of the sheet to another seed, another class, or both, "
    "along a sphere on which every point is as likely as a drawn one.",
    "to_seed": "To seed",
    "to_class": "To class",
    "same_class": "the same",
    "steps": "Steps",
    "walk_go": "Walk",
    "walked": "{done} of {total} images",
    "strip_of_path": "A path of {steps} images",
    "save_strip": "Strip (PNG)",
    "save_gif": "GIF",
    "save_webp": "WebP",
    "guide": "Guide",
    "guide_hint": "Let a classifier lead the generator to a class, even one that knows no classes. A second classifier "
    "of another architecture is only asked: if it does not see the class too, the change is noise made to please.",
    "guide_judge": "Led by",
    "how": "How",
    "climb": "climb from these images",
    "best": "best of 512 draws",
    "guide_go": "Guide",
    "before": "Before",
    "after": "After",
    "guided_by": "{judge}, which leads, sees {name}: {share}",
    "only_asked": "{judge}, only asked, sees {name}: {share}",
    "no_other": "There is no classifier of another architecture to ask.",
    "searched_steps": "{step} of {total}",
    "sure": "{name} {share} sure",
    "take": "Put it on the sheet",
    "stopped": "Stopped. What was found so far can be put on the sheet.",
    "invert": "Invert",
    "invert_hint": "Drop an image: the latent whose picture is nearest is looked for, then every slider acts on it.",
    "invert_image": "An image to look for",
    "invert_go": "Look for it",
    "wanted": "Wanted",
    "found": "Found",
    "apart": "{share} apart",
    # classify
    "no_classifier": "There is no model that tells what images show yet. Train one under “Train”.",
    "knows": "It tells apart: {classes}.",
    "one_image": "One image",
    "many_images": "Many images",
    "photo": "Photo",
    "draw": "Draw a digit",
    "pad": "Drawing pad",
    "clear": "Clear",
    "image": "Your image",
    "image_hint": "Drop an image here, paste one, use the camera, or take an example below",
    "insecure": "Camera and clipboard work only over https or on this machine itself: drop or choose a file instead.",
    "fit": "If it is not square",
    "fit_crop": "crop",
    "fit_pad": "pad",
    "examples": "Examples from the test sets",
    "answer": "What the network thinks",
    "seen": "What the network saw",
    "seen_caption": "{size}×{size} pixels, {channels}: all it gets",
    "square": "your image, {width}×{height}",
    "square_crop": "the middle of your {width}×{height}",
    "square_pad": "your {width}×{height}, padded",
    "seen_nothing": "The small image that the network gets appears here.",
    "grey": "grey",
    "colour": "colour",
    "unfamiliar": "This is unlike anything I was trained on: don't trust the answer. "
    "I only know these {count} things: {classes}.",
    "first_frame": "This file is animated or has several pages: only the first image was used.",
    "inverted": "Dark on light was turned into light on black, as in the training images.",
    # classify: why
    "why": "Why?",
    "why_nothing": "Choose an image above, and this follows.",
    "evidence": "Evidence for",
    "evidence_info": "Or click a class in the answer",
    "method": "Method",
    "method_grad-cam": "Grad-CAM",
    "method_occlusion": "Occlusion",
    "strength": "Strength of the overlay",
    "heat_grad_cam": "Grad-CAM: warm parts speak for “{name}”",
    "heat_occlusion": "Occlusion: hiding warm parts makes “{name}” less likely",
    "maps": "What each stage of the network makes of it",
    "stage": "Stage {number}: {side}×{side}, the {shown} most active of {channels} feature maps",
    "nearest": "The most similar training images",
    "nearest_search": "Search the training images",
    "nearest_searched": "Nearest of {count} training images ({dataset}) in the space that the last layer sees; "
    "numbers are cosines.",
    "yours": "your image",
    # classify: fragile
    "fragile": "How fragile?",
    "step_size": "Step, in 1/255 of full brightness",
    "step_size_info": "No pixel changes by more than this",
    "towards": "Towards",
    "attack": "Method",
    "attack_fgsm": "FGSM (one step)",
    "attack_pgd": "PGD (ten steps)",
    "no_noise": "nothing added yet",
    "noise_shown": "what is added, {factor} times magnified",
    "sum": "what the network gets",
    "flip_ask": "Move the step: how little does it take to change the answer?",
    "flipped": "{before} has become {after}, and no pixel changed by more than {step}/255.",
    "not_flipped": "Still {before} after a step of {step}/255.",
    "damage_blur": "Blur, pixels",
    "damage_noise": "Noise, 1/255",
    "damage_rotation": "Rotation, degrees",
    "damage_jpeg": "JPEG loss, %",
    "damaged": "damaged",
    # classify: compare
    "compare": "Compare models",
    "compare_models": "Models",
    "compare_none": "Choose at least one model.",
    "card_seen": "sees {size}×{size}",
    "milliseconds": "{time} ms for this image",
    # classify: many
    "many_drop": "Drop images or a folder here",
    "many_hint": "With one folder for each class you also get accuracy and a confusion matrix.",
    "choose_files": "Choose files",
    "choose_folder": "Choose a folder",
    "many_most": "At most {most} images at a time.",
    "many_sending": "Uploading {done} of {total}",
    "many_failed": "The upload was interrupted. Please try again.",
    "many_working": "Classifying",
    "many_done": "{done} of {total}",
    "download_csv": "Download table (CSV)",
    "many_answered": "{count} images answered.",
    "many_bad": "{count} could not be read.",
    "many_odd": "{count} unlike the training data.",
    "many_accuracy": "{right} of {count} images are what their folder says: {share}.",
    "many_file": "File",
    "many_label": "Label",
    "many_probability": "Probability",
    "many_warning": "Warning",
    "many_folder": "Folder says",
    "many_filter": "Filter",
    "many_shown": "{shown} of {count} shown",
    "matrix": "Confusion matrix: a number opens its images",
    "matrix_corner": "folder ↓ network →",
    "unlike": "unlike the training data",
    # train
    "minutes": "Minutes",
    "name": "Name",
    "name_info": "Optional: a-z, 0-9 and -",
    "start": "Start training",
    "resume": "Resume",
    "my_runs": "Watch a run",
    "no_run": "Nothing is watched yet. Press Start training, or choose a run above.",
    "no_run_then": "While it learns you see here: pictures of what it can do, curves of how it gets there, and what "
    "goes wrong. Close the page whenever you like: it goes on without you, and can be paused, resumed and made longer.",
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
    "not_ready_gan": "It can be sampled in Generate once it is saved: after ten seconds of training.",
    "not_ready_classifier": "It can be asked in Classify once it is saved: after ten seconds of training.",
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
    # generate: paths
    "save_mp4": "MP4",
    "walk_stopped": "Stopped.",
    # choose
    "choose": "Choose",
    "choose_all": "All models",
    "choose_question": "Which model should I take?",
    "choose_help": "Of classifiers the one with the highest accuracy, of GANs the one with the smallest distance to "
    "real images, among those that know your kind of images: figures of different data sets (colours in the "
    "pictures) can't be compared. Where two are about as good, take the quicker one, further left. A GAN with "
    "classes makes what you ask for; one without can only be led there.",
    "choose_wait": "Looking at the models…",
    "choose_none": "There is no model yet. Train one under “Train”.",
    "choose_picture_classifier": "Classifiers: accuracy against time",
    "choose_picture_gan": "GANs: distance to real images against time",
    "choose_axis_speed": "milliseconds for one image on this machine",
    "choose_axis_accuracy": "accuracy",
    "choose_axis_distance": "distance (less is better)",
    "choose_timing": "Measuring how long one image takes on this machine…",
    "choose_empty_classifier": "No classifier has been measured yet: choose one below and press Evaluate.",
    "choose_empty_gan": "No GAN has been measured yet: choose one below and press Evaluate.",
    "choose_unmeasured": "Not shown, because not measured yet: {count}. Choose one below and press Evaluate.",
    "choose_point": "{name}: {quality}, {time} ms for one image",
    "choose_model": "Model",
    "choose_kind": "Kind",
    "choose_data": "Data set",
    "choose_accuracy": "Accuracy",
    "choose_frechet": "Distance",
    "choose_parameters": "Parameters",
    "choose_size": "Size",
    "choose_speed": "One image",
    "choose_seconds": "Training",
    "choose_date": "Date",
    "choose_about_model": "Click a name for the model's card",
    "choose_about_kind": "Classifiers tell what images show, GANs make them",
    "choose_about_data": "What it was trained on",
    "choose_about_accuracy": "Share of test images that are told rightly: more is better",
    "choose_about_frechet": "How far generated images are from real ones, in the features of the named network: "
    "less is better",
    "choose_about_parameters": "Numbers that were learned; of a GAN its generator's",
    "choose_about_size": "The model's folder on disk",
    "choose_about_speed": "Milliseconds for one image on this machine",
    "choose_about_seconds": "How long it was trained",
    "choose_about_date": "When it was trained",
    "choose_kind_classifier": "Classifier",
    "choose_kind_gan": "GAN",
    "choose_shipped": "shipped",
    "choose_own": "trained here",
    "choose_millions": "{count} M",
    "choose_megabytes": "{count} MB",
    "choose_milliseconds": "{time} ms",
    "quality_accuracy": "accuracy {value}",
    "quality_frechet": "Fréchet distance {value} in the features of {judge}",
    "quality_fid": "FID {value} (Inception network)",
    "quality_by_frechet": "Fréchet, {judge}",
    "quality_by_fid": "FID, Inception",
    "quality_samples": "n = {count}",
    "quality_here": "measured here",
    "quality_record": "by its own record",
    # choose: the card
    "describe_airnet": "A small, quick classifier: a frozen first layer that whitens 2×2 patches, three blocks of "
    "two convolutions each, and one dense layer.",
    "describe_classic-cnn": "The article's classifier: three convolutions with max pooling, then two dense layers.",
    "describe_gan": "A GAN that knows classes: residual blocks whose norms take the class, and a discriminator that "
    "also looks through the eyes of a trained classifier.",
    "describe_classic-gan": "The article's GAN, with transposed convolutions and batch norm: it makes whatever it "
    "likes, since it knows no classes.",
    "card_origin": "Where it comes from",
    "card_unknown": "Its checkpoint does not tell.",
    "card_no_preview": "It came without a picture.",
    "card_preview_gan": "Samples of {name}",
    "card_preview_classifier": "Test images as {name} tells them: green is right, red is wrong",
    "card_classes": "Classes",
    "card_no_classes": "none: it can't be asked for one",
    "card_quality": "Quality",
    "card_milliseconds": "{time} ms on this machine",
    "card_discriminator": "Discriminator",
    "card_kept": "comes with it",
    "card_not_kept": "was left out",
    "card_preset": "Preset",
    "card_seed": "Seed",
    "card_data": "Data",
    "card_images": "{name}, {count} images",
    "card_steps": "Steps",
    "card_time": "Time",
    "card_machine": "Machine",
    "card_versions": "Versions",
    "card_date": "Date",
    "card_settings": "All settings",
    "card_evaluate": "Evaluate",
    "card_download": "Download (zip)",
    "card_delete": "Delete",
    "card_confirm": "This removes the run, with its curves, pictures and models, for good.",
    "card_delete_now": "Delete for good",
    "card_keep": "Keep it",
    "card_deleted": "{name} is gone.",
    "card_evaluating": "Evaluating {name}",
    "card_stopped": "Stopped: nothing of this measurement is kept.",
    "card_images_done": "{done} of {total} images",
    "card_measure_classifier": "Evaluate asks it about every test image on this machine, and draws which classes it "
    "takes for one another and how far its certainty can be trusted.",
    "card_measure_gan": "Evaluate draws some thousand samples, lets a classifier say what it recognises in them, "
    "and measures how far they are from real images.",
    "card_found_classifier": "Measured on {count} test images of {data}: accuracy {accuracy}, calibration error "
    "{error}.",
    "card_found_gan": "Measured on {count} samples beside images of {data}: {judge} sees the asked class in "
    "{agreement}; Fréchet distance in its features {distance}.",
    "card_found_plain": "Measured on {count} samples beside images of {data}: Fréchet distance {distance} in the "
    "features of {judge}.",
    "card_confusion_classifier": "What it takes for what",
    "card_confusion_gan": "Asked class against recognised class",
    "card_reliability": "Is it as often right as it is sure?",
    "card_reliability_hint": "Each bar stands at how sure the network was, and is as high as it was right. Below "
    "the dashed line it is too sure of itself, above it too modest.",
    "card_confidence": "how sure",
    "card_right": "how often right",
    "matrix_true": "true ↓ recognised →",
    "matrix_asked": "asked ↓ recognised →",
    # choose: the closed loop
    "loop": "The closed loop",
    "loop_hint": "One network makes images, another tells what they show: here each is tried on the other. "
    "Classifiers are small and trained briefly, all alike, so compare these figures with one another and with "
    "nothing else.",
    "loop_seeds": "Seeds",
    "loop_which": "Experiments",
    "loop_go": "Run",
    "loop_part": "experiment {number} of {total}",
    "loop_done": "Done: {name}",
    "loop_stopped": "Stopped. What stands below was found before.",
    "loop_working": "Working…",
    "loop_agreement": "Asked against recognised",
    "loop_about_agreement": "A thousand samples are asked for, class by class. What does a classifier that has only "
    "seen real images recognise in them?",
    "loop_agrees": "{judge} recognises the asked class in {share} of {count} samples.",
    "loop_transfer": "Trained on one, tested on the other",
    "loop_about_transfer": "2,000 images to learn from, real or generated, and 1,000 of each to be tested on. If "
    "generated images teach as much as real ones, both rows of the first column are equal.",
    "loop_on_real": "tested on real",
    "loop_on_generated": "tested on generated",
    "loop_from_real": "trained on real",
    "loop_from_generated": "trained on generated",
    "loop_transfer_verdict": "On real images, training on generated ones instead of real ones changes accuracy by "
    "{difference}.",
    "loop_extension": "A small set, extended",
    "loop_about_extension": "500 real images alone, and with generated ones beside them; as many steps for each. "
    "The GAN has seen far more real images than 500: what it adds is what it kept of those.",
    "loop_only_real": "{real} real",
    "loop_mixed": "{real} real + {added} generated",
    "loop_extension_verdict": "{added} generated images beside the real ones change accuracy by {difference}.",
    "loop_features": "What the discriminator knows",
    "loop_about_features": "A linear classifier learns from 1,000 real images: from their pixels, from what the "
    "layers of the discriminator that look at pixels make of them, and from the same layers untrained.",
    "loop_see_pixels": "raw pixels",
    "loop_see_random": "untrained layers",
    "loop_see_discriminator": "discriminator",
    "loop_features_pixels": "Against raw pixels, the discriminator's features change accuracy by {difference}.",
    "loop_features_random": "Against the same layers untrained: {difference}. That is what adversarial training added.",
    "loop_spread": "{mean} ± {deviation}",
    "loop_points": "{mean} ± {deviation} points ({count} seeds)",
    "loop_points_once": "{mean} points (1 seed)",
    # train: one's own images
    "own_zip": "A zip with one folder of images for each class",
    "own_or": "or make the classes here: name one, add its pictures, then name the next.",
    "own_name": "Class",
    "own_name_hint": "for example: cups",
    "own_files": "Pictures of this class",
    "own_camera": "Camera",
    "own_picture": "picture from the camera",
    "own_nothing": "No images yet. Ten of each class are enough to begin with.",
    "own_total": "Images: {images}, classes: {classes}, shown as the network sees them.",
    "own_more": "Classes not shown: {count}.",
    "own_doomed": "Remove a class",
    "own_remove": "Remove",
    "own_discard": "Start over",
    "own_one_class": "One class only: a GAN can learn it, a classifier needs two.",
    "own_few": "Few images of {names}: with less than {least}, what is learnt depends on luck.",
    "own_uneven": "Uneven: {many} images of {most}, {few} of {least}. The network will lean towards the larger class.",
    "own_copies": "Copies of other images: {count}. They teach nothing new.",
    "own_both": "Images that lie in two classes at once: {count}, such as in {first} and {second}.",
    "own_skipped": "Files that could not be read and are left out: {count} ({names}).",
    # train: models taken away and brought back
    "take_model": "Model (zip)",
    "bring_model": "Bring a model back",
    "bring_model_hint": "A zip that was taken away here",
    # train: asking, watching, comparing
    "kind": "What to train",
    "gan": "GAN: makes images",
    "classifier": "Classifier: tells what images show",
    "data": "On what",
    "data_cifar10-mini": "CIFAR-10, small (bundled)",
    "data_fashion-mnist-mini": "Fashion-MNIST, small (bundled)",
    "data_cifar10": "CIFAR-10, all 60,000 photos",
    "data_fashion-mnist": "Fashion-MNIST, all 70,000",
    "data_mnist": "MNIST, 70,000 digits",
    "own_data": "my own images",
    "preset": "How",
    "preset_title": "{name}: {about}; {epochs} epochs",
    "preset_title_timed": "{name}: {about}; {epochs} epochs take {time} here",
    "preset_airnet": "accurate",
    "preset_minute": "accurate, short",
    "preset_ninety": "90 % on CIFAR-10",
    "preset_record": "large, slow, best",
    "preset_classic_cnn": "the article's CNN",
    "preset_transfer": "from a shipped model, for few images",
    "preset_gan": "sharp, by class",
    "preset_classic_gan": "the article's GAN",
    "minutes_info": "Two show the idea; the model can go on learning later",
    "minutes_public": "At most {most} on this public page",
    "advanced": "Advanced",
    "ranged": "{told} {low} to {high}.",
    "setting_epochs": "Epochs",
    "about_epochs": "Passes over the training images; 0 goes by the minutes above.",
    "setting_batch": "Batch",
    "about_batch": "Images in a step: more are steadier, fewer learn sooner.",
    "setting_rate": "Rate",
    "about_rate": "How far a step goes: too much and the loss runs away.",
    "setting_discriminator_rate": "Rate of the discriminator",
    "about_discriminator_rate": "Lower it if the discriminator wins.",
    "setting_width": "Width",
    "about_width": "Channels: more can learn more, and are slower.",
    "setting_shift": "Shift",
    "about_shift": "Augmentation: move images by up to so many pixels.",
    "setting_flip": "Mirror images",
    "about_flip": "Augmentation: of no use where left and right differ, as in digits.",
    "setting_loss": "Loss",
    "about_loss": "What the two players are told about each other.",
    "loss_non-saturating": "non-saturating",
    "loss_saturating": "saturating (2014)",
    "loss_hinge": "hinge",
    "about_seed": "The same seed and settings give the same weights on the same machine. 0 to 4,294,967,295.",
    "estimate": "{time} here: about {steps} steps, {passes} passes over {images} images.",
    "estimate_unknown": "This was not measured on this machine yet: the run does so before its first step.",
    "estimate_own": "How many steps fit in is measured before the first one.",
    "my_runs_info": "Runs started in this browser; or paste a run's id",
    "my_runs_local": "Every run on this machine; or paste a run's id",
    "all_mine": "My runs",
    "in_line": "Number {place} in line: {ahead} before this one. It starts by itself.",
    "stop": "Pause",
    "look_back": "Look back over earlier pictures",
    "longer": "Continue longer",
    "longer_minutes": "Minutes more",
    "delete": "Delete",
    "delete_sure": "Delete this run and its models for good?",
    "delete_yes": "Yes, delete",
    "delete_no": "Keep",
    "hours_count": "{count} h",
    "most_wrong": "What it is most wrong about",
    "none_wrong": "None of the test images that are looked at is wrong.",
    "really": "really {name}",
    "confusion": "Confusion matrix of the test images",
    "confusion_corner": "truth ↓ answer →",
    "compare_runs": "Compare runs",
    "compare_which": "Runs, at most six",
    "compare_curve": "Curve",
    "compare_axis": "Over",
    "compare_choose": "Choose two runs or more: their curves lie over one another, and a table tells what differs.",
    "compare_same": "These runs have the same settings.",
    "compare_differs": "What differs",
    "axis_step": "steps",
    "axis_seconds": "seconds",
    "figure_test_accuracy": "accuracy on test images",
    "figure_train_accuracy": "accuracy on training batches",
    "figure_loss": "loss of the classifier",
    "figure_loss_g": "loss of the generator",
    "figure_loss_d": "loss of the discriminator",
    "figure_d_real": "D(x), real images",
    "figure_d_fake": "D(G(z)), generated images",
    "figure_spread": "spread of samples, as a share of real images'",
    "figure_images_per_second": "images a second",
}
LANGUAGES = {
    "en": {"name": "English", "words": {**ENGLISH, **lessons.ENGLISH}, "errors": MESSAGES, "classes": {}, "values": {}},
    "zh": {
        "name": "中文",
        "words": {**chinese.WORDS, **chinese_lessons.WORDS},
        "errors": chinese.ERRORS,
        "classes": chinese.CLASSES,
        "values": chinese.VALUES,
    },  # fmt: skip
}
_spoken = ContextVar("language", default="en")


def page_of(language):
    """Where a language's page lies below the root: English at the root itself."""
    return "" if language == "en" else language


@contextlib.contextmanager
def speaking(language):
    """What is built in here is in this language."""
    token = _spoken.set(language)
    try:
        yield
    finally:
        _spoken.reset(token)


def language():
    """The language to answer in: of the page that an event came from; while a page is built, its own."""
    request = LocalContext.request.get(None)
    return _spoken.get() if request is None else _language_of(request)


def _language_of(request):
    """Of the page by its address; where a browser keeps that to itself, by the choice in its cookie or its settings."""
    referer = request.headers.get("referer")
    if referer:
        told = urlsplit(referer).path.rstrip("/").rpartition("/")[2]
    else:
        told = request.cookies.get("genclass-language") or request.headers.get("accept-language", "")[:2]
    return told if told in LANGUAGES else "en"


def say(key, **values):
    """The words of ``key``, filled with ``values``."""
    return LANGUAGES[language()]["words"][key].format(**values)


def class_name(name):
    """A class as people call it; one of a visitor's own keeps its name."""
    return LANGUAGES[language()]["classes"].get(name, name)


def class_choices(names):
    """Classes for a ``gr.Dropdown``: (as people call it, name) of each."""
    return [(class_name(name), name) for name in names]


def named_class(shown, names):
    """Which of ``names`` ``class_name`` shows like this; what none does is given back as it is."""
    return next((name for name in names if class_name(name) == shown), shown)


def sentence(error):
    """The sentence of an error: a ``GenClassError`` or its ``as_dict()`` form, as a run's status carries it."""
    if isinstance(error, GenClassError):
        error = error.as_dict()
    spoken = LANGUAGES[language()]
    message = spoken["errors"].get(error["code"])
    if not message:
        return error["message"]
    return message.format(**{key: spoken["values"].get(value, value) for key, value in error["values"].items()})
