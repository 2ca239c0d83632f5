"""Sets in the making: kept between visits, warned about, forgotten."""

import os
import re

import pytest
from PIL import Image

from genclass import paths
from genclass.data import folders
from genclass.files import decode
from genclass.jobs import draft_warnings, drafts
from genclass.train.run.layout import Owner
from tests.helpers import code_of, picture, zip_of
from tests.stand_ins import arrows

ONE, OTHER, NEIGHBOUR = Owner("a" * 32, "1" * 32), Owner("b" * 32, "2" * 32), Owner("c" * 32, "2" * 32)


@pytest.fixture
def files(tmp_path):
    """Writes pictures and returns (name, path) of each; the same seed gives the same picture."""

    def write(*seeds):
        found = []
        for seed in seeds:
            path = tmp_path / f"{seed}.png"
            picture(seed).save(path)
            found.append((path.name, path))
        return found

    return write


def codes(draft):
    return [code for code, _ in draft_warnings.warnings(draft)]


def test_classes_grow_and_survive(files):
    draft = drafts.add(None, "cups", files(1, 2))
    assert re.fullmatch("[0-9a-f]{32}", draft.id)
    drafts.add(draft.id, "plates", files(3))
    drafts.add(draft.id, "cups", files(4))
    again = drafts.read(draft.id)
    assert again.counts() == {"cups": 3, "plates": 1} and again.pictures.images.shape == (
        4,
        3,
        drafts.LARGE,
        drafts.LARGE,
    )
    assert drafts.remove(draft.id, "cups").counts() == {"plates": 1}
    assert drafts.read(drafts.discard(draft.id).id).counts() == {} and drafts.read(draft.id).counts() == {}


def test_a_zip_joins_what_is_there(files, tmp_path):
    draft = drafts.add(None, "cups", files(1))
    classes = ("cups", "forks", "forks")
    sound = {f"{folder}/{name}": path.read_bytes() for (name, path), folder in zip(files(2, 3, 4), classes)}
    path = zip_of(tmp_path / "table.zip", sound | {"forks/bad.png": b"no picture"})
    draft = drafts.add_zip(draft.id, path, "table")
    assert draft.counts() == {"cups": 2, "forks": 2} and draft.name == "table"
    assert list(draft.pictures.faults) == ["forks/bad.png"]
    imageset = draft.imageset()
    assert imageset.classes == ["cups", "forks"] and len(imageset.test_images) == 2


def test_a_refused_zip_changes_nothing(files, tmp_path):
    draft = drafts.add(None, "cups", files(1))
    (tmp_path / "bad.zip").write_bytes(b"PK")
    assert code_of(drafts.add_zip, draft.id, tmp_path / "bad.zip", "bad") == "bad_zip"
    assert drafts.read(draft.id).counts() == {"cups": 1}
    assert sorted(path.suffix for path in (paths.runs_dir() / ".drafts").iterdir()) == ["", ".safetensors"]


@pytest.mark.parametrize("name", ["", "  ", None, 7, ["a"]])
def test_a_class_needs_a_name(files, name):
    assert code_of(drafts.add, None, name, files(1)) in ("nameless_class", "not_text")


def test_names_of_strangers_are_made_fit_to_be_shown(files):
    draft = drafts.add(None, "<script>\x00\x1b alert(1)" + "x" * 99, files(1))
    (name,) = draft.counts()
    assert name == "<script> alert(1)" + "x" * 99


@pytest.mark.parametrize("draft_id", [None, "", "../../etc", "0" * 31, "G" * 32, 7, {"a": 1}, "a" * 32 + "\n"])
def test_what_is_no_id_gives_a_new_draft(draft_id):
    draft = drafts.read(draft_id)
    assert re.fullmatch("[0-9a-f]{32}", draft.id) and draft.id != draft_id and draft.counts() == {}


def test_nothing_is_nothing_to_train_on():
    assert code_of(drafts.read(None).imageset) == "no_images"


