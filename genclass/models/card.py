"""A model's card: what its checkpoint's ``config.json`` and the row of its data set tell, as Markdown.

It lies as ``README.md`` in the folder of each shipped model, where model hubs look for it. After a change:

    python -m genclass.models.card
"""

from pathlib import Path

from genclass import paths
from genclass.data import catalog
from genclass.files import atomic, sizes
from genclass.models import checkpoint, directions, facts, known_kinds, store

FILE = "README.md"
WORKS = {"classifier": "image-classification", "gan": "image-generation"}
PURPOSE = {
    "classifier": "It is made for teaching and for experiments with images like those of its data set, such as judging "
    "what a generator makes. It names one of its classes whatever it is shown, is often wrong about other "
    "pictures, and is not fit for decisions about people or their safety.",
    "gan": "It is made for teaching and for experiments with small images, such as training a classifier on samples. "
    "What it draws has the gaps and biases of its data set, is now and then no clear object at all, and must not be "
    "passed off as real.",
}
UNSURE = (
    "Of the {photos} others it is unsure about {unsure:.1%}, and of these right about {unsure_right:.1%}; of what it "
    "names {named_right:.1%} is right."
)
KINDS = (
    "Of the {photos} others {known_flagged:.1%} of those that show a known kind are called none of them, and of those "
    "that show anything else {others_sure:.1%} are named with more than 80 % and without a warning."
)
USE = {
    "classifier": """```python
import genclass

classifier = genclass.load("{name}")
classifier.predict([image])  # PIL images to probabilities, float32 [1, {count}]
```

On the command line: `genclass classify {name} photo.jpg`.
""",
    "gan": """```python
import genclass

sampler = genclass.load("{name}")
sampler.sample({{"model": "{name}", "seed": 7}})  # uint8 [16, {size}, {size}, {channels}]
```

On the command line: `genclass sample {name} --seed 7 --out sheet.png`.
""",
}


def card(folder: Path) -> str:
    """The card of a checkpoint folder, its front matter first.

    Raises:
        GenClassError: ``broken_checkpoint``.
    """
    config = checkpoint.read_config(folder)
    parts = (_front_matter(config), f"# {config['name']}", _what(folder, config), "## Figures", _figures(config),
             *_directions(folder), "## Training", _training(config["training"]), "## Data", _data(config),
             "## Purpose and limits", PURPOSE[config["kind"]], *_doubts(config), "## Use", _use(config))  # fmt: skip
    return "\n\n".join(part.strip() for part in parts) + "\n"


def _front_matter(config: dict) -> str:
    tags = ["genclass", "pytorch", WORKS[config["kind"]], config["architecture"]["name"]]
    lists = {"tags": tags, "datasets": [config["dataset"]], "metrics": list(config["metrics"])}
    licence = _origin(config).get("licence", "MIT").lower()
    rows = ["---", f"license: {licence}", "library_name: genclass"]
    for key, values in lists.items():
        rows += [f"{key}:", *(f"- {value}" for value in values)]
    return "\n".join([*rows, "---"])


def _what(folder: Path, config: dict) -> str:
    size, colours = config["image_size"], "colour" if config["channels"] == 3 else "grey"
    kind = f"classifier of {size}×{size} {colours} images"
    if config["kind"] == "gan":
        kind = f"generative adversarial network that draws {size}×{size} {colours} images"
    count = facts.parameters(folder, config["sha256"]["model.safetensors"])
    weights = sum((folder / name).stat().st_size for name in config["sha256"])
    of = " of the generator" if config["kind"] == "gan" else ""
    classes = f"Classes: {', '.join(config['classes'])}." if config["classes"] else "It is not told what to draw."
    return (
        f"A {kind}. Architecture `{config['architecture']['name']}`, {count:,} parameters{of}, "
        f"{sizes.in_words(weights)} of weights.\n\n{classes}"
    )


