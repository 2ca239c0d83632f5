"""What the page says of one's own images before a run is started, and the readings of their classes that it offers."""

import pytest

from genclass.jobs import drafts, runs
from genclass.ui.common import text
from genclass.ui.train import own_images, start
from tests.helpers import encode, picture, zip_of
from tests.ui.helpers import wait_for


def zipped(tmp_path, *patterns, count=6, name="set.zip", more=None):
    """A zip with ``count`` pictures for each pattern: ``{n}`` is their number."""
    paths = [pattern.format(n=index) for pattern in patterns for index in range(count)]
    files = {path: encode(picture(seed, size=12)) for seed, path in enumerate(paths)}
    return zip_of(tmp_path / name, files | (more or {}))


def shown(draft):
    return own_images._told(draft)


@pytest.fixture
def sessions(tmp_path):
    return zipped(tmp_path, "frog/monday/{n}.png", "frog/tuesday/{n}.png", "car/monday/{n}.png", "car/tuesday/{n}.png")


def test_what_was_taken_is_shown_with_counts_and_the_other_offered(sessions, lab):
    told = shown(drafts.add_zip(None, sessions, "set"))
    assert "2 classes by the names of their folders: car 12, frog 12." in told["preview"]
    assert told["read_as"]["visible"] and told["read_as"]["value"] == "folder-1"
    assert told["read_as"]["choices"] == [
        ("the folders' names (level 1): car 12, frog 12", "folder-1"),
        ("the folders' names (level 2): monday 12, tuesday 12", "folder-2"),
    ]


def test_the_other_reading_is_taken_and_the_first_again(sessions, lab):
    draft = drafts.add_zip(None, sessions, "set")
    told = own_images.read_as(draft.id, "folder-2")
    assert "monday 12, tuesday 12." in told["preview"] and told["doomed"]["choices"] == ["monday", "tuesday"]
    assert drafts.read(draft.id).imageset().classes == ["monday", "tuesday"]
    assert "car 12, frog 12." in own_images.read_as(draft.id, "folder-1")["preview"]


@pytest.mark.parametrize("source", ["folder-9", None, ["folder-1"], 7])
def test_a_reading_that_is_not_there_is_told(sessions, lab, source):
    draft = drafts.add_zip(None, sessions, "set")
    with pytest.raises(Exception, match="Choose one of: folder-1, folder-2"):
        own_images.read_as(draft.id, source)


def test_masks_are_left_out_and_can_be_had_as_a_class(tmp_path, lab):
    path = zipped(tmp_path, "frog/images/{n}.png", "frog/masks/{n}.png", "car/images/{n}.png", "car/masks/{n}.png")
    draft = drafts.add_zip(None, path, "set")
    assert "Left out as masks or annotations beside the images: 12 (car/masks, frog/masks)." in shown(draft)["preview"]
    assert drafts.read_as(draft.id, "folder-2").counts() == {"images": 12, "masks": 12}


def test_a_split_and_what_is_left_out_are_shown(tmp_path, lab):
    path = zipped(tmp_path, "train/frog/{n}.png", "train/car/{n}.png", "val/frog/{n}.png", "val/car/{n}.png",
                  "test/{n}.png", more={"train/car/broken.png": b"x", "Thumbs.db": b"x"})  # fmt: skip
    draft = drafts.add_zip(None, path, "set")
    told = shown(draft)["preview"]
    assert "The split that they came with is kept: 12 images to learn from, 12 to test on." in told
    assert "Left out as nothing tells their class: 6 (test)." in told and "Thumbs" not in told
    assert "1 (train/car/broken.png)." in told and not shown(draft)["read_as"]["visible"]
    imageset = drafts.read(draft.id).imageset()
    assert len(imageset.train_images) == 12 and len(imageset.test_images) == 12


def test_classes_made_in_the_page_have_one_reading(tmp_path, lab):
    (tmp_path / "1.png").write_bytes(encode(picture(1)))
    told = shown(drafts.add(None, "cups", [("1.png", tmp_path / "1.png")]))
    assert not told["read_as"]["visible"] and "without classes" not in told["preview"]


def test_both_readings_keep_what_is_added_by_hand_and_lose_what_is_removed(sessions, tmp_path, lab):
    (tmp_path / "1.png").write_bytes(encode(picture(99)))
    draft = drafts.add_zip(None, sessions, "set")
    draft = drafts.add(draft.id, "ship", [("1.png", tmp_path / "1.png")])
    assert drafts.read_as(draft.id, "folder-2").counts() == {"monday": 12, "ship": 1, "tuesday": 12}
    assert drafts.remove(draft.id, "monday").counts() == {"ship": 1, "tuesday": 12}
    assert drafts.read_as(draft.id, "folder-1").counts() == {"car": 6, "frog": 6, "ship": 1}
    for name in ("car", "frog", "ship"):
        draft = drafts.remove(draft.id, name)
    assert len(draft.pictures.images) == 0


def test_drafts_of_an_earlier_version_are_read(lab):
    draft = drafts.read(None)
    old, faults = drafts._told({"labels": ["a", "b"], "skipped": ["c.png"], "name": "x"})
    assert old[0].counts() == {"a": 1, "b": 1} and list(faults) == ["c.png"] and draft.counts() == {}


def test_the_command_names_the_reading():
    request = start.request_of("classifier", "set", "transfer", 1, classes_from="folder-2")
    assert "--classes-from folder-2" in start.command_line(request, "mine")


def test_the_sentences_are_in_the_language_of_the_page(tmp_path, lab):
    draft = drafts.add_zip(None, zipped(tmp_path, "a/{n}.png", "b/{n}.png", more={"a/x.png": b"x"}), "set")
    with text.speaking("zh"):
        told = shown(draft)["preview"]
    assert "按文件夹的名字分为 2 个类别：a 6, b 6。" in told and "读不了，没有用：1 个（a/x.png）。这不是" in told


def test_a_run_of_the_web_api_tells_what_was_read(client, sessions):
    from gradio_client import handle_file

    asked = ["classifier", handle_file(str(sessions)), "transfer", 0.05, None, "folder-2"]
    run_id = client.predict(*asked, api_name="/train")
    told = client.predict(run_id, api_name="/run")["told"]
    assert told[0] == "2 classes by the names of their folders: monday 12, tuesday 12."
    assert any("--classes-from folder-1" in one for one in told) and told == runs.told(run_id)
    wait_for(client, run_id, "finished")
    assert "mirrored" in client.predict(run_id, api_name="/run")["told"][-1]
