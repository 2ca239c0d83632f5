"""The form that asks for a run."""

from genclass.ui.train import form


def test_the_form_tells_what_it_will_take(lab, monkeypatch):
    known = {"precision": "float32", "seconds_per_step": 0.1}
    monkeypatch.setattr(form.machine, "known", lambda *_: known)
    fields = [32, 5e-4, 4e-4, 32, None, True, "non-saturating"]
    assert "2 min here: about 1,200 steps, 7.68 passes over 5,000" in form.estimate(
        "gan", "fashion-mnist-mini", "gan", 2, 0, 0, *fields
    )
    assert "about 312 steps, 2 passes" in form.estimate("gan", "fashion-mnist-mini", "gan", 2, 2, 0, *fields)
    assert "batch size must be between 2 and 4096" in form.estimate(
        "gan", "fashion-mnist-mini", "gan", 2, 0, 0, 1, *fields[1:]
    )
    titles = {name: title for title, name in form.choose_data("gan", "cifar10", "gan", "")["preset"]["choices"]}
    assert titles["gan"].startswith("gan: ") and "take 13 min here" in titles["gan"]
    assert next(iter(titles)) == "quick"


def test_fields_follow_the_preset():
    updates = form.choose_preset("classifier", "mnist", "airnet")
    assert updates["batch"]["value"] == 256 and updates["flip"]["value"] is False  # digits are not mirrored
    assert updates["loss"]["visible"] is False and updates["shift"]["visible"] is True
    assert "0 to 8" in updates["shift"]["info"]


def test_presets_are_those_that_make_sense_for_the_data():
    assert form.offered("classifier", "cifar10-mini") == ["airnet", "sprint", "classic-cnn"]
    assert form.offered("classifier", "cifar10") == ["airnet", "sprint", "minute", "ninety", "record", "classic-cnn"]
    assert form.offered("classifier", form.OWN) == ["airnet", "sprint", "classic-cnn", "transfer"]
    assert form.offered("gan", "fashion-mnist-mini") == ["quick", "gan", "classic-gan"]
    assert "transfer" in form.offered("gan", form.OWN)
    for source, preset in (("cifar10", "record"), ("mnist", "record"), ("cifar10-mini", "airnet")):
        assert form.choose_data("classifier", source, "record", None)["preset"]["value"] == preset
