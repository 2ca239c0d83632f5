import json

import pytest

from genclass.errors import GenClassError
from genclass.models import checkpoint, facts


def test_parameters_are_those_that_training_changes_and_no_statistics(save_tiny):
    folder = save_tiny("classifier")
    network, _ = checkpoint.load_network(folder)
    assert facts.of("tiny", folder).parameters == sum(value.numel() for value in network.parameters())


def test_size_is_that_of_the_folder(save_tiny):
    folder = save_tiny("gan")
    assert facts.of("tiny", folder).size == sum(path.stat().st_size for path in folder.iterdir())


def test_qualities_are_named_as_what_they_are(save_tiny):
    folder = save_tiny("gan")
    config = json.loads((folder / "config.json").read_text())
    config["metrics"] = {"class_agreement": {"value": 0.9}, "frechet_a-airnet": {"value": 7.5, "samples": 10}}
    (folder / "config.json").write_text(json.dumps(config))
    one = facts.of("tiny", folder)
    assert one.qualities == {"frechet": facts.Quality("frechet", 7.5, "a-airnet", 10)}
    assert one.quality.value == 7.5


def test_what_was_measured_here_fills_in_and_the_record_goes_first(save_tiny):
    folder = save_tiny("classifier")
    sha256 = checkpoint.read_config(folder)["sha256"]["model.safetensors"]
    assert facts.of("tiny", folder).quality is None
    facts.keep(sha256, {"accuracy": 0.5, "samples": 30})
    assert facts.of("tiny", folder).quality == facts.Quality("accuracy", 0.5, samples=30, here=True)
    config = checkpoint.read_config(folder) | {"metrics": {"accuracy": {"value": 0.75}}}
    (folder / "config.json").write_text(json.dumps(config))
    assert facts.of("tiny", folder).quality == facts.Quality("accuracy", 0.75)


def test_measurements_add_up_and_leave_the_checkpoint_alone(save_tiny):
    folder = save_tiny("classifier")
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    facts.keep("abc", {"a": 1, "b": 2})
    facts.keep("abc", {"b": 3})
    assert facts.measured_here("abc") == {"a": 1, "b": 3} and facts.measured_here("other") == {}
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_a_torn_measurement_counts_as_none(tmp_path, monkeypatch):
    monkeypatch.setenv("GENCLASS_RUNS", str(tmp_path))
    facts.keep("abc", {"a": 1})
    (tmp_path / facts.MEASURED / "abc.json").write_text('{"a": ')
    assert facts.measured_here("abc") == {}


@pytest.mark.parametrize("kind", ["classifier", "gan"])
def test_time_for_one_image_is_measured_once(kind, save_tiny, monkeypatch):
    folder = save_tiny(kind)
    sha256 = f"once-{kind}"
    assert facts.milliseconds_so_far(sha256) is None
    first = facts.milliseconds_per_image(folder, sha256)
    assert 0 < first < 10_000
    monkeypatch.setattr(facts, "milliseconds", lambda *given: pytest.fail("measured twice"))
    assert facts.milliseconds_per_image(folder, sha256) == facts.milliseconds_so_far(sha256) == first


def test_what_a_model_began_as_was_trained_too(save_tiny):
    folder = save_tiny("gan")
    config = checkpoint.read_config(folder)
    began = {"seconds": 442, "machine": "Xeon, 16 cores, NVIDIA H100"}
    for before, seconds, gpu in [(began, 500, "NVIDIA H100"), ({}, None, None)]:
        config["training"] = {"seconds": 58, "machine": "EPYC, 2 cores", "before": before}
        (folder / "config.json").write_text(json.dumps(config))
        told = facts.of("tiny", folder)
        assert (told.seconds, told.gpu) == (seconds, gpu)
    (folder / "config.json").write_text(json.dumps(config | {"training": {"before": 5}}))
    with pytest.raises(GenClassError, match="damaged"):
        facts.of("tiny", folder)
