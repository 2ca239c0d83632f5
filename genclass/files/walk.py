"""The files of a folder that may be pictures: one walk for everything that takes folders or zips.

By its name alone a file is left out only where nobody could mean a picture by it; the rest its content tells.
"""

from pathlib import Path, PurePath

# What systems and programs put beside pictures; whatever begins with a dot is hidden too.
SYSTEM = {
    "__macosx", "@eadir", "#recycle", "$recycle.bin", "system volume information", "lost+found", "__pycache__",
    "thumbs.db", "ehthumbs.db", "ehthumbs_vista.db", "desktop.ini", "folder.ini", "picasa.ini", "icon\r",
}  # fmt: skip
# Lists, notes, annotations, programs and weights.
NEVER = frozenset(
    ".txt .csv .tsv .json .jsonl .ndjson .xml .yaml .yml .toml .ini .cfg .md .rst .html .htm .css .js .log .url .lnk "
    ".py .ipynb .m .sh .bat .db .sqlite .parquet .arrow .tfrecord .npy .npz .mat .h5 .hdf5 .pkl .pt .pth .onnx "
    ".safetensors .doc .docx .odt .rtf .xls .xlsx .ods .xmp .aae .thm .cache .sha256 .md5 .tar .gz .tgz "
    ".zip .7z .rar .bz2 .xz .pickle".split()
)
NOTES = frozenset("readme license licence copying notice changelog makefile dockerfile".split())  # without an ending


def files(root: Path) -> list[Path]:
    """All visible files below a folder, sorted; each real folder is walked once.

    Links to files and to folders are followed, but not to folders that lie in ``root``, which are walked as
    themselves, nor to those that ``root`` lies in: loops end. A folder that may not be looked into and a link that
    leads nowhere are given themselves: whoever opens them can tell why.
    """
    home = root.resolve()
    found, seen, ahead = list[Path](), {home}, [root]
    while ahead:
        folder = ahead.pop()
        try:
            visible = [path for path in folder.iterdir() if not is_hidden(PurePath(path.name))]
        except OSError:
            found.append(folder)
            continue
        found += [path for path in visible if path.is_file() or _leads_nowhere(path)]
        for path in sorted((path for path in visible if _is_followed(path, home)), reverse=True):
            real = path.resolve()
            ahead += [] if real in seen else [path]
            seen.add(real)
    return sorted(found)


def pictures(root: Path) -> list[Path]:
    """Those of ``files`` that may be pictures by their names."""
    return [path for path in files(root) if may_be_picture(path)]


def is_hidden(inside: PurePath) -> bool:
    """Whether a path, as seen from the folder or zip that holds it, is the system's own or hidden."""
    return any(part.startswith(".") or part.lower() in SYSTEM for part in inside.parts)


def may_be_picture(path: PurePath) -> bool:
    """Whether somebody could mean a picture by a name: by any ending that is of nothing else, or none."""
    return path.suffix.lower() not in NEVER and path.name.lower() not in NOTES


def _leads_nowhere(path: Path) -> bool:
    """Whether it is a link to what is not there; one to itself is none, as loops lead to nothing that was meant."""
    try:
        path.stat()
    except FileNotFoundError:
        return path.is_symlink()
    except OSError:
        pass
    return False


def _is_followed(path: Path, home: Path) -> bool:
    if not path.is_dir():
        return False
    target = path.resolve()
    return not path.is_symlink() or not (target.is_relative_to(home) or home.is_relative_to(target))
