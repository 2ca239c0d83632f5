"""Where others in the network find the page."""

import socket
from types import SimpleNamespace

import psutil
import pytest

from genclass.ui.server import invitation, serving


@pytest.fixture
def networks(monkeypatch):
    """This machine has these networks: {name: (address, whether it is up)}."""

    def have(found):
        of = lambda address: [SimpleNamespace(family=socket.AF_INET, address=address)]
        monkeypatch.setattr(psutil, "net_if_addrs", lambda: {name: of(address) for name, (address, _) in found.items()})
        stats = {name: SimpleNamespace(isup=up) for name, (_, up) in found.items()}
        monkeypatch.setattr(psutil, "net_if_stats", lambda: stats)

    have({"lo": ("127.0.0.1", True), "docker0": ("172.17.0.1", True), "eth0": ("169.254.3.4", True),
          "eth1": ("10.0.0.9", False), "wlan0": ("192.168.1.20", True)})  # fmt: skip
    return have


@pytest.fixture
def terminal(monkeypatch):
    """Standard output is a terminal."""
    screen = SimpleNamespace(encoding="utf-8", isatty=lambda: True)
    monkeypatch.setattr(invitation, "sys", SimpleNamespace(stdout=screen))
    return screen


@pytest.mark.parametrize(
    ("host", "found"),
    [
        ("127.0.0.1", None),
        ("localhost", None),
        ("::1", None),
        ("0.0.0.0", "http://192.168.1.20:7860/"),
        ("::", "http://192.168.1.20:7860/"),
        ("192.168.1.7", "http://HOST:7860/"),
        ("lab.school", "http://HOST:7860/"),
    ],
)
def test_the_address_is_that_of_the_network_in_which_others_are(networks, host, found):
    assert invitation.address(host, "http://HOST:7860/") == found


def test_a_machine_without_a_network_has_none(networks):
    networks({"lo": ("127.0.0.1", True)})
    assert invitation.address("0.0.0.0", "http://0.0.0.0:7860/") is None


def test_a_code_is_shown_in_a_terminal_and_nowhere_else(terminal, monkeypatch):
    lines = invitation.code("http://192.168.1.20:7860/").splitlines()
    assert len({len(line) for line in lines}) == 1 and set("".join(lines)) == set(" ▀▄█")
    for change in ({"encoding": "ascii"}, {"isatty": lambda: False}):
        with monkeypatch.context() as other:
            for name, value in change.items():
                other.setattr(terminal, name, value)
            assert invitation.code("http://192.168.1.20:7860/") == ""


@pytest.mark.parametrize("root_path", ["", "/lab"])
def test_the_start_shows_it_unless_a_proxy_stands_before_the_page(networks, terminal, root_path, monkeypatch, capsys):
    monkeypatch.setattr(serving, "_launched", lambda demo, **place: ("http://0.0.0.0:7861/", None))
    monkeypatch.setattr(serving.gc, "freeze", lambda: None)
    serving.serve(SimpleNamespace(block_thread=lambda: None), "0.0.0.0", 7861, root_path=root_path)
    said, there = capsys.readouterr().out, not root_path
    assert ("and in this network at http://192.168.1.20:7861/" in said) == there
    assert ("▀▀▀" in said) == there
