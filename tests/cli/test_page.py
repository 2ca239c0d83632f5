"""What the page is opened with: flags, variables of Gradio's programs, and what is told before anything is loaded."""

import gc
import importlib
import os
import socket
import sys
import types
import urllib.request

import pytest

from genclass.cli import main, page
from tests.helpers import code_of

VARIABLES = (page.HOST, page.PORT, page.ROOT_PATH, page.SHARE)


@pytest.fixture(autouse=True)
def no_variables(monkeypatch):
    for name in (*VARIABLES, "no_proxy", "NO_PROXY"):
        monkeypatch.setenv(name, "")


@pytest.fixture
def opened(monkeypatch):
    """What a page that does not open was to be opened with, one ``Namespace`` for each time."""
    found = []
    monkeypatch.setattr(importlib, "import_module", lambda name: types.SimpleNamespace(run=found.append))
    monkeypatch.setattr(gc, "disable", lambda: None)
    return found


@pytest.fixture
def taken():
    """A port at which something else listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def refused(capsys, *words):
    """(exit status, what is said last) of a page that does not open."""
    try:
        status = page.main([str(word) for word in words])
    except SystemExit as stop:  # argparse's own way out
        status = stop.code
    err = capsys.readouterr().err
    assert "Traceback" not in err
    return status, err.splitlines()[-1]


def test_the_page_is_a_command_like_the_others(opened, capsys):
    words = ["--port", "7999", "--public", "--embed-from", "https://lab.org"]
    assert main.main(["page", *words]) == 0 and page.main(words) == 0
    one, other = map(vars, opened)
    assert one["port"] == 7999 and one["public"] and other.items() <= one.items()
    with pytest.raises(SystemExit):
        main.main(["--help"])
    assert "page" in capsys.readouterr().out


def test_the_page_opens_here_alone_on_the_next_free_port_unless_told_otherwise(opened):
    page.main([])
    assert (opened[0].host, opened[0].port, opened[0].share, opened[0].root_path) == ("127.0.0.1", None, False, "")


def test_variables_are_the_defaults_of_flags_and_gradio_does_not_read_them_again(opened, monkeypatch, taken):
    for name, value in zip(VARIABLES, ("0.0.0.0", "7998", "/lab", "True")):
        monkeypatch.setenv(name, value)
    assert page.main([]) == 0 and not any(name in os.environ for name in VARIABLES)
    for name, value in zip(VARIABLES, ("nowhere.invalid", str(taken), "/lab", "false")):
        monkeypatch.setenv(name, value)
    assert page.main(["--host", "localhost", "--port", "7997", "--root-path", "/x", "--share"]) == 0
    found = [(args.host, args.port, args.root_path, args.share) for args in opened]
    assert found == [("0.0.0.0", 7998, "/lab", True), ("localhost", 7997, "/x", True)]


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        (page.PORT, "http", "http is no port"),
        (page.PORT, "0", "0 is no port"),
        (page.PORT, "65536", "65536 is no port"),
        (page.ROOT_PATH, "lab", "lab is no path such as /lab"),
        (page.SHARE, "perhaps", "GRADIO_SHARE must be one of: true, false"),
    ],
)
def test_bad_variables_are_told_in_a_sentence(name, value, sentence, opened, monkeypatch, capsys):
    monkeypatch.setenv(name, value)
    status, said = refused(capsys)
    assert status == 2 and sentence in said and not opened


def test_a_taken_port_that_was_asked_for_is_told_in_a_sentence(opened, monkeypatch, capsys, taken):
    sentence = f"genclass: Port {taken} is taken. Give another, or none: then the next free one from 7860 on is taken."
    assert refused(capsys, "--port", taken) == (1, sentence)
    monkeypatch.setenv(page.PORT, str(taken))
    assert refused(capsys) == (1, sentence) and not opened


@pytest.mark.parametrize("host", ["192.0.2.1", "2001:db8::1"])
def test_a_host_of_another_machine_is_told_in_a_sentence(host, opened, capsys):
    status, said = refused(capsys, "--host", host)
    assert status == 1 and said.startswith(f"genclass: The page can't be served at {host}: ") and not opened


def test_a_page_that_is_not_installed_is_told_in_a_sentence(monkeypatch, capsys):
    monkeypatch.setattr(gc, "disable", lambda: None)
    monkeypatch.setitem(sys.modules, "gradio", None)
    for name in [name for name in sys.modules if name.startswith("genclass.ui")]:
        monkeypatch.delitem(sys.modules, name)
    status, said = refused(capsys)
    assert status == 1 and said.startswith("genclass: The page needs g") and said.endswith("which is not installed.")


def test_logins_are_read(tmp_path):
    path = tmp_path / "logins"
    path.write_text("ada:love:lace\n\nalan:turing\n")
    assert page.read_logins(str(path)) == [("ada", "love:lace"), ("alan", "turing")]


@pytest.mark.parametrize(
    "content, code", [("", "no_logins"), ("ada", "bad_login"), (":x", "bad_login"), ("a:", "bad_login")]
)
def test_wrong_logins_are_told(tmp_path, content, code):
    path = tmp_path / "logins"
    path.write_text(content)
    assert code_of(page.read_logins, str(path)) == code


def test_a_missing_file_of_logins_is_told(tmp_path, capsys):
    assert code_of(page.read_logins, str(tmp_path / "nothing")) == "no_logins"
    assert "holds no logins" in refused(capsys, "--auth-file", tmp_path / "nothing")[1]


@pytest.mark.parametrize("address", ["https://a.example", "http://localhost:8000", "https://*.a.example"])
def test_sites_are_named_by_their_origin(address):
    assert page.read_origin(address) == address


@pytest.mark.parametrize("address", ["a.example", "*", "https://a.example/page", "https://a.example; script-src *", ""])
def test_what_is_no_site_is_told(address):
    assert code_of(page.read_origin, address) == "bad_origin"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({}, "localhost,127.0.0.1,::1"),
        ({"NO_PROXY": "lab.org"}, "lab.org,localhost,127.0.0.1,::1"),
        ({"no_proxy": "lab.org, ::1,localhost"}, "lab.org, ::1,localhost,127.0.0.1"),
        ({"no_proxy": "*"}, "*"),
    ],
)
def test_what_is_on_this_machine_is_asked_without_a_proxy(before, after, opened, monkeypatch):
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.setenv(name, before.get(name, ""))
    assert page.main([]) == 0 and os.environ["no_proxy"] == after
    monkeypatch.setenv("http_proxy", "http://proxy.example:3128")
    assert all(urllib.request.proxy_bypass(host) for host in page.LOOPBACK)
    assert urllib.request.proxy_bypass("data.example") == (after == "*")