def test_broken_pictures_alone_are_refused(tmp_path):
    (tmp_path / "x.png").write_bytes(b"x")
    assert code_of(drafts.add, None, "cups", [("x.png", tmp_path / "x.png")]) == "none_readable"


def test_limits_hold_over_all_that_was_added(files, monkeypatch):
    draft = drafts.add(None, "cups", files(1, 2))
    monkeypatch.setattr(drafts, "MOST", 3)
    assert code_of(drafts.add, draft.id, "cups", files(3, 4)) == "too_many_images"
    monkeypatch.setattr("genclass.data.folders.MAX_CLASSES", 1)
    assert code_of(drafts.add, draft.id, "forks", files(3)) == "too_many_classes"
    assert drafts.read(draft.id).counts() == {"cups": 2}


def test_warnings_say_what_is_doubtful(files):
    draft = drafts.add(None, "cups", files(*range(12)))
    assert codes(draft) == ["own_one_class"]
    draft = drafts.add(draft.id, "forks", files(20, 21))
    assert dict(draft_warnings.warnings(draft)) == {
        "own_few": {"names": "forks", "least": 10},
        "own_uneven": {"most": "cups", "many": 12, "least": "forks", "few": 2},
    }
    draft = drafts.add(draft.id, "forks", files(*range(22, 31), 20, 3))
    assert dict(draft_warnings.warnings(draft)) == {
        "own_copies": {"count": 2},
        "own_both": {"count": 1, "first": "cups", "second": "forks"},
    }


def test_old_drafts_are_forgotten(files):
    old, kept = drafts.add(None, "cups", files(1)), drafts.add(None, "cups", files(2))
    path = paths.runs_dir() / ".drafts" / f"{old.id}.safetensors"
    os.utime(path, (0, 0))
    drafts.add(kept.id, "cups", files(3))
    assert drafts.read(old.id).counts() == {} and drafts.read(kept.id).counts() == {"cups": 2}


def test_drafts_keep_to_their_share_of_the_disk(files, monkeypatch):
    monkeypatch.setattr(drafts, "KEPT_BYTES", 400_000)  # two of 151 kilobytes each
    kept = [drafts.add(None, "cups", files(index)) for index in range(3)]
    assert [drafts.read(draft.id).counts() for draft in kept] == [{}, {"cups": 1}, {"cups": 1}]


def test_who_holds_the_most_drafts_loses_their_own_oldest(files, monkeypatch):
    monkeypatch.setattr(drafts, "KEPT_DRAFTS", 6)
    before = [drafts.add(None, "cups", files(1), owner) for owner in (ONE, NEIGHBOUR, None)]  # None: as once written
    flood = [drafts.add(None, "cups", files(2), OTHER).id for _ in range(20)]
    assert all(drafts.read(draft.id).counts() == {"cups": 1} for draft in before)
    assert [bool(drafts.read(one).counts()) for one in flood] == [False] * 17 + [True] * 3


def test_who_passes_for_many_visitors_takes_drafts_from_their_own_address_alone(files, monkeypatch):
    monkeypatch.setattr(drafts, "KEPT_DRAFTS", 5)
    first = drafts.add(None, "cups", files(1), ONE)
    for index in range(20):
        drafts.add(None, "cups", files(2), OTHER._replace(visitor=f"{index:032}"))
    assert drafts.read(first.id).counts() == {"cups": 1}


def test_a_draft_stays_its_owners_when_another_adds_to_it(files):
    draft = drafts.add(None, "cups", files(1), ONE)
    drafts.add(draft.id, "cups", files(2), OTHER)
    assert drafts.read(draft.id).counts() == {"cups": 2}
    assert [path.name for path in (paths.runs_dir() / ".drafts").glob("*.safetensors")] == [
        f"{draft.id}.{ONE.address}.{ONE.visitor}.safetensors"
    ]


