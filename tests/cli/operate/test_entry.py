"""`srxnf cli` as a process: status, streams, lines from a pipe."""

import subprocess
import sys
from pathlib import Path

from tests.helpers.loopback_network import Network

SRXNF = Path(sys.executable).with_name("srxnf")


def cli(control: Path, *arguments: str, lines: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run([SRXNF, "cli", "--control", control, *arguments], input=lines, capture_output=True, text=True,
                          check=False)


def test_one_command(network: Network) -> None:
    done = cli(network.proxy.control, "-c", "sh sec mon | last 1")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.split()[:2] == ["1", "3"]


def test_lines_from_a_pipe_go_on_after_a_wrong_one_and_tell_it_at_the_end(network: Network) -> None:
    lines = "show version | match ^Host\n\nshow nothing\nshow version | match ^Model\nexit\nshow version\n"
    done = cli(network.proxy.control, lines=lines)
    assert done.returncode == 1
    assert done.stdout == "Hostname: srx\nModel: srx5400-2spc2\n"
    assert done.stderr.splitlines()[:3] == [
        "srxnf: show nothing", "            ^", "syntax error, expecting <command>."]


def test_no_device(tmp_path: Path) -> None:
    done = cli(tmp_path / "nowhere", "-c", "show version")
    assert done.returncode == 1
    assert done.stderr.startswith(f"srxnf: no device answers on {tmp_path}/nowhere: ")
    assert done.stderr.count("\n") == 1
