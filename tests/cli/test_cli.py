"""The command line as a person or a script uses it."""

import json
import shutil
import subprocess
import sys

import av
import numpy as np
import pytest
from PIL import Image

import genclass
from genclass import paths
from genclass.cli import main
from genclass.files import carried, images
from genclass.files.images import fit
from tests.helpers import encode
from tests.stand_ins import arrows


@pytest.fixture
def shipped(save_tiny, monkeypatch):
    """Two tiny shipped models: ``tiny-gan`` and ``tiny-net``."""
    folder = save_tiny("gan", name="tiny-gan").parent
    save_tiny("classifier", name="tiny-net")
    monkeypatch.setattr(paths, "SHIPPED", folder)
    return folder


def run(capsys, *words):
    """(exit status, standard output, standard error)."""
    try:
        status = main.main([str(word) for word in words])
    except SystemExit as stop:  # argparse's own way out
        status = stop.code
    out, err = capsys.readouterr()
    assert "Traceback" not in err
    return status, out, err


def test_models(shipped, capsys):
    status, out, _ = run(capsys, "models", "--json")
    assert status == 0 and {model["name"] for model in json.loads(out)} == {"tiny-gan", "tiny-net"}
    assert json.loads(out) == genclass.list_models()
    assert "tiny-net" in run(capsys, "models")[1]


def test_sample_gives_the_same_picture_twice_with_its_recipe(shipped, capsys, tmp_path):
    for name in ("a.png", "b.png"):
        assert run(capsys, "sample", "tiny-gan", "--seed", 7, "--direction", "z1=1.5", "--out", tmp_path / name)[0] == 0
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()
    recipe = json.loads(carried.text(tmp_path / "a.png"))
    assert recipe["seed"] == 7 and recipe["directions"] == {"z1": 1.5} and recipe["sha256"]
    sheet, drawn = np.asarray(Image.open(tmp_path / "a.png")), genclass.load("tiny-gan").sample(recipe)
    assert sheet.shape == (128, 128, 3) and np.array_equal(sheet[32:64, 96:128], drawn[7])


@pytest.mark.parametrize("form", ["png", "gif", "webp", "mp4"])
def test_sample_is_large_or_as_stored_and_always_carries_its_recipe(form, shipped, capsys, tmp_path):
    for size in images.SIZES:
        path = tmp_path / f"{size}.{form}"
        assert run(capsys, "sample", "tiny-gan", "--path", "7:12:3", "--size", size, "--out", path)[0] == 0
        recipe = json.loads(carried.text(path))
        assert (recipe["seed"], recipe["to_seed"], recipe["steps"]) == (7, 12, 3)
        if form != "mp4":
            assert Image.open(path).height == (512 if size == "large" else 32)


def test_sample_all_is_a_row(shipped, capsys, tmp_path):
    run(capsys, "sample", "tiny-gan", "--class", "all", "--out", tmp_path / "row.png")
    assert Image.open(tmp_path / "row.png").size == (96, 32)


def test_sample_writes_arrays(shipped, capsys, tmp_path):
    run(capsys, "sample", "tiny-gan", "--count", 70, "--class", "b", "--out", tmp_path / "a.npz")
    with np.load(tmp_path / "a.npz") as file:
        assert file["images"].shape == (70, 32, 32, 3) and file["images"].dtype == np.uint8
        assert file["labels"].tolist() == [1] * 70 and file["labels"].dtype == np.int64


def test_sample_mixes_classes(shipped, capsys, tmp_path):
    assert run(capsys, "sample", "tiny-gan", "--mix", "a:b:0.3", "--count", 1, "--out", tmp_path / "a.png")[0] == 0
    recipe = json.loads(carried.text(tmp_path / "a.png"))
    assert recipe["mix"] == {"a": 0.7, "b": 0.3} and recipe["class"] is None


@pytest.mark.parametrize("words", ["7:12:24", "a:c:24"])
def test_sample_walks_a_path(words, shipped, capsys, tmp_path):
    assert run(capsys, "sample", "tiny-gan", "--path", words, "--out", tmp_path / "strip.png")[0] == 0
    recipe, strip = json.loads(carried.text(tmp_path / "strip.png")), np.asarray(Image.open(tmp_path / "strip.png"))
    assert strip.shape == (32, 24 * 32, 3) and recipe["steps"] == 24
    assert np.array_equal(strip[:, -32:], genclass.load("tiny-gan").sample(recipe)[-1])


