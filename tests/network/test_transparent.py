"""The network function between two hosts, without a switch: what clients send that most do not is decrypted all the same."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.helpers.loopback_pki import LoopbackPki
from tests.helpers.running_proxy import CONFIGURATION

pytestmark = [pytest.mark.network, pytest.mark.skipif(os.geteuid() != 0, reason="needs root")]
ROOT = Path(__file__).parents[2]
# The hosts have the MAC addresses that the legs send to, and know the legs as each other: a switch would write these.
NETWORK = """set -e
ip link set lo up; mount -t tmpfs none /run; mount -t sysfs none /sys
end() {
    ip netns add $1; ip link add $2 address $3 type veth peer name eth0 address $4 netns $1
    ip -n $1 link set lo up; ip -n $1 link set eth0 up
    ip netns exec $1 ethtool -K eth0 tx off >/dev/null
    ip -n $1 address add $5/24 dev eth0; ip -n $1 address add $6/64 dev eth0 nodad
    ip -n $1 neighbour add $7 lladdr $3 dev eth0; ip -n $1 neighbour add $8 lladdr $3 dev eth0
}
end client leg0 02:00:00:00:00:10 02:00:5e:00:00:01 10.0.0.1 2001:db8::1 10.0.0.2 2001:db8::2
end server leg1 02:00:00:00:00:11 02:00:5e:00:00:02 10.0.0.2 2001:db8::2 10.0.0.1 2001:db8::1
"""
NF = [sys.executable, "-c", "from nf.cli.main import main; main()", "nf", "--interface", "leg0=ge-0/0/0.0",
      "--interface", "leg1=ge-0/0/1.0", "--spus", "1"]
SERVER = """import socket, ssl, sys, threading
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(sys.argv[1])
def serve(connection):
    with context.wrap_socket(connection, server_side=True) as tls:
        heard = b""
        while len(heard) < 20000: heard += tls.recv(65536)
        tls.sendall(repr(tls.getpeername()[:2]).encode() + heard * 5)
def listen(port):
    listener = socket.create_server(("::", port), family=socket.AF_INET6, dualstack_ipv6=True)
    while True: threading.Thread(target=serve, args=(listener.accept()[0],)).start()
threading.Thread(target=listen, args=(8443,)).start()
listen(443)
"""
# A path that is narrower than both ends, where nobody says so.
NARROW = """ip netns exec server nft -f - <<N
table inet narrow {
    chain input {
        type filter hook input priority 0
        meta length > 1300 tcp dport 443 drop
    }
}
N
"""
CLIENT = """import socket, ssl, sys
from tests.network.test_transparent import SHAPES
context = ssl.create_default_context(cafile=sys.argv[1])
chosen = {name: shape for name, shape in SHAPES.items() if name.startswith(sys.argv[2])}
for name, (host, port, options, mss) in chosen.items():
    connection = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    connection.settimeout(20)
    for option in options: connection.setsockopt(*option)
    if mss: connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, mss)
    connection.connect((host, port))
    with context.wrap_socket(connection, server_hostname="www.example.test") as tls:
        issuer = dict(part[0] for part in tls.getpeercert()["issuer"])["commonName"]
        assert issuer == "SRX SSL proxy CA", (name, issuer)
        ends = tls.getsockname()[:2]
        tls.sendall(b"hello" * 4000)
        said = b""
        while data := tls.recv(65536): said += data
        seen = eval(said[:said.index(b")") + 1])
        assert (seen[0].removeprefix("::ffff:"), seen[1]) == ends, (name, seen, ends)
        assert said.endswith(b"hello" * 20000), (name, len(said))
print(len(chosen), "sessions")
"""
_PADDING = bytes([0, 0, 1, 4, 0, 0, 0, 0])  # an options header that says nothing; the kernel writes what follows it
_HOP_OPTIONS, _DESTINATION_OPTIONS = 54, 59  # socket options (ipv6(7), RFC 3542 §6)
SHAPES = {
    "nothing special": ("10.0.0.2", 443, (), 0), "nothing special, IPv6": ("2001:db8::2", 443, (), 0),
    "port 8443": ("10.0.0.2", 8443, (), 0), "port 8443, IPv6": ("2001:db8::2", 8443, (), 0),
    "a small odd MSS": ("10.0.0.2", 443, (), 301), "a small odd MSS, IPv6": ("2001:db8::2", 443, (), 301),
    "IPv4 options": ("10.0.0.2", 443, ((0, 4, bytes([1] * 8)),), 0),
    "IPv6 hop-by-hop options": ("2001:db8::2", 443, ((41, _HOP_OPTIONS, _PADDING),), 0),
    "IPv6 destination options": ("2001:db8::2", 443, ((41, _DESTINATION_OPTIONS, _PADDING),), 0),
}


def test_options_headers_and_sizes_make_no_difference(tmp_path: Path) -> None:
    assert through_the_network_function(tmp_path) == f"{len(SHAPES)} sessions"


def test_a_narrow_path_that_nobody_tells_of_is_found_out(tmp_path: Path) -> None:
    assert through_the_network_function(tmp_path, NARROW, "nothing special") == "2 sessions"


def through_the_network_function(tmp_path: Path, before: str = "", shapes: str = "") -> str:
    """Connections of these shapes, all where there is no word; what the client says in the end."""
    pki = LoopbackPki(tmp_path)
    (tmp_path / "srx.conf").write_text(CONFIGURATION, encoding="utf-8")
    for name, text in (("server.py", SERVER), ("client.py", CLIENT)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    own = ["--config", tmp_path / "srx.conf", "--pki", tmp_path / "pki", "--log", tmp_path / "log"]
    nf = " ".join(map("'{}'".format, [*NF, *own]))
    story = f"""{NETWORK}
{nf} 2>{tmp_path}/said &
ip netns exec server {sys.executable} {tmp_path}/server.py {tmp_path}/good.pem &
for i in $(seq 300); do grep -q ready {tmp_path}/said && ip netns exec server ss -Htln | grep -q :443 && break; sleep 0.1; done
{before}
ip netns exec client {sys.executable} {tmp_path}/client.py {pki.proxy_root} '{shapes}' || {{ cat {tmp_path}/said; exit 1; }}
"""
    namespaces = ["unshare", "--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"]
    done = subprocess.run([*namespaces, "bash", "-c", story],
                          capture_output=True, text=True, check=False, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)})
    assert done.returncode == 0, done.stderr + (tmp_path / "log").read_text()
    return done.stdout.strip()
