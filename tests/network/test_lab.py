"""Labs come and go: an end of any kind leaves nothing behind, and two at once do not meet."""

import os
import re
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from scenarios import launch

pytestmark = [pytest.mark.network, pytest.mark.skipif(os.geteuid() != 0 or launch.obstacle("") is not None,
                                                      reason="needs root and what a lab runs")]
SRXNF = (sys.executable, "-P", "-c", "from nf.cli.main import main; main()")
PATIENCE = 60.0  # seconds
STORY = "bypass_without_services"


@dataclass
class Kept:
    """A lab that was asked to stay up: its leader, its first process and what it said."""

    leader: subprocess.Popen[str]
    first: int
    said: str

    def wait_for_end(self) -> None:
        """Wait until the first process inside is gone; the kernel lets it go only after all others."""
        try:
            descriptor = os.pidfd_open(self.first)
        except ProcessLookupError:
            return
        ready, _, _ = select.select([descriptor], [], [], PATIENCE)
        os.close(descriptor)
        assert ready


@contextmanager
def kept_lab() -> Iterator[Kept]:
    leader = subprocess.Popen(
        [*SRXNF, "run", STORY, "--keep"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        env={**os.environ, "PYTHONPATH": str(launch.SOURCE)})
    try:
        assert leader.stdout is not None
        said = ""
        for line in leader.stdout:
            said += line
            if line.startswith("Ctrl-C"):
                break
        found = re.search(r"nsenter --target (\d+)", said)
        assert found, said
        yield Kept(leader, int(found[1]), said)
    finally:
        leader.kill()
        leader.wait()


def processes_in(namespace: Path) -> set[int]:
    """Processes of a PID namespace, as this machine sees them."""
    found = set()
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                if (entry / "ns/pid").readlink() == namespace:
                    found.add(int(entry.name))
            except OSError:
                continue  # it has just ended
    return found


def own_links() -> set[str]:
    return {link.name for link in Path("/sys/class/net").iterdir()}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_an_end_of_any_kind_leaves_nothing(number: signal.Signals) -> None:
    before = own_links()
    with kept_lab() as lab:
        namespace = Path(f"/proc/{lab.first}/ns/pid").readlink()
        assert len(processes_in(namespace)) > 8  # hosts, switch, controller, network function, nginx
        lab.leader.send_signal(number)
        lab.wait_for_end()
        assert processes_in(namespace) <= {lab.first}  # dead, but perhaps not yet waited for
        status = lab.leader.wait(PATIENCE)
    assert status == (130 if number is signal.SIGINT else -number)
    assert not {link for link in own_links() - before if re.match(r"s1|srx1|client|server", link)}
    assert not Path("/run/srxnf").exists()


def test_the_first_process_inside_takes_everything_with_it() -> None:
    with kept_lab() as lab:
        namespace = Path(f"/proc/{lab.first}/ns/pid").readlink()
        os.kill(lab.first, signal.SIGKILL)
        lab.wait_for_end()
        assert processes_in(namespace) <= {lab.first}  # dead, but perhaps not yet waited for
        rest, _ = lab.leader.communicate(timeout=PATIENCE)
    assert rest.strip() == f"srxnf: {STORY}: the lab has ended by itself"
    assert lab.leader.returncode == 2


def test_two_at_once_do_not_meet() -> None:
    with kept_lab() as one, kept_lab() as other:
        assert Path(f"/proc/{one.first}/ns/net").readlink() != Path(f"/proc/{other.first}/ns/net").readlink()
        for lab in (one, other):
            assert f"{STORY}: as expected" in lab.said
        one.leader.send_signal(signal.SIGINT)
        one.wait_for_end()
        assert "10.0.0.1/24" in ask(other, "client1", "ip -brief address")


def ask(lab: Kept, host: str, command: str) -> str:
    """Go in the way that was printed, and ask there."""
    (way,) = re.findall(rf"(nsenter .*) bash  # {host}$", lab.said, re.MULTILINE)
    return subprocess.run([*way.split(), *command.split()], capture_output=True, text=True, check=True).stdout


def test_the_ways_in_lead_to_every_host() -> None:
    with kept_lab() as lab:
        assert "10.0.0.101/24" in ask(lab, "server1", "ip -brief address")
        assert "10.0.0.2/24" in ask(lab, "client2", "ip -brief address")
        assert "srx1-eth1" in ask(lab, "srx1", "ip -brief link")
        (way,) = re.findall(r"(nsenter .* cli --control \S+)  # the SRX$", lab.said, re.MULTILINE)
        shown = subprocess.run([*way.split(), "-c", "show security monitoring"], capture_output=True, text=True, check=True)
        assert "FPC" in shown.stdout