def _figures(config: dict) -> str:
    """A table of what was measured, each figure with how."""
    told = {**config["metrics"], **{key: config[key] for key in ("temperature",) if key in config}}
    rows = [f"| {key} | {metric['value']:.4g} | {metric['measured']} |" for key, metric in told.items()]
    limits = config.get("unfamiliar")
    found = "\n".join(["| figure | value | how it was measured |", "|---|---|---|", *rows])
    if limits is None:
        return found
    energy, roughness = (f"{limits[name]:.3g}" for name in ("energy", "roughness"))
    return (
        f"{found}\n\nAn image is called out of distribution above an energy of {energy} or a roughness of {roughness}"
        f"{_ground(limits)}: {limits['measured']}."
    )


def _ground(limits: dict) -> str:
    return f", or with more than {limits['ground']:.0%} of its border brighter than black" if "ground" in limits else ""


def _directions(folder: Path) -> list[str]:
    """The directions that have a name, and what was measured of them when they got it."""
    said = directions.said_in(folder)
    names, measured = said.names, said.measured
    rows = [f"| {id} | {names[id]['en']} | {measured[id]['hit']:.0%} | {measured[id]['side']:.0%} |"
            for id in sorted(names) if id in measured]  # fmt: skip
    head = "| direction | name | images that change so | and otherwise |\n|---|---|---|---|"
    how = "From -2σ to +2σ; otherwise: the mean share of images in which another measure changes."
    return ["## Directions", "\n".join([head, *rows]), how] if rows else []


def _doubts(config: dict) -> list[str]:
    """What it says where its likeliest class is not to be believed: a paragraph for each limit."""
    paragraphs = []
    if unsure := config.get("unsure"):
        paragraphs.append(
            f"`unsure`: below a probability of {unsure['probability']:.0%} it says that it is not sure: "
            f"{unsure['measured']}.{_found(UNSURE, unsure)}"
        )
    if kinds := config.get("kinds"):
        paragraphs.append(
            f"`kinds`: of a photo of {known_kinds.LEAST} pixels or more, `{store.KNOWS_MOST}` is asked whether it "
            f"shows any of these kinds. Below {kinds['share']:.0%} for all of them together, the answer is that it is "
            f"none of them: this limit {kinds['measured']}.{_found(KINDS, kinds)}"
        )
    return paragraphs


def _found(sentence: str, limit: dict) -> str:
    return " " + sentence.format(**limit["found"]) if "found" in limit else ""


def _training(training: dict) -> str:
    if "origin" in training:
        return f"Not trained here: {training['origin']['source']}, {training['date']}."
    recipe = ", ".join(f"{key} {value}" for key, value in training["recipe"].items() if value is not None)
    versions = ", ".join(f"{name} {version}" for name, version in training["versions"].items())
    spent = f"{training['steps']:,} steps in {training['seconds']:,.0f} s on {training['machine']}"
    told = [f"{spent}, seed {training['seed']}, {training['date']} ({versions}).", f"Recipe: {recipe}."]
    if "share" in training:
        told.append(f"{training['share']:.0%} of the generator's weights are what came out, the rest what it began as:")
    return "\n\n".join([*told, *([_training(training["before"])] if "before" in training else [])])


def _data(config: dict) -> str:
    """The data set, its source and its terms, as far as it is a known one."""
    images, row = config["training"]["data"]["images"], catalog.find(config["dataset"])
    found = f"Trained on {images:,} images of `{config['dataset']}`."
    if row is not None:
        found += f" Source: {row.source}. Licence: {row.licence}."
    licence = _origin(config).get("licence", "GenClass's licence, MIT")
    return f"{found} The weights themselves are under {licence}."


def _origin(config: dict) -> dict:
    """``source`` and ``licence`` of a model whose weights come from elsewhere; empty for one that was trained here."""
    return config["training"].get("origin", {})


def _use(config: dict) -> str:
    values = {"name": config["name"], "count": len(config["classes"])}
    return USE[config["kind"]].format(**values, size=config["image_size"], channels=config["channels"])


def write(folder: Path) -> None:
    """Put the card into a checkpoint folder; its other files stay as they are."""
    atomic.write_text(folder / FILE, card(folder))


def main() -> None:
    """Write the cards of all shipped models."""
    for config in sorted(paths.SHIPPED.glob("*/config.json")):
        write(config.parent)
        print(config.parent / FILE)


if __name__ == "__main__":
    main()
