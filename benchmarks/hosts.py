"""Two hosts inside this one, for ``two_hosts.py``: Linux, root.

Each has its own network, name, processes and mounts, and the disk of this machine as the storage they share, unless
that is to go with the cable: ``Storage``. Both hang on a switch by a cable that can be pulled, and by another this
machine visits them: nothing they send goes further. All of it lives in processes that end with this one, however it
ends: nothing is left to be cleared up.
"""

import contextlib
import os
import random
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import FrameType

import psutil

ROOT = Path(__file__).parent.parent
NEEDS = ("ip", "tc", "nsenter", "unshare")
NETWORK = f"198.{18 + os.getpid() % 2}.{os.getpid() // 2 % 256}"  # of those for benchmarks (RFC 2544), each its own
VISITORS, DOOR = f"{NETWORK}.254", f"hosts-{os.getpid()}"  # this machine, as the hosts see it
BOOT_SECONDS = 10
SFTP, PORT = "/usr/lib/openssh/sftp-server", 2049
STORAGE_NEEDS = ("sshfs", "socat", SFTP)


def missing() -> str | None:
    """Why there can't be two hosts here, or None."""
    absent = [tool for tool in NEEDS if shutil.which(tool) is None]
    if absent:
        return f"two hosts need Linux and {', '.join(absent)}"
    if os.geteuid():
        return "two hosts need root"
    tried = subprocess.run(["unshare", "--net", "--pid", "--mount", "--fork", "true"], capture_output=True)
    return "two hosts need namespaces, which are not allowed here" if tried.returncode else None


class Namespaces:
    """A process that holds namespaces open: whatever runs in them dies with it, and it dies with this process."""

    def __init__(self, *kinds: str) -> None:
        # `cat` ends when the pipe to it does, that is with this process, even a killed one.
        words = ["unshare", *(f"--{kind}" for kind in kinds), "--fork", "--kill-child", "cat"]
        self.holder = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
        self.pid = self._child()

    def _child(self) -> int:
        limit = time.monotonic() + BOOT_SECONDS
        while time.monotonic() < limit:
            for child in psutil.Process(self.holder.pid).children():
                if child.name() == "cat":
                    return child.pid
            time.sleep(0.01)
        raise TimeoutError("no namespaces")

    def inside(self, *words: str) -> list[str]:
        """The command that runs another in these namespaces, in the folder of this program."""
        return ["nsenter", "--target", str(self.pid), "--all", "env", "-C", str(ROOT), *words]

    def do(self, *words: str) -> str:
        """What a command prints that must succeed here."""
        return subprocess.run(self.inside(*words), check=True, capture_output=True, text=True).stdout

    def start(self, *words: str, log: Path, **environment: str) -> subprocess.Popen[bytes]:
        """Start a process here; what it says goes to the end of a file."""
        with open(log, "ab") as file:
            surroundings = {**os.environ, **environment}
            return subprocess.Popen(
                self.inside(*words), stdin=subprocess.DEVNULL, stdout=file, stderr=file, env=surroundings
            )

    def close(self) -> None:
        """Kill everything that runs here, at once and without a word, as a power failure would."""
        self.holder.kill()
        self.holder.communicate()
        with contextlib.suppress(psutil.NoSuchProcess):
            psutil.Process(self.pid).wait(BOOT_SECONDS)  # for the last of them


class Switch(Namespaces):
    """What both hosts' cables end in."""

    def __init__(self) -> None:
        super().__init__("net")
        self.do("ip", "link", "set", "lo", "up")
        self.do("ip", "link", "add", "bridge", "type", "bridge")
        self.do("ip", "link", "set", "bridge", "up")
        self._let_visitors_in()

    def _let_visitors_in(self) -> None:
        """A cable to this machine itself, by which it visits the hosts; it passes nothing on."""
        self.do("ip", "link", "add", "door", "type", "veth", "peer", "name", DOOR, "netns", str(os.getpid()))
        self.do("ip", "link", "set", "door", "master", "bridge", "up")
        subprocess.run(["ip", "address", "add", f"{VISITORS}/24", "dev", DOOR], check=True)
        subprocess.run(["ip", "link", "set", DOOR, "up"], check=True)

    def plug(self, host: "Host") -> None:
        """Lay a cable to a host."""
        self.do("ip", "link", "add", host.name, "type", "veth", "peer", "name", "eth0", "netns", str(host.pid))
        self.do("ip", "link", "set", host.name, "master", "bridge", "up")

    def pull(self, host: "Host") -> None:
        """The host's cable: no carrier from now on."""
        self.do("ip", "link", "set", host.name, "down")

    def push(self, host: "Host") -> None:
        """The cable is back."""
        self.do("ip", "link", "set", host.name, "up")


