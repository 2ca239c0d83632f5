"""Two hosts inside this machine; ``python -m benchmarks.two_hosts`` is the long form.

They need root, and namespaces, which containers mostly forbid: there these tests are skipped.
"""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
import torch

from benchmarks import hosts, hosts_torchrun
from benchmarks import ranks as bench
from genclass.models import checkpoint, store

pytestmark = [pytest.mark.root, pytest.mark.skipif(hosts.missing() is not None, reason=str(hosts.missing()))]
PYTHON = (sys.executable, "-I")  # isolated: without what keeps tests from other machines
LISTEN = """
import socket
from genclass.train.distributed import connections
connections.ASK_SECONDS, connections.GONE_SECONDS = 1, 3
{}
connections.notice_loss()
print("joined", flush=True)
try:
    line.recv(1)
except OSError as error:
    print(error, flush=True)
"""
SERVE = "server = socket.create_server(('', 5000)); line, _ = server.accept()"
CALL = "line = socket.create_connection(('host1', 5000), 10)"


@pytest.fixture
def two(tmp_path, monkeypatch):
    monkeypatch.delenv("GENCLASS_OUTSIDE")  # from these two no way leads to another machine
    with hosts.two(tmp_path) as both:
        yield both


def wait_until(happens, seconds=60):
    limit = time.monotonic() + seconds
    while not happens():
        assert time.monotonic() < limit
        time.sleep(0.05)


def test_each_has_its_own_name_and_processes_and_knows_the_other(two):
    first, second = two.hosts
    assert [host.do("hostname").strip() for host in two.hosts] == ["host1", "host2"]
    asked = "import socket; print(socket.gethostbyname('host2'))"
    assert first.do(*PYTHON, "-c", asked).strip() == second.address
    second.start("sleep", "600", log=two.shared / "log")
    wait_until(lambda: [one.name() for one in second.processes()] == ["sleep"])
    assert not first.processes()


def test_nothing_they_send_goes_further(two):
    assert all("default" not in host.do("ip", "route") for host in two.hosts)


def test_a_connection_whose_cable_is_out_ends(two):
    """On both ends, though neither of them has anything to say."""
    logs = [two.shared / host.name for host in two.hosts]
    for host, log, begin in zip(two.hosts, logs, (SERVE, CALL), strict=True):
        begin = f"import time; time.sleep(1)\n{begin}" if begin == CALL else begin
        host.start(sys.executable, "-c", LISTEN.format(begin), log=log)
    wait_until(lambda: all("joined" in log.read_text() for log in logs))
    two.switch.pull(two.hosts[1])
    wait_until(lambda: all("timed out" in log.read_text() or "No route" in log.read_text() for log in logs), 20)


def test_a_host_that_is_switched_on_again_is_on_the_network(two):
    again = two.again(two.hosts[1])
    assert not again.processes()
    again.start(*PYTHON, "-m", "http.server", "5000", log=two.shared / "log")
    look = "import socket; socket.create_connection(('host2', 5000), 1)"
    tried = lambda: subprocess.run(two.hosts[0].inside(*PYTHON, "-c", look), capture_output=True).returncode == 0
    wait_until(tried)


@pytest.mark.skipif(hosts.storage_missing() is not None, reason=str(hosts.storage_missing()))
def test_what_touches_the_storage_hangs_while_the_cable_is_out_and_then_goes_on(two):
    folder, (first, second) = two.shared / "runs", two.hosts
    folder.mkdir()
    hosts.Storage(first, folder, two.shared / "log").mount(second)
    (folder / "near").write_text("seen")
    assert second.do("cat", str(folder / "near")) == "seen"
    two.switch.pull(second)
    late = second.start("touch", str(folder / "late"), log=two.shared / "log")
    with pytest.raises(subprocess.TimeoutExpired):
        late.wait(3)
    assert not (folder / "late").exists()
    two.switch.push(second)
    assert late.wait(60) == 0 and (folder / "late").exists()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_nothing_is_left_however_it_ends(number, tmp_path):
    code = f"""
import time
from pathlib import Path
from benchmarks import hosts
with hosts.two(Path({str(tmp_path)!r})) as two:
    two.hosts[0].start("sleep", "600", log=Path({str(tmp_path / "log")!r}))
    while not two.hosts[0].processes():
        time.sleep(0.05)
    print(hosts.DOOR, two.hosts[0].processes()[0].pid, *(host.pid for host in two.hosts), two.switch.pid, flush=True)
    time.sleep(600)
"""
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, cwd=hosts.ROOT) as script:
        door, *found = script.stdout.readline().split()
        device, found = Path("/sys/class/net", door), [int(pid) for pid in found]
        assert len(found) == 4 and device.exists()
        os.kill(script.pid, number)
    wait_until(lambda: not any(psutil.pid_exists(pid) for pid in found))
    wait_until(lambda: not device.exists())


def test_a_run_on_both_ends_with_the_weights_of_one_host_though_a_process_is_killed(two, monkeypatch):
    torch.set_num_threads(1)
    monkeypatch.setattr(hosts_torchrun, "ENDING_SECONDS", 0)  # torchrun's own end is not waited for
    alone = two.shared / "alone"
    assert bench.together(2, bench.eager, ["train", *hosts_torchrun.KINDS["gan"], "--out", str(alone)]) == [0, 0]
    expected = checkpoint.read_config(store.newest_model(alone))["sha256"]
    assert hosts_torchrun.run_of(two, "gan", "killed")[1] == expected
