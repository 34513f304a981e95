"""Lost sessions are reset by the kernel: the table as nft takes it, and a packet of one answered on a real device."""

import os
import subprocess
import sys

import pytest

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="needs root for a network namespace")
STORY = """
import socket, subprocess
from ipaddress import ip_address
from hwmodel.session import FiveTuple
from nf.dataplane.resets import reset, resetting

run = lambda words: subprocess.run(words.split(), check=True, capture_output=True, text=True).stdout
run("ip link set lo up")
run("ip address add 10.0.0.1/8 dev lo")
server = socket.create_server(("10.0.0.2", 0))
lost, other = (socket.create_connection(server.getsockname(), source_address=("10.0.0.1", port)) for port in (4001, 4002))
ends = [server.accept()[0] for _ in range(2)]
flows = [FiveTuple(ip_address("10.0.0.1"), 4001, ip_address("10.0.0.2"), server.getsockname()[1]),
         FiveTuple(ip_address("2001:db8::1"), 4001, ip_address("2001:db8::2"), 443)]
with resetting():
    reset(flows)
    assert run("nft list ruleset").count("2001:db8::1") == 2  # in either direction
    lost.settimeout(5), other.settimeout(5)
    lost.send(b"?"), other.send(b"?")
    ends[1].send(b"!")
    assert other.recv(1) == b"!"
    try:
        lost.recv(1)
    except ConnectionResetError:
        print("reset")
assert "cluster" not in run("nft list ruleset")
"""


def test_who_sends_in_a_lost_session_is_told_and_nobody_else() -> None:
    done = subprocess.run(["unshare", "--net", sys.executable, "-c", STORY], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("reset\n", "")
