"""Models as a folder to host: their pages, with models and runtime as files of their own; of several models a gallery.

Works from any host of plain files, under any address, and asks nothing of any other:

    index.html README.md runtime/
    model.onnx.gz                                 of one model
    <name>/index.html, model.onnx.gz, preview.png of each of several; then index.html links them
"""

import gzip
import html
import shutil
import string
from collections.abc import Sequence
from pathlib import Path

from genclass.errors import GenClassError, printable
from genclass.files import atomic
from genclass.models import checkpoint, store
from genclass.models.web import runtime
from genclass.models.web.page_file import Page, as_json, called, document, page_of, text
from genclass.models.web.words import GALLERY, LINK

MODEL, PREVIEW, RUNTIME = "model.onnx.gz", "preview.png", "runtime"
NAMED = 8  # classes on a card
HOME = '<a class="home" href="../index.html" data-word="gallery"></a>'


def write_web(folders: Sequence[Path], out: Path) -> None:
    """Write the models of checkpoint folders as the folder ``out``, which is there whole or not at all.

    Raises:
        GenClassError: ``not_empty`` where something is already, ``same_name`` for two models of one name, ``bad_name``,
            ``cannot_write``; else as ``page_of``.
    """
    out = out.resolve()
    if out.exists() and not (out.is_dir() and not any(out.iterdir())):
        raise GenClassError("not_empty", path=str(out))
    pages = dict(zip(_names(folders), map(page_of, folders)))
    try:
        with atomic.writing_folder(out) as partial:
            _fill(partial, pages, dict(zip(pages, folders)))
    except OSError as error:
        raise GenClassError("cannot_write", path=str(out)) from error


def _names(folders: Sequence[Path]) -> list[str]:
    """Names of models, which become those of folders."""
    names = [checkpoint.read_config(folder)["name"] for folder in folders]
    for name in names:
        if not isinstance(name, str) or not store.NAME.match(name):
            raise GenClassError("bad_name", name=printable(name))
        if names.count(name) > 1:
            raise GenClassError("same_name", name=name)
    return names


def _fill(out: Path, pages: dict[str, Page], folders: dict[str, Path]) -> None:
    _store_runtime(out / RUNTIME)
    if len(pages) == 1:
        _store_page(out, next(iter(pages.values())), "", "")
    else:
        for name, page in pages.items():
            _store_page(out / name, page, "../", HOME)
            if (folders[name] / PREVIEW).exists():
                shutil.copyfile(folders[name] / PREVIEW, out / name / PREVIEW)
        (out / "index.html").write_text(_gallery(pages, out), encoding="utf-8")
    (out / "README.md").write_text(_readme(pages), encoding="utf-8")


def _store_runtime(folder: Path) -> None:
    for package in runtime.PACKAGES:
        (folder / package.name).mkdir(parents=True)
        shutil.copyfile(runtime.STATIC / package.name / "LICENSE", folder / package.name / "LICENSE")
    for name in runtime.IN_PAGES:
        (folder / _address(name)).write_bytes(runtime.gzipped(name))


def _store_page(folder: Path, page: Page, above: str, beside: str) -> None:
    """A page and its model.

    Args:
        above: the way to the folder with the runtime.
        beside: HTML beside the page's heading.
    """
    folder.mkdir(exist_ok=True)
    (folder / MODEL).write_bytes(gzip.compress(page.model, 9, mtime=0))
    files = {name: _beside(name, above) for name in runtime.IN_PAGES} | {"model": (MODEL, len(page.model))}
    (folder / "index.html").write_text(document(page, files=files, beside=beside), encoding="utf-8")


def _beside(name: str, above: str) -> tuple[str, int]:
    """(address, bytes once unpacked) of a file of the runtime."""
    return f"{above}{RUNTIME}/{_address(name)}", len(gzip.decompress(runtime.gzipped(name)))


def _address(name: str) -> str:
    """Of a file of the runtime, below ``RUNTIME``."""
    return runtime.PATHS[name].relative_to(runtime.STATIC).with_suffix(".gz").as_posix()


def _gallery(pages: dict[str, Page], out: Path) -> str:
    told = {language: _words(pages, language) for language in GALLERY}
    scripts = ("words.js", "carried.js", "share.js", "gallery.js")
    return string.Template(text("gallery.html")).substitute(
        style=text("page.css"),
        cards="\n".join(_card(page, out / name, told["en"]) for name, page in pages.items()),
        share=text("share.html"),
        told=as_json({"words": told, "files": {"qr": _beside("qr", "")}}),
        script="\n".join(map(text, scripts)),
        **{key: html.escape(told["en"][key]) for key in ("hosted", "about")},
    )


def _words(pages: dict[str, Page], language: str) -> dict[str, str]:
    """What the index says: of each model what it is, and which classes it knows, under keys with its name."""
    words = GALLERY[language]
    found = {**LINK[language], "about": words["about"], "hosted": words["hosted"].format(count=len(pages))}
    for name, page in pages.items():
        config, classes = page.config, page.told["classes"]
        own = called(classes)[language]
        told = words[config["kind"]].format(
            size=config["image_size"], count=f"{len(classes):,}", dataset=config["dataset"]
        )
        known = " · ".join(own.get(each, each) for each in classes[:NAMED])
        found |= {
            f"{name} is": told,
            f"{name} knows": words["classes"].format(classes=known) if len(classes) > NAMED else known,
        }
    return found


def _card(page: Page, folder: Path, told: dict[str, str]) -> str:
    name, size, count = folder.name, page.config["image_size"], len(page.told["classes"])
    keys = (f"{name} {part}" for part in ("is", "knows"))
    lines = "".join(f'<p data-word="{key}">{html.escape(told[key])}</p>' for key in keys)
    picture = f"{count:,}" if page.config["kind"] == "classifier" else f"{size}×{size}"  # where there is none
    if (folder / PREVIEW).exists():
        picture = f'<img src="{name}/{PREVIEW}" alt="" loading="lazy">'
    return f'<li><a href="{name}/index.html"><span class="preview">{picture}</span><b>{name}</b>{lines}</a></li>'


def _readme(pages: dict[str, Page]) -> str:
    lines = [f"- `{name}`: {page.config['kind']}, {page.config['dataset']}, weights {page.told['sha256']}"
             for name, page in pages.items()]  # fmt: skip
    title = next(iter(pages)) if len(pages) == 1 else "GenClass"
    packages = "\n".join(f"- `{RUNTIME}/{each.name}`: {each.name} {each.version}" for each in runtime.PACKAGES)
    template = string.Template(text("hosting.md"))
    return template.substitute(title=title, models="\n".join(lines), packages=packages)
