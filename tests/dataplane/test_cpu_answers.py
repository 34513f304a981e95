"""Modelled CPU time beside that of processes."""

import os
from pathlib import Path

from nf.dataplane.cpu_answers import cpu_seconds
from tests.helpers.loopback_network import Network
from tests.helpers.waiting import until


def test_both_grow_by_a_session(network: Network) -> None:
    def worked() -> tuple[float, float]:
        rows = network.proxy.ask("cpu")["workers"]
        return sum(row["modelled"] for row in rows), sum(row["real"] for row in rows)

    modelled, real = worked()
    with network.client() as client:
        client.sendall(b"x")
        client.recv(1)
    until(lambda: network.proxy.is_idle() and worked()[0] > modelled, "the session is charged")
    assert worked()[1] > real


def test_a_process_and_none(tmp_path: Path) -> None:
    assert (cpu_seconds(os.getpid()) or 0) > 0
    assert cpu_seconds(7, tmp_path) in (None, 0)
