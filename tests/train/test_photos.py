"""Training that begins with a network that knows ImageNet: which one a run chooses, what learns, what comes out."""

import dataclasses
import threading

import pytest
import torch
from safetensors.torch import save_file

import genclass
from genclass import paths
from genclass.analysis import own_kinds
from genclass.data import sources
from genclass.data.imageset import save_packed
from genclass.models import checkpoint, known_kinds, store
from genclass.models.classifier import Classifier
from genclass.train import loop, machine, photos
from genclass.train.finetune import CLASSIFIER, LastBlockTrainer
from genclass.train.photos import LastStagesTrainer, changed
from genclass.train.run import layout as run_folder
from genclass.train.settings import Request
from genclass.train.trainer import beginning_of, make_trainer
from tests.helpers import code_of
from tests.stand_ins import SHIPPED, config_of, save_network, small_set
from tests.train.runs import final_weights, same, train_in_stretches

BEGINNING = {"model": store.KNOWS_MOST}


@pytest.fixture(autouse=True)
def shipped(tmp_path_factory, monkeypatch):
    """The shipped classifier of small photos, and an ImageNet network whose weights nobody has trained."""
    folder = tmp_path_factory.mktemp("shipped")
    (folder / CLASSIFIER).symlink_to(SHIPPED / CLASSIFIER)
    config = config_of("classifier", {"name": "timm", "model": "tf_efficientnet_lite0"}, size=96, name=store.KNOWS_MOST)
    torch.manual_seed(0)
    network = checkpoint.build(config)
    checkpoint.save(folder / store.KNOWS_MOST, config, {"model": network})
    monkeypatch.setattr(paths, "SHIPPED", folder)
    return folder


def own_set(**shape):
    return dataclasses.replace(small_set(**{"count": 24, "size": 40, **shape}), name="own")


def trainer_of(beginning, total=8, **shape):
    request = Request("classifier", "own", "transfer", {"batch": 8})
    return make_trainer(request, own_set(**shape), total, beginning=beginning)


def changes(trainer, steps):
    """Names of the weights that so many steps change."""
    before = {key: value.clone() for key, value in trainer.network.state_dict().items()}
    for step in steps:
        assert all(value.isfinite() for value in trainer.step(step).values())
    return {key for key, value in trainer.network.state_dict().items() if not torch.equal(value, before[key])}


@pytest.mark.parametrize("channels", [1, 3])
def test_first_the_head_learns_then_the_last_stages_with_it(channels):
    trainer = trainer_of(BEGINNING, channels=channels)
    assert type(trainer) is LastStagesTrainer
    head = {"network.classifier.weight", "network.classifier.bias"}
    alone = round(photos.HEAD_SHARE * 8)
    assert changes(trainer, range(alone)) == head
    later = changes(trainer, range(alone, 8))
    assert head < later and all(key.startswith(("network.blocks.5.", "network.blocks.6.", "network.conv_head",
                                                "network.bn2", *head)) for key in later)  # fmt: skip
    assert not any("running" in key for key in later), "the norms keep their statistics"


