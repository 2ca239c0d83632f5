"""Masks, annotations and thumbnails that lie beside the images they belong to: by the names of folders and files."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import PurePath

from genclass.data.reading.parts import folders_of, part_of

IMAGES = frozenset(
    "image images img imgs photo photos picture pictures pic pics jpegimages frames rgb original "
    "originals data dataset".split()
)
ASIDE = frozenset(
    "mask masks annotation annotations annot annots label labels groundtruth gt segmentation segmentations segmented "
    "seg segmentationclass segmentationobject trimap trimaps bbox bboxes contour contours depth depths edges "
    "overlay overlays heatmap heatmaps thumb thumbs thumbnail thumbnails preview previews".split()
)
# ``benign (1)_mask.png`` beside ``benign (1).png``
ENDING = re.compile(rf"(?P<image>.+?)[ _.-]+({'|'.join(ASIDE)})([ _.-]*\d+)?", re.IGNORECASE)


def asides(paths: Sequence[PurePath]) -> set[int]:
    """The indices of those pictures that only say something of others."""
    return _in_folders(paths) | _by_endings(paths)


def _in_folders(paths: Sequence[PurePath]) -> set[int]:
    found: set[int] = set()
    for children in _children(paths):
        loose = children.pop("", [])
        aside = {name for name in children if _is_aside(name)}
        inside = [index for name in aside for index in children[name]]
        beside_images = any(_letters(name) in IMAGES or part_of(name) for name in children.keys() - aside)
        if beside_images or aside == set(children) and _match(paths, loose, inside):
            found.update(inside)
    return found


def _children(paths: Sequence[PurePath]) -> Iterable[dict[str, list[int]]]:
    """Of every folder the pictures below each of the folders in it; under an empty text those right in it."""
    below: dict[tuple[str, ...], dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for index, path in enumerate(paths):
        folders = folders_of(path)
        for depth, name in enumerate([*folders, ""]):
            below[folders[:depth]][name].append(index)
    return below.values()


def _match(paths: Sequence[PurePath], images: Sequence[int], aside: Sequence[int]) -> bool:
    """Whether most of the files aside are named like an image: ``masks/1.png`` beside ``1.jpg``."""
    stems = {paths[index].stem.lower() for index in images}
    named = [path.stem.lower() in stems or _image_of(path) in stems for path in map(paths.__getitem__, aside)]
    return 2 * sum(named) > len(named)


def _by_endings(paths: Sequence[PurePath]) -> set[int]:
    named = {(path.parent, path.stem.lower()) for path in paths}
    return {index for index, path in enumerate(paths) if (path.parent, _image_of(path)) in named}


def _image_of(path: PurePath) -> str | None:
    """The stem of the image that a file says something of, by its own stem; None if that says nothing."""
    found = ENDING.fullmatch(path.stem)
    return found and found["image"].lower()


def _is_aside(name: str) -> bool:
    words = set(re.split(r"[\W\d_]+", name.lower())) - {"seg"}  # which a split may be of: ``seg_train``, ``seg_test``
    return _letters(name) in ASIDE or bool(words & ASIDE)


def _letters(name: str) -> str:
    return re.sub(r"[\W\d_]", "", name.lower())