class Host(Namespaces):
    """A machine: its name leads to its address on either of them."""

    def __init__(self, number: int, switch: Switch, names: Path) -> None:
        super().__init__("net", "uts", "pid", "mount", "mount-proc")
        self.number, self.name, self.address, self.switch = number, f"host{number}", f"{NETWORK}.{number}", switch
        self.do("hostname", self.name)
        # torchrun tells machines apart by name and process: one that is switched on again must not number as before.
        self.do("sh", "-c", f"echo {random.randrange(1000, 30000)} > /proc/sys/kernel/ns_last_pid")
        self.do("mount", "--bind", str(names), "/etc/hosts")
        switch.plug(self)
        for device in ("lo", "eth0"):
            self.do("ip", "link", "set", device, "up")
        self.do("ip", "address", "add", f"{self.address}/24", "dev", "eth0")

    def processes(self) -> list[psutil.Process]:
        """All that run here but the first."""
        first = psutil.Process(self.pid)
        own = os.readlink(f"/proc/{self.pid}/ns/pid")
        return [process for process in psutil.process_iter() if process != first and _namespace(process) == own]


def storage_missing() -> str | None:
    """Why there can't be storage over the cable here, or None."""
    absent = [tool for tool in STORAGE_NEEDS if shutil.which(tool) is None]
    return f"storage over the cable needs {', '.join(absent)}" if absent else None


class Storage:
    """A folder on the disk of one host, which others reach over their cables, by SFTP.

    It is what a hard NFS mount is: with the cable out, whatever touches the folder hangs, for as long as that takes,
    and goes on by itself as if nothing had been, what it was just writing first. Locks are each host's own, as sshfs
    has no others: NFS 4 gives those of a host away that has been silent for longer than its lease (90 s).
    """

    def __init__(self, host: Host, folder: Path, log: Path) -> None:
        if told := storage_missing():
            raise FileNotFoundError(told)
        self.host, self.folder, self.log = host, folder, log
        host.start("socat", f"TCP-LISTEN:{PORT},fork,reuseaddr", f"EXEC:{SFTP}", log=log)
        tried, limit = host.inside("socat", "/dev/null", f"TCP:{host.name}:{PORT}"), time.monotonic() + BOOT_SECONDS
        while subprocess.run(tried, capture_output=True).returncode:
            if time.monotonic() > limit:
                raise TimeoutError(log.read_text())
            time.sleep(0.05)

    def mount(self, host: Host) -> None:
        """Put it, on another host, where it lies on its own."""
        place = f"{self.host.name}:{self.folder}"
        words = ["-f", "-o", f"directport={PORT},dir_cache=no", place, str(self.folder)]
        limit = time.monotonic() + BOOT_SECONDS
        mounting = host.start("sshfs", *words, log=self.log)
        while subprocess.run(host.inside("mountpoint", "-q", str(self.folder))).returncode:
            if mounting.poll() is not None or time.monotonic() > limit:
                raise RuntimeError(self.log.read_text()[-2000:])
            time.sleep(0.1)


def _namespace(process: psutil.Process) -> str | None:
    try:
        return os.readlink(f"/proc/{process.pid}/ns/pid")
    except OSError:  # it has just ended
        return None


def limit(rate: str | None) -> None:
    """What the cable of the host on which this runs carries of what it sends, as ``tc`` has it: "100mbit"; or all."""
    subprocess.run(["tc", "qdisc", "delete", "dev", "eth0", "root"], capture_output=True)  # there may be none
    if rate is not None:
        shaped = ["root", "tbf", "rate", rate, "burst", "256kb", "latency", "100ms"]
        subprocess.run(["tc", "qdisc", "add", "dev", "eth0", *shaped], check=True)


class Two:
    """Both hosts and their switch; ``shared`` is a folder on the storage that both see."""

    def __init__(self, shared: Path) -> None:
        self.shared, self.names = shared, shared / "hosts"
        lines = [f"{NETWORK}.{number} host{number}" for number in (1, 2)]
        self.names.write_text("127.0.0.1 localhost\n" + "\n".join(lines) + "\n")
        self.switch, self.hosts = Switch(), []
        try:
            self.hosts += [Host(number, self.switch, self.names) for number in (1, 2)]
        except BaseException:
            self.close()
            raise

    def again(self, host: Host) -> Host:
        """A host that lost its power is switched on: the same name and address, and nothing runs there."""
        host.close()
        with contextlib.suppress(subprocess.CalledProcessError):  # its cable went with it
            self.switch.do("ip", "link", "delete", host.name)
        self.hosts[host.number - 1] = Host(host.number, self.switch, self.names)
        return self.hosts[host.number - 1]

    def close(self) -> None:
        for part in (parts := [*self.hosts, self.switch]):
            part.holder.kill()  # all of them first: the kernel takes seconds to clear up after each
        for part in parts:
            part.close()


@contextlib.contextmanager
def two(shared: Path) -> Iterator[Two]:
    """Two hosts that are gone afterwards, whatever happens; SIGTERM ends what is tried with them like Ctrl-C."""

    def end(signum: int, frame: FrameType | None) -> None:
        raise SystemExit(128 + signum)

    before = signal.signal(signal.SIGTERM, end)
    both = Two(shared)
    try:
        yield both
    finally:
        both.close()
        signal.signal(signal.SIGTERM, before)


def kill(processes: Sequence[psutil.Process]) -> None:
    """SIGKILL to all of them."""
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
