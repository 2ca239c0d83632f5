"""The split that a set came with: folders called train, val, test and the like."""

import re
from collections.abc import Collection, Mapping
from pathlib import PurePath

TRAIN, VAL, TEST, NONE = "train", "val", "test", "none"
WORDS = {
    **dict.fromkeys("train training trn 训练 训练集 訓練 学習".split(), TRAIN),
    **dict.fromkeys("val valid validation validate dev eval evaluation 验证 验证集 検証".split(), VAL),
    **dict.fromkeys("test testing tst holdout 测试 测试集 テスト".split(), TEST),
    **dict.fromkeys("pred predict prediction predictions unlabeled unlabelled unlabel".split(), NONE),
}
# What may stand beside those words in one folder's name and not in another's.
FILLING = frozenset("set sets data dataset image images img imgs folder split full".split())
DEEPEST = 32  # folders that are looked at; what a zip calls a path may have thousands
Folders = Mapping[int, tuple[str, ...]]  # for each picture the folders that it lies in, outermost first


def folders_of(path: PurePath) -> tuple[str, ...]:
    """The names of the folders on the way to a picture, outermost first, at most ``DEEPEST``."""
    return path.parts[:-1][:DEEPEST]


def part_of(name: str) -> tuple[str, frozenset[str]] | None:
    """(the part that a folder's name tells, the other words in it), or None: ``training_set``, ``asl_test``."""
    words = [word.lower().removesuffix("set") or "set" for word in re.findall(r"[A-Z]?[^\W\d_A-Z]+|[A-Z]+", name)]
    told = [word for word in words if word in WORDS]
    if len(told) != 1:
        return None
    return WORDS[told[0]], frozenset(words) - {told[0]} - FILLING


def first_differing(folders: Collection[tuple[str, ...]], start: int = 0) -> int | None:
    """The first depth, from ``start`` on, at which folders differ; None if there is none."""
    for depth in range(start, max(map(len, folders), default=0)):
        if len(names_at(folders, depth)) > 1:
            return depth
    return None


def names_at(folders: Collection[tuple[str, ...]], depth: int) -> set[str]:
    """The folders' names at a depth."""
    return {parts[depth] for parts in folders if len(parts) > depth}


def split(folders: Folders) -> tuple[int | None, dict[int, str]]:
    """Find the folders of a split: above the classes, or in each of them.

    Returns:
        (their depth or None, the part of each picture): ``TRAIN``, ``VAL``, ``TEST``, ``NONE`` for what has no labels,
        or an empty text for what lies beside them. Folders that tell one part only, as ``train1`` and ``train2``, or
        none to learn from, are all ``TRAIN``.
    """
    first = first_differing(folders.values())
    if first is None:
        return None, dict.fromkeys(folders, "")
    for depth in (first, first + 1):
        told = _told(folders, depth, within=depth > first)
        if told:
            return depth, {index: told.get(names[depth], "") if len(names) > depth else ""
                           for index, names in folders.items()}  # fmt: skip
    return None, dict.fromkeys(folders, "")


def _told(folders: Folders, depth: int, within: bool) -> dict[str, str]:
    """{folder's name: part} of a split at a depth; empty without one.

    Args:
        within: whether it would lie in the classes' folders: then nothing else may lie there.
    """
    names = names_at(folders.values(), depth)
    alike: dict[frozenset[str], dict[str, str]] = {}  # by the other words in their names
    for name in names:
        if told := part_of(name):
            alike.setdefault(told[1], {})[name] = told[0]
    for found in alike.values():
        alone = len(found) == len(names)
        if TRAIN in found.values() and len(set(found.values())) > 1 and (alone or not within):
            return found
        if alone and _share_classes(folders, depth, found):
            return dict.fromkeys(found, TRAIN)
    return {}


def _share_classes(folders: Folders, depth: int, names: Collection[str]) -> bool:
    """Whether the same folders lie in more than one of those with these names."""
    below = {name: {part for parts in folders.values() if parts[depth : depth + 1] == (name,)
                    for part in parts[depth + 1 :]} for name in names}  # fmt: skip
    every = [part for parts in below.values() for part in parts]
    return len(every) > len(set(every))