@pytest.mark.parametrize("form", ["gif", "webp"])
def test_sample_moves(form, shipped, capsys, tmp_path):
    path = tmp_path / f"walk.{form}"
    assert run(capsys, "sample", "tiny-gan", "--path", "7:12:6", "--truncation", 1, "--out", path)[0] == 0
    with Image.open(path) as moving:
        assert moving.n_frames == 6 and moving.size == (512, 512)


def test_sample_makes_a_video(shipped, capsys, tmp_path):
    path = tmp_path / "walk.mp4"
    assert run(capsys, "sample", "tiny-gan", "--path", "7:12:6", "--out", path)[0] == 0
    with av.open(path) as video:
        assert [frame.width for frame in video.decode(video=0)] == [512] * 6


def test_sample_is_guided_and_says_what_both_classifiers_see(shipped, capsys, tmp_path):
    words = ["sample", "tiny-gan", "--count", 2, "--guide", "tiny-net:b", "--out", tmp_path / "b.png"]
    status, out, err = run(capsys, *words)
    assert status == 0 and out == "" and "tiny-net sees b: " in err and "step 40/40" in err
    assert json.loads(carried.text(tmp_path / "b.png"))["latent"]


def test_sample_inverts_an_image(shipped, capsys, tmp_path, photo):
    photo.save(tmp_path / "photo.jpg")
    words = ["sample", "tiny-gan", "--invert", tmp_path / "photo.jpg", "--direction", "d1=2"]
    status, _, err = run(capsys, *words, "--out", tmp_path / "found.png")
    recipe = json.loads(carried.text(tmp_path / "found.png"))
    assert status == 0 and "mean error of a pixel" in err
    assert (
        recipe["count"] == 1 and recipe["latent"] and recipe["class"] in "abc" and recipe["directions"] == {"d1": 2.0}
    )


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--mix", "a:b"], "is not three words"),
        (["--mix", "a:b:x"], "must be a number"),
        (["--mix", "a:b:2"], "must be between 0 and 1"),
        (["--mix", "a:zebra:0.5"], "no class called zebra"),
        (["--path", "7:12"], "is not three words"),
        (["--path", "7:12:1"], "steps must be between 2 and 1000"),
        (["--path", "a:zebra:5"], "no class called zebra"),
        (["--path", "a:all:5"], "no class to walk"),
        (["--guide", "tiny-net"], "is not MODEL:CLASS"),
        (["--guide", "tiny-net:zebra"], "no class called zebra"),
        (["--guide", "tiny-gan:a"], "needs a classifier"),
        (["--invert", "nowhere.png"], "no file or folder nowhere.png"),
    ],
)
def test_bad_steering_is_refused_in_words(words, sentence, shipped, capsys, tmp_path):
    status, out, err = run(capsys, "sample", "tiny-gan", *words, "--out", tmp_path / "a.png")
    assert status == 2 and sentence in err and out == "" and not (tmp_path / "a.png").exists()


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["nothing"], "no model called"),
        (["tiny-net"], "needs a gan"),
        (["tiny-gan", "--class", "zebra"], "Choose one of: a, b, c"),
        (["tiny-gan", "--count", "0"], "count must be between 1 and 1024"),
        (["tiny-gan", "--count", "1025"], "count must be between"),
        (["tiny-gan", "--seed", "-1"], "seed must be between 0 and 4294967295"),
        (["tiny-gan", "--seed", "x"], "invalid int value"),
        (["tiny-gan", "--truncation", "nan"], "truncation must be a number"),
        (["tiny-gan", "--direction", "z0=nan"], "must be a number"),
        (["tiny-gan", "--direction", "z0=NaN"], "must be a number"),
        (["tiny-gan", "--direction", "z99=1"], "no direction called z99"),
        (["tiny-gan", "--direction", "z0"], "is not KEY=VALUE"),
    ],
)
def test_bad_samples_are_refused_in_words(words, sentence, shipped, capsys, tmp_path):
    status, out, err = run(capsys, "sample", *words, "--out", tmp_path / "a.png")
    assert status == 2 and sentence in err and out == "" and not (tmp_path / "a.png").exists()


def test_bad_outputs_are_refused(shipped, capsys, tmp_path):
    assert "must end in" in run(capsys, "sample", "tiny-gan", "--out", tmp_path / "a.jpg")[2]
    assert "100000" in run(capsys, "sample", "tiny-gan", "--count", 100_001, "--out", tmp_path / "a.npz")[2]
    status, _, err = run(capsys, "sample", "tiny-gan", "--out", tmp_path / "no" / "a.png")
    assert status == 1 and "can't be written" in err


