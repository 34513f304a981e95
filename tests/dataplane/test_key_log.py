"""The key log: only when asked for, for its owner alone, and Wireshark reads both legs of a session with it."""

import os
import re
import signal
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from nf.cli.operate.device import Device
from nf.cli.operate.run import run
from nf.dataplane.key_log import KeyLog, KeyLogError
from tests.helpers.loopback_network import Network
from tests.helpers.loopback_pki import LoopbackPki
from tests.helpers.origin import Origin, echo
from tests.helpers.running_proxy import CONFIGURATION, ROOT, RunningProxy
from tests.helpers.waiting import until

LINE = re.compile(r"[A-Z_0-9]+ [0-9a-f]{64} [0-9a-f]+")
REQUEST = b"GET /secret-of-both-legs HTTP/1.1\r\nHost: www.example.test\r\n\r\n"


@contextmanager
def network(tmp_path: Path, pki: LoopbackPki, *options: str) -> Iterator[Network]:
    origin = Origin()
    origin.serve(echo, pki.origin_context())
    with RunningProxy(tmp_path, pki, origin.address, workers=1, options=options) as proxy:
        yield Network(pki, origin, proxy)
        assert proxy.end() == 0
    origin.close()


def talk(net: Network, highest: ssl.TLSVersion = ssl.TLSVersion.TLSv1_3) -> None:
    with net.client(net.pki.client_context(highest=highest)) as client:
        client.sendall(REQUEST)
        assert client.recv(len(REQUEST)) == REQUEST
    until(net.proxy.is_idle, "the session is over")


@contextmanager
def capture(file: Path, *ports: int) -> Iterator[None]:
    """Packets of these ports on the loopback."""
    wanted = " or ".join(f"tcp port {port}" for port in ports)
    words = ["tshark", "-q", "-i", "lo", "-w", str(file), "-f", wanted]
    with subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as tshark:
        assert tshark.stderr is not None
        while b"Capturing" not in (line := tshark.stderr.readline()):
            assert line, "tshark captures"
        until(file.exists, "the capture has begun")
        yield
        tshark.send_signal(signal.SIGINT)


def requests(file: Path, keys: Path, *ports: int) -> set[str]:
    """The ports that requests go to, and their echoes come to, as tshark reads them out of a capture with these keys."""
    decode = [word for port in ports for word in ("-d", f"tcp.port=={port},tls")]
    words = ["tshark", "-r", str(file), "-o", f"tls.keylog_file:{keys}", *decode, "-Y", "http.request.uri contains secret",
             "-T", "fields", "-e", "tcp.dstport"]
    return set(subprocess.run(words, capture_output=True, text=True, check=True).stdout.split())


@pytest.mark.parametrize("highest", [ssl.TLSVersion.TLSv1_3, ssl.TLSVersion.TLSv1_2])
def test_wireshark_reads_both_legs(tmp_path: Path, pki: LoopbackPki, highest: ssl.TLSVersion) -> None:
    keys, packets = tmp_path / "keys", tmp_path / "packets.pcapng"
    with network(tmp_path, pki, "--key-log", str(keys)) as net:
        ports = net.proxy.address[1], net.origin.address[1]
        with capture(packets, *ports):
            talk(net, highest)
            until(lambda: packets.stat().st_size > 4000, "the packets are written")
        assert "WARNING" in net.proxy.stderr
        lines = run("show services ssl proxy status", Device(net.proxy.control)).lines
        assert any(line.startswith("WARNING: ") and str(keys) in line for line in lines)
    assert requests(packets, keys, *ports) >= {str(port) for port in ports}
    assert requests(packets, tmp_path / "none", *ports) == set()
    assert keys.stat().st_mode & 0o777 == 0o600
    assert all(LINE.fullmatch(line) for line in keys.read_text().splitlines())


def test_without_the_option_no_key_is_written(tmp_path: Path, pki: LoopbackPki) -> None:
    with network(tmp_path, pki) as net:
        talk(net)
        assert "WARNING" not in net.proxy.stderr
    for path in tmp_path.rglob("*"):
        if path.is_file():
            assert b"TRAFFIC_SECRET" not in path.read_bytes()


def test_a_file_that_others_may_read_or_that_is_a_link_is_refused(tmp_path: Path) -> None:
    open_to_all = tmp_path / "open"
    open_to_all.touch()
    open_to_all.chmod(0o644)
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "elsewhere")
    for path, words in ((open_to_all, "chmod 600 it"), (link, "--key-log"), (Path(os.devnull), "expected a file of its own"),
                        (tmp_path / "no" / "keys", "No such file or directory")):
        with pytest.raises(KeyLogError, match=words):
            KeyLog(path)
    assert KeyLog(tmp_path / "new").path.stat().st_mode & 0o777 == 0o600


def test_the_operator_is_told_in_one_line_what_is_wrong(tmp_path: Path, pki: LoopbackPki) -> None:
    config = tmp_path / "srx.conf"
    config.write_text(CONFIGURATION, encoding="utf-8")
    words = [str(Path(sys.executable).with_name("srxnf")), "proxy", "--config", str(config), "--pki",
             str(pki.directory / "pki"), "--listen", "127.0.0.1:0", "--connect", "127.0.0.1:9", "--key-log", str(tmp_path)]
    done = subprocess.run(words, capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode != 0
    assert done.stderr.splitlines()[-1] == f"srxnf: --key-log {tmp_path}: Is a directory"
