"""Captures: a device may come up after its capture has begun, go down, and come up again."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from scenarios import launch, pcapng

pytestmark = [pytest.mark.network, pytest.mark.skipif(os.geteuid() != 0, reason="needs root for a network namespace")]
ETHER_TYPE = bytes.fromhex("88b5")  # for experiments (IEEE Std 802)
SAY = """
import socket, sys
said = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
said.bind((sys.argv[1], 0))
said.send(bytes(12) + bytes.fromhex("88b5") + sys.argv[2].encode() * 50)
"""
STORY = """
set -e
ip link add v0 type veth peer name v1
ip link set v0 up
"$1" -P -m scenarios.capture v1 "$2" 2>"$2.log" & capture=$!
until grep -q capturing "$2.log"; do :; done
ip link set v1 up;   "$1" -c "$3" v0 a
ip link set v1 down
ip link set v1 up;   "$1" -c "$3" v1 b
kill -TERM $capture; wait $capture
"""


def test_frames_are_taken_whenever_the_device_is_up(tmp_path: Path) -> None:
    file = tmp_path / "v1.pcapng"
    subprocess.run(["unshare", "--net", "sh", "-c", STORY, "sh", sys.executable, str(file), SAY], check=True, timeout=60,
                   env={**os.environ, "PYTHONPATH": str(launch.SOURCE)})
    seen = [(it.frame[14:15], it.outbound) for it in pcapng.read(file.read_bytes()) if it.frame[12:14] == ETHER_TYPE]
    assert seen == [(b"a", False), (b"b", True)]