def test_classify_walks_folders_and_goes_on_after_a_bad_file(shipped, capsys, image_folder, tmp_path):
    folder = image_folder()
    (folder / "cat" / "zz.png").write_bytes(b"no picture")
    status, out, _ = run(capsys, "classify", "tiny-net", folder, tmp_path / "missing.png", "--json", "--top", 2)
    lines = [json.loads(line) for line in out.splitlines()]
    assert status == 1 and len(lines) == 14
    bad = [line for line in lines if line["error"]]
    assert [line["top"] for line in bad] == [[], []] and "not an image" in bad[0]["error"]
    good = [line for line in lines if not line["error"]]
    assert all(
        len(line["top"]) == 2 and line["top"][0]["probability"] >= line["top"][1]["probability"] for line in good
    )
    assert set(good[0]) == {"path", "top", "unfamiliar", "error"}


def test_classify_tells_of_a_file_that_is_cut_short(shipped, capsys, tmp_path, photo):
    whole = encode(photo.resize((300, 200)))
    (tmp_path / "a.png").write_bytes(whole[: len(whole) // 2])
    status, out, _ = run(capsys, "classify", "tiny-net", tmp_path / "a.png", "--json")
    told = json.loads(out)
    assert status == 0 and told["error"] is None and len(told["top"]) == 3 and "cut short" in told["notes"][0]
    assert "read as far as it goes" in run(capsys, "classify", "tiny-net", tmp_path / "a.png")[1]


def test_classify_in_words(shipped, capsys, image_folder):
    status, out, _ = run(capsys, "classify", "tiny-net", image_folder() / "cat" / "00.png")
    assert status == 0 and "00.png: " in out and "%" in out


def test_classify_answers_in_order_whatever_the_number(shipped, capsys, tmp_path, photo):
    folder = tmp_path / "photos"
    folder.mkdir()
    for index in range(150):
        photo.rotate(index).save(folder / f"{index:03}.png")
    (folder / "077.png").write_bytes(b"<html>")
    status, out, err = run(capsys, "classify", "tiny-net", folder, "--json", "--top", 1)
    lines = [json.loads(line) for line in out.splitlines()]
    assert status == 1 and [line["path"] for line in lines] == [str(folder / f"{index:03}.png") for index in range(150)]
    assert [index for index, line in enumerate(lines) if line["error"]] == [77]
    alone = json.loads(run(capsys, "classify", "tiny-net", folder / "140.png", "--json", "--top", 1)[1])
    assert alone["top"][0]["probability"] == pytest.approx(lines[140]["top"][0]["probability"], abs=1e-5)


def test_a_name_with_line_breaks_stays_on_one_line_of_json(shipped, capsys, tmp_path, photo):
    path = tmp_path / "a\n=cmd<b>.png"
    photo.save(path)
    assert [
        json.loads(line)["path"] for line in run(capsys, "classify", "tiny-net", path, "--json")[1].splitlines()
    ] == [str(path)]


def test_explain_draws_the_heat_over_the_picture(shipped, capsys, tmp_path, photo):
    photo.save(tmp_path / "photo.png")
    status, out, _ = run(capsys, "classify", "tiny-net", tmp_path / "photo.png", "--explain", tmp_path / "cam.png")
    drawn = np.asarray(Image.open(tmp_path / "cam.png"))
    plain = fit(photo, 320, 3).transpose(1, 2, 0)
    assert status == 0 and "photo.png: " in out and drawn.shape == (320, 320, 3)
    assert 0 < np.abs(drawn.astype(int) - plain).mean() < 120


def test_explain_takes_one_image(shipped, capsys, image_folder, tmp_path):
    status, _, err = run(capsys, "classify", "tiny-net", image_folder(), "--explain", tmp_path / "cam.png")
    assert status == 2 and "exactly one image; 12 were given" in err and not (tmp_path / "cam.png").exists()


def test_explain_of_a_bad_file_draws_nothing(shipped, capsys, tmp_path):
    (tmp_path / "bad.png").write_bytes(b"")
    assert run(capsys, "classify", "tiny-net", tmp_path / "bad.png", "--explain", tmp_path / "cam.png")[0] == 1
    assert not (tmp_path / "cam.png").exists()


@pytest.mark.parametrize("other, turn, mirrored", [("right", 180, False), ("up", 90, True)])
def test_what_a_set_is_and_whether_it_is_mirrored_is_told_before_the_first_step(other, turn, mirrored, tmp_path):
    for index, (image, label) in enumerate(zip(*arrows(12, turns=(0, turn)))):
        (tmp_path / "set" / ("left", other)[label]).mkdir(parents=True, exist_ok=True)
        path = tmp_path / "set" / ("left", other)[label] / f"{index}.png"
        Image.fromarray(image.permute(1, 2, 0).numpy()).save(path)
    words = ["train", "classifier", "--data", tmp_path / "set", "--out", tmp_path / "run", "--epochs", "1"]
    words += ["--set", "width=4", "--set", "batch=8", "--threads", "1"]
    told = subprocess.run([sys.executable, "-m", "genclass", *words], capture_output=True, text=True, check=True).stderr
    before = told[: told.index("\nstep ")]
    assert f"2 classes by the names of their folders: left 12, {other} 12." in before and "Split: " in before
    assert ("learnt mirrored, too" in before) == mirrored
    twins = "Images of left look mirrored like those of right"
    assert told.count(twins) == before.count(twins) == (not mirrored)


def test_train_classify_and_evaluate_end_to_end(capsys, tmp_path):
    words = ["train", "classifier", "--data", "fashion-mnist-mini", "--preset", "airnet", "--epochs", "0.2"]
    words += ["--set", "width=4", "--threads", "1", "--name", "mine", "--out", tmp_path / "run"]
    status, out, err = run(capsys, *words)
    assert status == 0 and "finished" in err and out == ""
    status, out, _ = run(capsys, "evaluate", tmp_path / "run", "--json")
    figures = json.loads(out.splitlines()[-1])
    assert status == 0 and 0 < figures["accuracy"] < 1 and figures["samples"] == 1000
    assert run(capsys, *words)[0] == 2  # the same request again: it has finished
    changed = [word if word != "0.2" else "0.3" for word in words]
    assert "other settings" in run(capsys, *changed)[2]
    assert "finished" in run(capsys, "train", "--resume", tmp_path / "run")[2]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ([], "give a kind"),
        (["gan"], "give a kind"),
        (["vae", "--data", "cifar10-mini"], "invalid choice"),
        (["gan", "--data", "imagenet"], "no data set called imagenet"),
        (["gan", "--data", "cifar10-mini", "--preset", "x"], "Choose one of: quick, gan, projected-gan, classic-gan"),
        (["gan", "--data", "cifar10-mini", "--set", "rate=nan"], "rate must be a number"),
        (["gan", "--data", "cifar10-mini", "--epochs", "nan"], "epochs must be a number"),
        (["gan", "--data", "cifar10-mini", "--set", "rate"], "is not KEY=VALUE"),
        (["gan", "--data", "cifar10-mini", "--epochs", "1", "--minutes", "1"], "not allowed with"),
        (["gan", "--data", "cifar10-mini", "--name", "Bad Name"], "does not work"),
    ],
)
def test_bad_trainings_are_refused_in_words(words, sentence, capsys, tmp_path):
    out = ["--out", tmp_path / "run"] if len(words) > 1 else []
    status, _, err = run(capsys, "train", *words, *out)
    assert status == 2 and sentence in err


