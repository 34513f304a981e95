"""What intrusion detection does about packets: those around an attack kept for Wireshark, those after it marked."""

import socket
import stat
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.helpers.loopback_network import Network
from tests.helpers.loopback_pki import NAME, LoopbackPki
from tests.helpers.origin import Origin
from tests.helpers.running_proxy import CONFIGURATION, RunningProxy
from tests.helpers.waiting import until

SO_RCVBUFFORCE = 33  # which the socket module does not name
IDP = """idp {{
    sensor-configuration {{ packet-log {{ local-storage {{ apply-macro srxnf {{ directory {directory}; }} }} }} }}
    idp-policy P {{ rulebase-ips {{
        rule R {{ match {{ attacks {{ custom-attacks ODD; }} }}
                  then {{ action {{ mark-diffserv {{ codepoint 46; }} }}
                          notification {{ log-attacks; packet-log {{ pre-attack 2; post-attack 1; }} }} }} }} }} }}
    custom-attack ODD {{ attack-type {{ signature {{ context http-url; pattern "/odd$"; }} }} }} }}
    policies {{"""
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"


def serve(connection: socket.socket) -> None:
    while connection.recv(65536):
        connection.sendall(ANSWER)


@contextmanager
def network(tmp_path: Path, pki: LoopbackPki) -> Iterator[Network]:
    origin, directory = Origin(), tmp_path / "packets"
    directory.mkdir()
    origin.serve(serve, pki.origin_context())
    text = CONFIGURATION.replace("policies {", IDP.format(directory=directory), 1)
    with RunningProxy(tmp_path, pki, origin.address,
                      configuration=text.replace("ssl-proxy {", "idp-policy P; ssl-proxy {", 1)) as proxy:
        yield Network(pki, origin, proxy)
        assert proxy.end() == 0
        assert "Traceback" not in proxy.stderr, proxy.stderr
    origin.close()


def browse(net: Network, *targets: str) -> tuple[str, int]:
    """Ask for one after the other on one connection; the client's address and port."""
    with net.client() as client:
        for target in targets:
            client.sendall(f"GET {target} HTTP/1.1\r\nHost: {NAME}\r\n\r\n".encode())
            assert client.recv(4096) == ANSWER
        ends: tuple[str, int] = client.getsockname()
        client.unwrap()
    until(lambda: net.proxy.records("RT_FLOW_SESSION_CLOSE", ends), "the session is over")
    return ends


def test_wireshark_reads_the_packets_around_an_attack(tmp_path: Path, pki: LoopbackPki) -> None:
    with network(tmp_path, pki) as net:
        browse(net, "/quiet")
        ends = browse(net, "/first", "/second", "/odd", "/third")
        (record,) = net.proxy.records("IDP_ATTACK_LOG_EVENT", ends)
        (file,) = (tmp_path / "packets").iterdir()
    assert file.name.endswith(f"-{record['packet-log-id']}.pcapng")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    run = subprocess.run(
        ["tshark", "-n", "-r", file, "-d", f"tcp.port=={net.origin.address[1]},http", "-T", "fields", "-e", "tcp.srcport",
         "-e", "http.request.uri", "-e", "http.response.code", "-e", "frame.comment"],
        capture_output=True, text=True, check=True, timeout=60)
    client, server = ends[1], net.origin.address[1]
    assert run.stdout.splitlines() == [
        f"{client}\t/second\t\t", f"{server}\t\t200\t", f"{client}\t/odd\t\tODD", f"{server}\t\t200\t"]


def test_packets_after_an_attack_bear_the_code_point(tmp_path: Path, pki: LoopbackPki) -> None:
    with network(tmp_path, pki) as net, socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(0x0800)) as wire:
        wire.bind(("lo", 0x0800))
        wire.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 64 << 20)  # other tests' packets come along
        wire.setblocking(False)
        for targets, expected in ((("/quiet", "/calm"), [0, 0]), (("/odd", "/after"), [46, 46])):
            client = browse(net, *targets)[1]
            assert marks(wire, client, net.origin.address[1]) == expected


def marks(wire: socket.socket, *ports: int) -> list[int]:
    """The code points of the last messages that went to these ports."""
    found = {}
    while True:
        try:
            packet, about = wire.recvfrom(65536)
        except BlockingIOError:  # what was answered has been on the wire before
            return [found[port] for port in ports]
        if about[2] != socket.PACKET_OUTGOING and len(packet) > 52 + 60:
            found[int.from_bytes(packet[22:24], "big")] = packet[1] >> 2
