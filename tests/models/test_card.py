"""The cards of shipped models."""

import pytest

from genclass import paths
from genclass.data import catalog
from genclass.models import card, checkpoint

SHIPPED = sorted(path.parent.name for path in paths.SHIPPED.glob("*/config.json"))


@pytest.mark.parametrize("name", SHIPPED)
def test_the_card_in_the_folder_is_what_its_config_tells(name):
    folder = paths.SHIPPED / name
    assert (folder / card.FILE).read_text() == card.card(folder), "run: python -m genclass.models.card"


@pytest.mark.parametrize("name", SHIPPED)
def test_a_card_tells_figures_terms_and_how_to_load(name):
    told, config = card.card(paths.SHIPPED / name), checkpoint.read_config(paths.SHIPPED / name)
    origin, row = config["training"].get("origin"), catalog.find(config["dataset"])
    assert told.startswith("---\nlicense: " + ("mit" if origin is None else origin["licence"].lower()) + "\n")
    assert f"- {config['dataset']}\n" in told and (origin is None or origin["source"] in told)
    assert all(metric["measured"] in told for metric in config["metrics"].values())
    assert config["training"]["date"] in told and (row or origin)
    assert row is None or row.licence in told and row.source in told
    assert f'genclass.load("{name}")' in told and all(label in told for label in config["classes"])


def test_a_card_tells_the_limits_of_an_answer_and_what_was_found_of_them():
    small, large = (card.card(paths.SHIPPED / name) for name in ("cifar10-airnet", "imagenet-efficientnet-lite0"))
    assert "is asked whether it shows any of these kinds. Below 42% for all of them together" in small
    assert "named with more than 80 % and without a warning" in small
    assert (
        "below a probability of 43% it says that it is not sure" in large and "of what it names 93.2% is right" in large
    )
    assert "`kinds`" not in large and "`unsure`" not in small


def test_a_card_leaves_the_checkpoint_as_it_is(tmp_path):
    files = {path.name: path.read_bytes() for path in (paths.SHIPPED / "mnist-airnet").iterdir()}
    for name, content in files.items():
        if name != card.FILE:
            (tmp_path / name).write_bytes(content)
    card.write(tmp_path)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == files
    checkpoint.verify(tmp_path, checkpoint.read_config(tmp_path))
