"""The heart beats on real devices: what a neighbour hears while the loop turns, and when it stops."""

import os
import subprocess
import sys

import pytest

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="needs root for a network namespace")
DEVICES = ("mount -t sysfs sysfs /sys && ip link add leg0 type veth peer name port0"
           " && ip link set leg0 up && ip link set port0 up")
STORY = """
import socket, subprocess
from nf.dataplane import heartbeat
from nf.dataplane.heartbeat import Heart
from nf.dataplane.loop import Loop
from nf.dataplane.wiring import TransparentLeg
from nf.policy.zones import Interface
from nf.protocols.heartbeat import ETHERTYPE, read

port = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETHERTYPE))
port.bind(("port0", ETHERTYPE))
port.settimeout(10)
heard = lambda: read(port.recv(2000))
loop, serving = Loop(), [True]
heart = Heart([TransparentLeg("leg0", Interface("ge-0/0/0.0"), 1)], "ab" * 32)
heart.start(loop, lambda: serving[0])
first = heard()
assert (first.interface, first.digest, first.sequence, first.leaving) == ("ge-0/0/0.0", bytes.fromhex("ab" * 32), 0, False)
assert heart.slot is not None and len(heart.descriptors()) == 2
heart.expired()
assert heard().sequence == 1
serving[0] = False
heart.expired()
subprocess.run(["ip", "link", "set", "leg0", "down"], check=True)
serving[0] = True
heart.expired()
subprocess.run(["ip", "link", "set", "leg0", "up"], check=True)
heart.stop()
last = heard()
assert last.leaving and last.sequence == 3 and heart.slot is None, last
print("heard")
"""


def test_a_neighbour_hears_each_beat_and_the_good_bye() -> None:
    done = subprocess.run(["unshare", "--net", "--mount", "sh", "-c", f'{DEVICES} && exec "$@"', "sh", sys.executable, "-c",
                           STORY], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("heard\n", "")
