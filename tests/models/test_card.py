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
    assert told.startswith("---\nlicense: mit\n") and f"- {config['dataset']}\n" in told
    assert all(metric["measured"] in told for metric in config["metrics"].values())
    row = catalog.SETS[config["dataset"]]
    assert row.licence in told and row.source in told and config["training"]["date"] in told
    assert f'genclass.load("{name}")' in told and all(label in told for label in config["classes"])


def test_a_card_leaves_the_checkpoint_as_it_is(tmp_path):
    files = {path.name: path.read_bytes() for path in (paths.SHIPPED / "mnist-airnet").iterdir()}
    for name, content in files.items():
        if name != card.FILE:
            (tmp_path / name).write_bytes(content)
    card.write(tmp_path)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == files
    checkpoint.verify(tmp_path, checkpoint.read_config(tmp_path))
