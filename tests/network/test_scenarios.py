"""Every scenario goes as its file expects; on the wire, both sides of the NF carry the same flows and different bytes."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

import scenarios
from scenarios import launch
from scenarios.messages import Done, Job

pytestmark = [pytest.mark.network, pytest.mark.skipif(os.geteuid() != 0 or launch.obstacle("") is not None,
                                                      reason="needs root and what a lab runs")]
CAPTURED = "forward_proxy"


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("reports")


def run(name: str, reports: Path, platform: str | None = None) -> Done:
    report = reports / f"{name}-{platform}"
    report.mkdir()
    scenario = scenarios.load(name)
    return launch.run(Job(scenario, platform or scenario.platform, str(report)), lambda step: None, lambda done, ways: None)


# One of each kind of topology and of steps; `srxnf run --all` (make scenarios) runs them all.
KINDS = ("forward_proxy", "one_arm", "two_switches", "routed", "nf_down_fail_closed", "switch_restart", "starttls_mail",
         "utm_antivirus", "icap_virus_and_url", "apbr_other_spine", "apbr_other_exit")


@pytest.mark.parametrize("name", KINDS)
def test_goes_as_expected(name: str, reports: Path) -> None:
    done = run(name, reports)
    assert done.differences == ()
    assert done.observation.clients
    assert (reports / f"{name}-None" / "observation.jsonl").exists()
    assert not list(reports.rglob("*.key"))


def test_goes_as_expected_on_a_small_platform_too(reports: Path) -> None:
    done = run("bypass_without_services", reports, "vsrx-2cpu")
    assert done.differences == ()
    assert [row.created for row in done.observation.spus] == [4]


def packets(capture: Path) -> dict[tuple[str, ...], str]:
    """TLS application data of each direction of each TCP connection, by its five-tuple."""
    fields = ["ip.src", "tcp.srcport", "ip.dst", "tcp.dstport", "tls.app_data"]
    shown = subprocess.run(
        ["tshark", "-r", str(capture), "-Y", "tcp.port == 443", "-T", "fields", *(f"-e{field}" for field in fields)],
        capture_output=True, text=True, check=True).stdout
    found: dict[tuple[str, ...], str] = {}
    for line in shown.splitlines():
        *flow, data = line.split("\t")
        found[tuple(flow)] = found.get(tuple(flow), "") + data
    return found


@pytest.mark.skipif(shutil.which("tshark") is None, reason="needs tshark")
def test_both_sides_carry_the_same_flows_and_different_ciphertext(reports: Path) -> None:
    report = reports / f"{CAPTURED}-None"
    if not report.exists():
        run(CAPTURED, reports)
    inside, outside = packets(report / "srx1-eth0.pcapng"), packets(report / "srx1-eth1.pcapng")
    assert len(inside) == 2 * 10  # both directions of each session of the file's visits through the NF
    assert inside.keys() == outside.keys()
    assert all(inside.values())
    assert all(outside[flow] and outside[flow] != data for flow, data in inside.items())
    assert "10.0.0.2" not in {address for flow in inside for address in flow}