def test_what_the_early_stages_see_is_computed_once(monkeypatch):
    computed = []
    monkeypatch.setattr(photos, "CHUNK", 3)
    real = LastStagesTrainer._early
    monkeypatch.setattr(
        LastStagesTrainer, "_early", lambda self, view, some: computed.append(view) or real(self, view, some)
    )
    imageset, request = own_set(), Request("classifier", "own", "transfer", {"batch": 8})
    for _ in range(2):
        trainer = make_trainer(request, imageset, 8, beginning=BEGINNING)
        for step in range(8):
            trainer.step(step)
    chunks, views = -(-len(imageset.train_images) // photos.CHUNK), min(photos.VIEWS, -(-8 // trainer.order.steps))
    assert computed == [view for view in range(views) for _ in range(chunks)]


@pytest.mark.parametrize("cores", [1, 3])
def test_chunks_are_computed_on_all_cores_and_come_in_order(cores, monkeypatch):
    monkeypatch.setattr(machine, "cores", lambda: cores)
    monkeypatch.setattr(torch, "get_num_threads", lambda: 1)
    began, together = threading.Barrier(cores), []

    def compute(some):
        if some[0] < cores * photos.CHUNK:
            together.append(began.wait(10))  # until as many are under way
        return some * 2

    given = torch.arange(3 * photos.CHUNK + 1)
    assert torch.equal(photos.of_chunks(compute, given), given * 2)
    assert len(together) == cores


def test_more_images_than_are_kept_give_the_same(monkeypatch):
    kept = trainer_of(BEGINNING)
    some = torch.arange(8)
    monkeypatch.setattr(photos, "KEPT", 2)
    fresh = trainer_of(BEGINNING)
    assert torch.allclose(fresh.maps(0, some), kept.maps(0, some), atol=1e-4)
    assert {key[0] for key in fresh.known} == {"seeing", "precision"}


def test_a_run_chooses_by_images_that_were_left_out(monkeypatch):
    request, imageset = Request("classifier", "own", "transfer"), own_set()
    found = beginning_of(request, imageset)
    assert set(found["left_out"]) == {store.KNOWS_MOST, CLASSIFIER} and found == beginning_of(request, imageset)
    assert found["left_out"][found["model"]] == max(found["left_out"].values())
    monkeypatch.setattr(photos, "left_out_accuracy", lambda x, *rest: float(x.shape[1] == 1280))
    found = beginning_of(request, own_set())
    assert found["model"] == store.KNOWS_MOST
    monkeypatch.setattr(photos, "left_out_accuracy", lambda x, *rest: float(x.shape[1] != 1280))
    assert beginning_of(request, own_set())["model"] == CLASSIFIER
    assert type(make_trainer(request, own_set(), 8)) is LastBlockTrainer


def striped(channels, size):
    """Images whose classes differ in the direction of their stripes."""
    imageset = own_set(count=60, channels=channels, size=size)
    across = (torch.arange(size) % 4 < 2).expand(size, size)
    ways = torch.stack([across, across.T, across ^ across.T]).to(torch.uint8) * 120
    drawn = imageset.train_images // 4 + ways[imageset.train_labels.long(), None]
    return dataclasses.replace(imageset, train_images=drawn)


@pytest.mark.parametrize(("blind", "chosen"), [(CLASSIFIER, store.KNOWS_MOST), (store.KNOWS_MOST, CLASSIFIER)])
@pytest.mark.parametrize(("channels", "size"), [(1, 28), (3, 32)])
def test_of_grey_and_small_images_a_run_takes_the_network_that_tells_them_apart(blind, chosen, channels, size, shipped):
    network, config = checkpoint.load_network(shipped / blind)
    for value in network.parameters():
        value.data.zero_()
    (shipped / blind).rename(shipped / "before")
    checkpoint.save(shipped / blind, config, {"model": network})
    found = beginning_of(Request("classifier", "own", "transfer"), striped(channels, size))
    assert found["model"] == chosen and found["left_out"][chosen] > 0.9 > 0.6 > found["left_out"][blind]


def test_many_small_images_are_not_enlarged(monkeypatch):
    monkeypatch.setattr(photos, "ENLARGED", 5)
    request = Request("classifier", "own", "transfer")
    assert beginning_of(request, own_set()) == {"model": CLASSIFIER}
    assert beginning_of(Request("classifier", "own", "airnet"), own_set()) == {}


def test_a_beginning_that_is_gone_is_told(shipped):
    (shipped / store.KNOWS_MOST).rename(shipped / "elsewhere")
    assert code_of(trainer_of, BEGINNING) == "no_beginning"
    assert beginning_of(Request("classifier", "own", "transfer"), own_set()) == {"model": CLASSIFIER}


def test_resume_gives_the_same_weights_bit_for_bit(tmp_path, monkeypatch):
    monkeypatch.setattr(sources, "load", lambda *arguments, **options: own_set())
    monkeypatch.setattr("genclass.train.loop.beginning_of", lambda *given, **more: BEGINNING)
    runs = []
    for name, stops in (("whole", ()), ("parts", (1, 3))):
        asked = Request("classifier", "cifar10-mini", "transfer", {"batch": 8, "epochs": 4}, threads=1)
        run_folder.create(tmp_path / name, asked)
        runs.append(final_weights(train_in_stretches(tmp_path / name, monkeypatch, *stops)))
        photos._known.clear()
    assert same(*runs)


def test_a_run_records_its_beginning_and_keeps_to_it(tmp_path, monkeypatch):
    monkeypatch.setattr(sources, "load", lambda *arguments, **options: own_set())
    run_folder.create(tmp_path / "run", Request("classifier", "cifar10-mini", "transfer", {"batch": 8, "epochs": 2}))
    monkeypatch.setattr(photos, "left_out_accuracy", lambda x, *rest: float(x.shape[1] == 1280))
    list(loop.train(tmp_path / "run"))
    fixed = run_folder.read_config(tmp_path / "run")["fixed"]
    model = genclass.load(tmp_path / "run")
    assert fixed["begun_with"]["model"] == store.KNOWS_MOST and model.config["training"]["fixed"] == fixed
    assert model.config["architecture"]["name"] == "timm" and model.config["preprocess"]["interpolation"] == "lanczos"
    heat = [file.name for file in (tmp_path / "run" / "samples").glob("*-heat.png")]
    assert heat == [f"{fixed['total']}-heat.png"]


def test_an_earlier_run_goes_on_as_it_began(tmp_path, monkeypatch):
    monkeypatch.setattr(sources, "load", lambda *arguments, **options: own_set(size=32))
    run_folder.create(tmp_path / "run", Request("classifier", "cifar10-mini", "transfer", {"batch": 8, "epochs": 2}))
    config = run_folder.read_config(tmp_path / "run")
    fixed = {"total": 2, "precision": "float32", "threads": 1, "device": "cpu", "processes": 1, "steps_per_epoch": 1}
    loop.RunFolder(tmp_path / "run").fix(fixed)
    assert config["fixed"] is None
    list(loop.train(tmp_path / "run"))
    assert genclass.load(tmp_path / "run").config["architecture"]["name"] == "airnet"


def test_what_comes_out_is_an_ordinary_model(tmp_path):
    trainer = trainer_of(BEGINNING)
    for step in range(8):
        trainer.step(step)
    checkpoint.save(tmp_path / "own", trainer.config, trainer.networks())
    classifier = Classifier.load(tmp_path / "own")
    images = trainer.imageset.test_images
    assert images.shape[2] == classifier.image_size == 96
    assert torch.allclose(classifier.predict_prepared(images), trainer.predict(images), atol=0.02)


def test_views_differ_and_are_drawn_from_their_generator():
    x = torch.rand(4, 3, 32, 32)
    one, again, other = (changed(x, True, torch.Generator().manual_seed(seed)) for seed in (1, 1, 2))
    assert torch.equal(one, again) and not torch.equal(one, other) and one.shape == x.shape
    assert all(not torch.equal(a, b) for a, b in zip(one, x)) and one.isfinite().all()


@pytest.fixture
def fetched():
    """The name of a classifier of timm that was fetched, with weights that nobody has trained."""
    name = "timm-test-resnet"
    config = config_of("classifier", {"name": "timm", "model": "test_resnet"}, size=96, name=name)
    save_network(paths.fetched_dir(), name, config)
    return name


def test_a_run_begins_with_a_fetched_classifier_where_that_is_asked_for(fetched, tmp_path, monkeypatch):
    monkeypatch.setattr(sources, "load", lambda *arguments, **options: own_set())
    asked = Request("classifier", "cifar10-mini", "transfer", {"batch": 8, "epochs": 2, "backbone": fetched})
    run_folder.create(tmp_path / "run", asked)
    list(loop.train(tmp_path / "run"))
    model = genclass.load(tmp_path / "run")
    assert model.config["architecture"] == {"name": "timm", "model": "test_resnet"} and len(model.classes) == 3
    assert run_folder.read_config(tmp_path / "run")["fixed"]["begun_with"] == {"model": fetched}
    assert model.predict_prepared(own_set().test_images[:2].new_zeros(2, 3, 96, 96)).shape == (2, 3)


@pytest.mark.parametrize(("name", "code"), [("timm-gone", "no_beginning"), ("cifar10-gan", "unfit_beginning")])
def test_what_can_not_be_begun_with_fails_with_a_sentence_and_leaves_no_model(name, code, shipped, tmp_path):
    (shipped / "cifar10-gan").symlink_to(SHIPPED / "cifar10-gan")
    data = tmp_path / "own.safetensors"
    save_packed(own_set(), data)
    run_folder.create(tmp_path / "run", Request("classifier", "own", "transfer", {"backbone": name}))
    data.rename(tmp_path / "run" / "data.safetensors")
    assert code_of(lambda: list(loop.train(tmp_path / "run"))) == code
    status = run_folder.read_status(tmp_path / "run")
    assert (status["state"], status["error"]["code"]) == ("failed", code) and not (tmp_path / "run" / "model").exists()


def test_names_of_backbones_are_checked(tmp_path):
    for bad in ("../x", "", 3, True, None, "A"):
        assert code_of(Request, "classifier", "own", "transfer", {"backbone": bad}) == "bad_name"
    assert code_of(Request, "classifier", "own", "airnet", {"backbone": "auto"}) == "unknown_setting"


@pytest.fixture
def knows_many(shipped):
    """The ImageNet network with as many classes as it has, and what it makes of photos of other things."""
    (shipped / store.KNOWS_MOST).rename(shipped / "of-three")
    many, architecture = [f"kind-{index}" for index in range(1000)], {"name": "timm", "model": "tf_efficientnet_lite0"}
    save_network(shipped, store.KNOWS_MOST, config_of("classifier", architecture, many, size=96, name=store.KNOWS_MOST))
    scores = torch.randn(30, 1000, generator=torch.Generator().manual_seed(0))
    save_file({"scores": known_kinds.scores(scores.softmax(1))}, shipped / store.KNOWS_MOST / own_kinds.FILE)


@pytest.mark.parametrize("backbone", [store.KNOWS_MOST, CLASSIFIER])
def test_a_finished_run_says_when_a_photo_shows_none_of_its_kinds(backbone, knows_many, tmp_path, monkeypatch):
    monkeypatch.setattr(sources, "load", lambda *arguments, **options: own_set(count=40, size=96))
    asked = Request("classifier", "cifar10-mini", "transfer", {"batch": 8, "epochs": 1, "backbone": backbone})
    run_folder.create(tmp_path / "run", asked)
    list(loop.train(tmp_path / "run"))
    model = genclass.load(tmp_path / "run")
    kinds, unfamiliar = model.config["kinds"], model.config["unfamiliar"]
    assert known_kinds.has_limit(model) and 0 <= kinds["share"] <= 1 and "20 photos of its own" in kinds["measured"]
    assert unfamiliar["measured"].startswith("at most 5% of 20 held-out images")


def test_of_pictures_that_are_no_photos_only_their_own_limits_are_told(knows_many, tmp_path):
    trainer = trainer_of({"model": CLASSIFIER}, size=32)
    assert trainer.limits().keys() == {"unfamiliar"}


@pytest.mark.parametrize(("total", "tuned"), [(8, 3.2), (60, 24), (120, 24), (1860, 372)])
def test_the_last_stages_learn_in_few_steps(total, tuned):
    assert trainer_of(BEGINNING, total).alone == pytest.approx(total - tuned)