def test_train_refuses_empty_folders_and_single_classes(capsys, tmp_path, image_folder):
    (tmp_path / "empty").mkdir()
    status, _, err = run(capsys, "train", "gan", "--data", tmp_path / "empty", "--out", tmp_path / "one")
    assert status == 2 and "No images were found" in err
    status, _, err = run(capsys, "train", "classifier", "--data", image_folder(("cat",)), "--out", tmp_path / "two")
    assert status == 2 and "at least two classes" in err


def test_resume_refuses_what_is_no_run(capsys, tmp_path):
    status, _, err = run(capsys, "train", "--resume", tmp_path)
    assert status == 2 and "no run" in err


def test_a_damaged_checkpoint_is_a_failure_in_words(shipped, capsys, tmp_path):
    shutil.copytree(shipped / "tiny-gan", tmp_path / "copy")
    (tmp_path / "copy" / "model.safetensors").write_bytes(b"x")
    status, _, err = run(capsys, "sample", tmp_path / "copy", "--out", tmp_path / "a.png")
    assert status == 1 and "damaged" in err


def test_the_closed_loop_prints_what_came_out_and_what_a_model_lacks(save_tiny, capsys, monkeypatch):
    from genclass.data import sources
    from genclass.train import closed_loop
    from tests.stand_ins import small_set

    for name, value in {"STEPS": 2, "PROBED": 40, "FEW_REAL": 20, "ADDED": (20,)}.items():
        monkeypatch.setattr(closed_loop, name, value)
    monkeypatch.setattr(sources, "smallest_at_hand", lambda name: small_set(count=120))
    folder = save_tiny("gan", small_set().classes)
    words = ["closed-loop", folder, "--seeds", 2, "--only", "features", "--only", "agreement"]
    status, out, err = run(capsys, *words, "--json")
    document = json.loads(out)
    assert status == 0 and document["seeds"] == 2 and "features: " in err
    assert [one["trained"] for one in document["features"]["outcomes"]] == ["pixels", "random", "discriminator"]
    assert all(len(one["accuracies"]) == 2 for one in document["features"]["outcomes"])
    assert "No classifier for small" in document["agreement"]["error"]
    assert "pixels" in run(capsys, *words)[1]
    assert run(capsys, "closed-loop", folder, "--seeds", 0)[0] == 2


