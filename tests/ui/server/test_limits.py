"""What a public page refuses, without a server."""

import json
import shutil
import types

import pytest
import torch
from gradio import context

from genclass.data import catalog
from genclass.data.imageset import save_packed
from genclass.errors import GenClassError
from genclass.jobs import bundle, runs
from genclass.networks.cnn import CLASSIFIERS
from genclass.networks.gan import GANS
from genclass.train.run.layout import Owner
from genclass.train.settings import Request
from genclass.ui.common import model_cache
from genclass.ui.server import limits, visitors
from genclass.ui.train import bring_model
from tests.helpers import code_of
from tests.stand_ins import small_set

ME, OTHER, NEIGHBOUR = Owner("me", "here"), Owner("other", "there"), Owner("neighbour", "here")


@pytest.fixture(autouse=True)
def public(monkeypatch, tmp_path):
    monkeypatch.setattr(limits, "now", limits.Limits(public=True))
    monkeypatch.setenv("GENCLASS_RUNS", str(tmp_path))


def start(request, owner):
    """A run that waits for ever; its id."""
    return runs.start(request, owner=owner, launch=lambda path: None)


def asked(minutes=1, **overrides):
    return Request("gan", "fashion-mnist-mini", "gan", overrides, minutes=minutes)


def from_address(host, **headers):
    return types.SimpleNamespace(client=types.SimpleNamespace(host=host), headers=headers)


def test_minutes_and_sizes_are_bounded():
    assert code_of(limits.check_start, asked(minutes=limits.PUBLIC_MINUTES + 1), ME) == "public_minutes"
    assert code_of(limits.check_start, asked(minutes=None), ME) == "public_minutes"
    for field, most in limits.PUBLIC_SIZES.items():
        assert code_of(limits.check_start, asked(**{field: most + 1}), ME) == "public_size"
    limits.check_start(asked(**limits.PUBLIC_SIZES), ME)


def test_a_stranger_has_nothing_downloaded(tmp_path, monkeypatch):
    monkeypatch.setenv("GENCLASS_DATA", str(tmp_path / "data"))
    for name in (name for name in catalog.names() if not catalog.SETS[name].part_of):
        assert code_of(limits.check_start, Request("gan", name, "gan", minutes=1), ME) == "not_at_hand"
    (tmp_path / "data").mkdir()
    save_packed(small_set(), tmp_path / "data" / "stl10.safetensors")
    limits.check_start(Request("gan", "stl10", "gan", minutes=1), ME)


def test_each_visitor_has_one_live_run_and_a_few_kept():
    run_id = start(asked(), ME)
    assert code_of(limits.check_start, asked(), ME) == "public_waiting"
    assert code_of(limits.check_resume, run_id, None, ME) == "public_waiting"
    limits.check_start(asked(), OTHER)
    assert code_of(limits.check_start, asked(), NEIGHBOUR) == "public_waiting"  # or one would pass for many
    for _ in range(limits.PUBLIC_RUNS - 1):
        start(asked(), ME)
    assert code_of(limits.check_start, asked(), ME) == "public_runs"


def test_more_minutes_must_be_a_number():
    run_id = start(asked(), ME)
    for minutes in ("5", float("nan"), True):
        assert code_of(limits.check_resume, run_id, minutes, ME) == "not_a_number"


def test_ones_own_page_has_no_bounds(monkeypatch):
    monkeypatch.setattr(limits, "now", limits.Limits())
    assert visitors.owner(from_address("192.0.2.1")) is None
    limits.check_start(asked(minutes=1000, width=256), None)


@pytest.fixture
def asking():
    """Lets events come from an address, as Gradio tells of them; None: while the page is built."""

    def ask(host):
        context.LocalContext.request.set(host and from_address(host))

    yield ask
    context.LocalContext.request.set(None)


def test_a_model_of_a_strangers_run_is_offered_to_nobody_else(asking, save_tiny):
    for name, owner in (("of-one", visitors.owner(from_address("192.0.2.1"))), ("of-the-owner", None)):
        path = runs.find(start(Request("gan", "fashion-mnist-mini", "gan", name=name, minutes=1), owner))
        shutil.copytree(save_tiny("gan", name=name), path / "model" / "1")
    for host, seen in (("192.0.2.1", True), ("192.0.2.2", False), (None, False)):
        asking(host)
        assert ("of-one" in model_cache.folders()) is seen
        assert "of-the-owner" in model_cache.folders()
    assert code_of(model_cache.folder_of, "of-one") == "unknown_model"
    with pytest.raises(GenClassError, match="of-the-owner") as caught:
        model_cache.folder_of("nothing")
    assert "of-one" not in str(caught.value)


def test_a_run_of_an_earlier_version_counts_for_its_address_and_is_nobodys(asking, save_tiny):
    mark = visitors.owner(from_address("192.0.2.1"))
    path = runs.find(start(Request("gan", "fashion-mnist-mini", "gan", name="old", minutes=1), mark))
    shutil.copytree(save_tiny("gan", name="old"), path / "model" / "1")
    config = json.loads((path / "config.json").read_text())
    (path / "config.json").write_text(json.dumps({**config, "owner": config.pop("address")}))
    assert code_of(limits.check_start, asked(), mark) == "public_waiting"
    asking("192.0.2.1")
    assert "old" not in model_cache.folders() and runs.status(path.name)["name"] == "old"


def test_a_model_that_is_brought_counts_and_belongs_to_who_brought_it(asking, save_tiny, tmp_path):
    bundle.pack(save_tiny("gan", name="brought"), tmp_path / "brought.zip")
    me = visitors.owner(from_address("192.0.2.1"))
    for _ in range(limits.PUBLIC_RUNS):
        limits.check_bring(me)
        bundle.bring(tmp_path / "brought.zip", me)
    assert code_of(limits.check_bring, me) == "public_runs"
    asking("192.0.2.2")
    assert "brought" not in model_cache.folders()


def test_strangers_bring_no_larger_models_than_they_can_train(asking, monkeypatch):
    brought = []
    monkeypatch.setattr(bundle, "bring", lambda path, owner, most: brought.append(most) or "0" * 32)
    monkeypatch.setattr(bring_model.uploads, "uploaded", lambda file: file)
    monkeypatch.setattr(bring_model.run_panel, "watch_new", lambda run_id, mine: {})
    bring_model.bring(None, None, from_address("192.0.2.1"))
    monkeypatch.setattr(limits, "now", limits.Limits())
    bring_model.bring(None, None, from_address("192.0.2.1"))
    assert brought == [40_000_000, 200_000_000]
    with torch.device("meta"):
        gan = GANS["classic-gan"]
        largest = [gan.generator(10, 3, 32), gan.discriminator(10, 3, 32)]
        airnet = CLASSIFIERS["airnet"](10, 3, 32, width=64, depth=3)
        sizes = [limits.PUBLIC_SIZES[name] for name in ("width", "discriminator_width", "z_dim")]
        generator = GANS["gan"].generator(10, 3, 32, width=sizes[0], z_dim=sizes[2])
        wide = [generator, GANS["gan"].discriminator(10, 3, 32, width=sizes[1], backbone=airnet)]
    for pair in (largest, wide):
        numbers = sum(value.numel() for network in pair for value in network.state_dict().values())
        assert 2 * numbers < limits.MAX_MODEL_BYTES[True]
