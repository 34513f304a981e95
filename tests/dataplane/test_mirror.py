"""What is copied of decrypted sessions, as tshark reads it: HTTP over plain TCP, and nothing of TLS."""

import socket
import stat
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from hwmodel.session import Direction
from nf.dataplane.mirror import Mirrors, Wire, mirrors
from nf.dataplane.plaintext import Plaintext
from nf.policy.profile import MirrorDecryptTraffic, SslProxyProfile
from tests.helpers.loopback_network import Network
from tests.helpers.loopback_pki import NAME, LoopbackPki
from tests.helpers.origin import LOOPBACK, Origin
from tests.helpers.running_proxy import RunningProxy, free_port
from tests.helpers.waiting import until
from tests.services.attachments import FLOW

PAGE = b"x" * 100_000
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(PAGE) + PAGE
REQUEST = f"GET /secret HTTP/1.1\r\nHost: {NAME}\r\n\r\n".encode()


def serve(connection: socket.socket) -> None:
    """A page for each request."""
    while data := connection.recv(65536):
        assert data == REQUEST
        connection.sendall(ANSWER)


@contextmanager
def network(tmp_path: Path, pki: LoopbackPki, *options: object) -> Iterator[Network]:
    origin = Origin()
    origin.serve(serve, pki.origin_context())
    with RunningProxy(tmp_path, pki, origin.address, options=[str(word) for word in options]) as proxy:
        yield Network(pki, origin, proxy)
        assert proxy.end() == 0
        assert "Traceback" not in proxy.stderr, proxy.stderr
    origin.close()


def browse(net: Network, times: int = 2) -> int:
    """Ask for the page so often on one connection; the client's port."""
    with net.client() as client:
        for _ in range(times):
            client.sendall(REQUEST)
            size = 0
            while size < len(ANSWER):
                size += len(client.recv(65536))
        port: int = client.getsockname()[1]
        client.unwrap()
    until(net.proxy.is_idle, "the session is over")
    return port


def tshark(file: Path, *words: str) -> list[str]:
    run = subprocess.run(["tshark", "-n", "-r", file, *words], capture_output=True, text=True, check=True, timeout=60)
    return run.stdout.splitlines()


def decoded(file: Path, port: int) -> list[str]:
    """What HTTP tshark finds, and whether it finds the connection whole."""
    as_http = ("-d", f"tcp.port=={port},http")
    odd = "tcp.analysis.flags || _ws.malformed || tls"
    assert not tshark(file, *as_http, "-Y", odd)
    return tshark(file, *as_http, "-Y", "http", "-T", "fields", "-e", "http.request.uri", "-e", "http.response.code",
                  "-e", "http.content_length")


def test_wireshark_reads_the_file(tmp_path: Path, pki: LoopbackPki) -> None:
    file = tmp_path / "plain.pcapng"
    with network(tmp_path, pki, "--pcap", file) as net:
        port = browse(net)
        assert f"WARNING: the plaintext of all decrypted sessions is written to {file}" in net.proxy.stderr
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert decoded(file, port) == ["/secret\t\t", "\t200\t100000"] * 2
    ends = tshark(file, "-Y", "tcp.flags.syn==1 || tcp.flags.fin==1", "-T", "fields", "-e", "tcp.srcport", "-e", "tcp.flags")
    assert [line.split("\t")[1][-2:] for line in ends] == ["02", "12", "11", "11"]
    assert ends[0].startswith(f"{port}\t")


def test_whoever_connects_gets_what_comes_from_then_on(tmp_path: Path, pki: LoopbackPki) -> None:
    at, file = free_port(), tmp_path / "stream.pcapng"
    with network(tmp_path, pki, "--pcap-over-ip", at) as net:
        with socket.create_connection((LOOPBACK, at), timeout=20) as client, file.open("wb") as stream:
            stream.write(client.recv(64))
            port = browse(net)
            while stream.tell() < 2 * len(PAGE) + 10_000:
                stream.write(client.recv(65536))
                stream.flush()
        browse(net)  # nobody listens any more
    assert decoded(file, port) == ["/secret\t\t", "\t200\t100000"] * 2


def test_who_may_read_is_told() -> None:
    told = [*Plaintext(None, (LOOPBACK, 0)).warnings, *Plaintext(None, ("0.0.0.0", 0)).warnings]  # noqa: S104
    assert ["whoever logs in here" in told[0], "whoever reaches that address" in told[1]] == [True, True]


@pytest.mark.parametrize(("words", "said"), [
    (("--pcap-over-ip", "here"), "--pcap-over-ip here: expected PORT or IP:PORT, such as 57012"),
    (("--pcap", "/proc/nothing"), "/proc/nothing: No such file or directory"),
    (("--pcap", "/dev/null"), "/dev/null: expected a file of its own that is closed to others (chmod 600)")])
def test_what_cannot_be_written_to_ends_the_start_in_one_line(tmp_path: Path, pki: LoopbackPki, words: tuple[str, ...],
                                                            said: str) -> None:
    with pytest.raises(AssertionError, match="srxnf") as raised, network(tmp_path, pki, *words):
        pass
    assert f"srxnf: {said}\n" in str(raised.value)


def test_a_device_that_is_not_there_is_named() -> None:
    with pytest.raises(OSError, match="No such device") as raised:
        Wire("nowhere0")
    assert raised.value.filename == "mirror on nowhere0"


class Sink:
    """An output that keeps what it is given."""

    def __init__(self) -> None:
        self.frames: list[bytes] = []

    def write(self, frames: Sequence[bytes]) -> None:
        self.frames += frames


def test_a_profile_without_a_device_mirrors_nothing_and_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    profile = SslProxyProfile("p", mirror=MirrorDecryptTraffic("ge-0/0/5.0"))
    assert mirrors((), (profile, SslProxyProfile("q")), {"eth9": "ge-0/0/9.0"}) is None
    assert "profile p: nothing is mirrored: no network device is ge-0/0/5.0" in capsys.readouterr().err


def test_a_copy_ends_as_its_session_does() -> None:
    for is_reset, flags in ((False, [0x11, 0x10, 0x11, 0x10]), (True, [0x14])):
        sink = Sink()
        copy, = Mirrors([sink]).copies(FLOW, SslProxyProfile("p"))
        copy.say(Direction.C2S, b"x")
        copy.end(is_reset=is_reset)
        assert [frame[47] for frame in sink.frames] == [0x02, 0x12, 0x10, 0x18, *flags]