def test_a_folder_without_images_is_told_with_status_1(shipped, capsys, tmp_path, photo):
    (tmp_path / "none").mkdir()
    (tmp_path / "none" / "labels.csv").write_text("a,b")
    photo.save(tmp_path / "photo.png")
    status, out, _ = run(capsys, "classify", "tiny-net", tmp_path / "none", tmp_path / "photo.png", "--json")
    empty, good = (json.loads(line) for line in out.splitlines())
    assert status == 1 and empty["path"] == str(tmp_path / "none") and "holds no pictures" in empty["error"]
    assert good["top"] and good["error"] is None
    status, out, _ = run(capsys, "classify", "tiny-net", tmp_path / "none")
    assert status == 1 and out == f"{tmp_path / 'none'}: This folder holds no pictures.\n"


def test_what_is_no_picture_by_its_name_is_passed_over_in_folders(shipped, capsys, tmp_path, photo):
    (tmp_path / ".hidden").mkdir()
    photo.save(tmp_path / ".hidden" / "a.png")
    photo.save(tmp_path / "b.png")
    for name in ("desktop.ini", "labels.csv", "Thumbs.db"):
        (tmp_path / name).write_text("no picture")
    status, out, _ = run(capsys, "classify", "tiny-net", tmp_path, "--json")
    assert status == 0 and [json.loads(line)["path"] for line in out.splitlines()] == [str(tmp_path / "b.png")]


def test_a_missing_file_is_named_once(shipped, capsys):
    status, out, _ = run(capsys, "classify", "tiny-net", "nofile.jpg")
    assert status == 1 and out == "There is no file or folder nofile.jpg.\n"


def test_an_explanation_is_a_png(shipped, capsys, tmp_path, photo):
    photo.save(tmp_path / "photo.png")
    words = ["classify", "tiny-net", tmp_path / "photo.png", "--explain", tmp_path / "why.jpg"]
    status, out, err = run(capsys, *words)
    assert status == 2 and "why.jpg must end in .png" in err and out == "" and not (tmp_path / "why.jpg").exists()


@pytest.mark.parametrize("words", [["--class", "all"], ["--path", "7:12:3"]])
def test_a_count_that_plays_no_part_is_told(words, shipped, capsys, tmp_path):
    out = ["--out", tmp_path / "row.png"]
    status, _, err = run(capsys, "sample", "tiny-gan", *words, "--count", 5, *out)
    assert status == 0 and "--count plays no part" in err and Image.open(tmp_path / "row.png").size == (96, 32)
    assert "--count" not in run(capsys, "sample", "tiny-gan", *words, *out)[2]


COMMANDS = ("models", "sample", "classify", "train", "evaluate", "closed-loop", "export", "page")


@pytest.mark.parametrize("command", COMMANDS)
def test_every_argument_is_explained(command):
    commands = next(action for action in main.build_parser()._actions if action.choices and "train" in action.choices)
    bare = [action.dest for action in commands.choices[command]._actions if not action.help]
    assert not bare


def test_the_program_compiles_nothing_and_so_loads_no_compiler():
    told = "import sys, genclass.cli.main; print(sys.modules['triton'])"
    assert subprocess.run([sys.executable, "-c", told], capture_output=True, text=True).stdout == "None\n"