def test_the_pictures_are_small_whatever_was_uploaded(tmp_path):
    Image.new("RGB", (900, 600), "red").save(tmp_path / "photo.jpg")
    draft = drafts.add(None, "red", [("photo.jpg", tmp_path / "photo.jpg")])
    assert draft.pictures.images.shape == (1, 3, drafts.LARGE, drafts.LARGE)


def test_many_pictures_are_kept_smaller(files, monkeypatch):
    monkeypatch.setattr(drafts, "MANY", 3)
    draft = drafts.add(None, "cups", files(1, 2, 3))
    assert draft.pictures.images.shape[2:] == (drafts.LARGE, drafts.LARGE)
    draft = drafts.add(draft.id, "plates", files(4))
    assert draft.pictures.images.shape == (4, 3, 160, 160) and draft.counts()["cups"] == 3
    outline = drafts.outline(draft.id)
    assert (outline.classes, outline.side, len(outline.sides)) == (2, 160, 4) and outline == drafts.outline(draft.id)
    assert drafts.outline(None) == drafts.outline("0" * 32) == drafts.Outline(0, drafts.LARGE, [])


def test_how_large_many_are_kept():
    assert [drafts.side_for(count) for count in (1, 1000, 1001, 5000, 20_000)] == [224, 224, 160, 96, 48]


def test_how_large_pictures_came_is_kept_and_a_set_is_as_large_as_asked(tmp_path):
    draft = None
    for side in (50, 300):
        Image.new("RGB", (side, side + 9), (side % 256, 0, 0)).save(tmp_path / f"{side}.png")
        draft = drafts.add(draft and draft.id, f"of {side}", [(str(side), tmp_path / f"{side}.png")])
    assert drafts.read(draft.id).pictures.sides == [50, 224] == drafts.outline(draft.id).sides
    told = {side: [note["code"] for note in draft.imageset(side).notes] for side in (32, 96)}
    assert draft.imageset(96).train_images.shape[2:] == (96, 96)
    assert "set_smaller" in told[96] and "set_smaller" not in told[32]


def test_the_same_file_named_again_is_decoded_once(files, monkeypatch):
    decoded, read = [], decode._read
    monkeypatch.setattr(decode, "_read", lambda image: decoded.append(image) or read(image))
    (_, path), *_ = files(1)
    draft = drafts.add(None, "cups", [("again.png", path.parent / "." / ".." / path.parent.name / path.name)] * 60)
    assert len(decoded) == 1 and draft.counts() == {"cups": 60}


def test_pictures_too_large_together_are_refused_before_one_is_decoded(tmp_path, monkeypatch):
    monkeypatch.setattr(decode, "_read", None)
    for index in range(25):
        Image.new("1", (6000, 4000), index % 2).save(tmp_path / f"{index}.png")
    large = [(path.name, path) for path in tmp_path.glob("*.png")]
    assert code_of(drafts.add, None, "cups", large) == "too_many_pixels"


def test_more_pictures_than_fit_are_not_opened(tmp_path, monkeypatch):
    monkeypatch.setattr(drafts, "MOST", 2)
    monkeypatch.setattr(folders, "decoded", None)
    assert code_of(drafts.add, None, "cups", [("x.png", tmp_path / "x.png")] * 3) == "too_many_images"
    path = zip_of(tmp_path / "x.zip", {f"a/{index}.png": b"" for index in range(3)})
    assert code_of(drafts.add_zip, None, path, "x") == "too_many_images"


def test_classes_that_mirror_one_another_are_told(tmp_path):
    draft, (images, labels) = None, arrows(12)
    for name, label in (("left", 0), ("right", 1)):
        found = []
        for index, image in enumerate(images[labels == label].permute(0, 2, 3, 1).numpy()):
            Image.fromarray(image).save(tmp_path / f"{name}-{index}.png")
            found.append((f"{index}.png", tmp_path / f"{name}-{index}.png"))
        draft = drafts.add(draft and draft.id, name, found)
    assert ("own_twins", {"first": "left", "second": "right"}) in draft_warnings.warnings(draft)
