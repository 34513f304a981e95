"""A platform of the user's own, by the path of its file: a tiny device whose session table fills at once."""

import json
import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hwmodel import distribution as distributions
from hwmodel.platform import PLATFORMS
from nf.dataplane.control import ask
from tests.helpers.running_proxy import free_port

SRXNF = str(Path(sys.executable).with_name("srxnf"))
PATIENCE = 20.0  # seconds that a socket or process may take before a test gives up
CAPACITY = 4
CONFIGURATION = """
interfaces {
    ge-0/0/0 { unit 0 { family ethernet-switching; } }
    ge-0/0/1 { unit 0 { family ethernet-switching; } }
}
security {
    zones {
        security-zone trust { interfaces { ge-0/0/0.0; } }
        security-zone untrust { interfaces { ge-0/0/1.0; } }
    }
    policies {
        from-zone trust to-zone untrust {
            policy all {
                match { source-address any; destination-address any; application any; }
                then { permit; }
            }
        }
    }
}
"""


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    """An SRX1600 whose session table has room for a handful."""
    path = tmp_path / "tiny.toml"
    text = (PLATFORMS / "srx1600.toml").read_text(encoding="utf-8")
    assert text.count("2_097_152") == 1
    path.write_text(text.replace("2_097_152", str(CAPACITY)), encoding="utf-8")
    return path


@pytest.fixture
def origin() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(PATIENCE)
        yield listener


@pytest.fixture
def proxy(tmp_path: Path, tiny: Path, origin: socket.socket) -> Iterator[tuple[str, int]]:
    """The address of `srxnf proxy` on the tiny platform; its control socket is `control` beside the platform's file."""
    config = tmp_path / "srx.conf"
    config.write_text(CONFIGURATION, encoding="utf-8")
    subprocess.run([SRXNF, "pki", "init", str(tmp_path / "pki")], check=True, capture_output=True, timeout=PATIENCE)
    address = "127.0.0.1", free_port()
    words = [SRXNF, "proxy", "--config", config, "--pki", tmp_path / "pki", "--listen", "{}:{}".format(*address),
             "--connect", "{}:{}".format(*origin.getsockname()), "--spus", "1", "--platform", tiny,
             "--control", tmp_path / "control"]
    process = subprocess.Popen([*map(str, words)], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    assert process.stderr is not None
    try:
        greeting = first_line(process.stderr.fileno())
        if "ready" in greeting:
            yield address
            process.send_signal(signal.SIGTERM)
        said = process.communicate(timeout=PATIENCE)[1]
    finally:
        process.kill()
    assert (process.returncode, said) == (0, b""), greeting + said.decode()


def first_line(descriptor: int) -> str:
    line = b""
    while not line.endswith(b"\n"):
        assert select.select([descriptor], [], [], PATIENCE)[0], "the proxy says nothing"
        byte = os.read(descriptor, 1)
        assert byte, line.decode()
        line += byte
    return line.decode()


def opened(proxy: tuple[str, int], origin: socket.socket) -> tuple[socket.socket, socket.socket]:
    """A session that carries data: its client's end and its server's."""
    client = socket.create_connection(proxy, timeout=PATIENCE)
    client.sendall(b"hello")
    server, _ = origin.accept()
    server.settimeout(PATIENCE)
    assert server.recv(5, socket.MSG_WAITALL) == b"hello"
    return client, server


def refused(proxy: tuple[str, int]) -> bool:
    with socket.create_connection(proxy, timeout=PATIENCE) as client:
        try:
            return client.recv(1) == b""
        except ConnectionResetError:
            return True


def test_the_fifth_session_is_refused_with_its_reason(
    tmp_path: Path, proxy: tuple[str, int], origin: socket.socket
) -> None:
    def show(what: str) -> dict[str, Any]:
        return ask(tmp_path / "control", {"show": what})

    ends = [opened(proxy, origin) for _ in range(CAPACITY)]
    assert refused(proxy)
    assert show("statistics")["counters"] == {"refused: session table full": 1}
    monitoring = show("monitoring")
    assert monitoring["platform"] == "tiny"
    [spu] = monitoring["spus"]
    assert (spu["sessions"], spu["max-sessions"], spu["created"], spu["failed"]) == (CAPACITY, CAPACITY, CAPACITY, 1)
    for client, server in ends:  # those inside go on
        server.sendall(b"still here")
        assert client.recv(10, socket.MSG_WAITALL) == b"still here"
        client.close()
        server.close()


@pytest.mark.parametrize("distribution", distributions.available())
def test_the_simulator_fills_its_table_too(tmp_path: Path, tiny: Path, distribution: str) -> None:
    workload = tmp_path / "load.toml"
    workload.write_text("arrival_rate = 20\nduration = 3\nmean_life = 100\n", encoding="utf-8")
    words = ["--platform", str(tiny), "--workload", str(workload), "--distribution", distribution, "--json"]
    run = subprocess.run([SRXNF, "model", "run", *words], check=True, capture_output=True, timeout=PATIENCE)
    report = json.loads(run.stdout)
    assert (report["platform"], report["distribution"]) == ("tiny", distribution)
    assert report["totals"]["peak_sessions"] == CAPACITY
    assert report["totals"]["refused"] == {"session table full": report["spus"][0]["failed"]}


@pytest.mark.parametrize("command", [["model", "run"], ["proxy", "--config", "srx.conf", "--pki", "pki", "--listen",
                                                        "127.0.0.1:0", "--connect", "127.0.0.1:1", "--spus", "1"]])
def test_a_mistake_in_the_file_is_one_line_that_names_it(tmp_path: Path, tiny: Path, command: list[str]) -> None:
    tiny.write_text(tiny.read_text(encoding="utf-8").replace("packet_us", "paket_us"), encoding="utf-8")
    (tmp_path / "srx.conf").write_text(CONFIGURATION, encoding="utf-8")
    subprocess.run([SRXNF, "pki", "init", "pki"], check=True, capture_output=True, timeout=PATIENCE, cwd=tmp_path)
    run = subprocess.run([SRXNF, *command, "--platform", "tiny.toml"], check=False, capture_output=True, text=True,
                         timeout=PATIENCE, cwd=tmp_path)
    assert run.returncode == 1
    assert run.stdout == ""
    [line] = run.stderr.splitlines()
    assert line.endswith("tiny.toml:21: costs.paket_us: unknown key; did you mean packet_us?")
