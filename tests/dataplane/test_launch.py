"""What cannot be run is refused in one line that says what to do."""

import subprocess
import sys
from pathlib import Path

import pytest

from nf.config import load
from nf.dataplane import launch
from nf.dataplane.assembly import Source
from nf.pki import PkiStore
from tests.helpers.loopback_pki import LoopbackPki
from tests.helpers.running_proxy import CONFIGURATION, free_port

ANYWHERE = ("127.0.0.1", 0)


def refused(pki: LoopbackPki, configuration: str = CONFIGURATION, *, workers: int = 1, platform: str = "",
            listen: tuple[str, int] = ANYWHERE, logs: list[Path] | None = None, zone: str = "trust") -> str:
    """What the operator is told."""
    with pytest.raises(launch.FAILURES) as failed:
        launch.run_proxy(lambda: Source(load(configuration, "srx.conf"), configuration, PkiStore.load(pki.directory / "pki")),
                         launch.options(workers, platform, logs, None), listen, ("127.0.0.1", 9), zone, "untrust")
    told = launch.describe(failed.value)
    assert told
    assert "\n" not in told
    return told


@pytest.mark.parametrize("workers", [0, -1, 99])
def test_more_workers_than_spus(pki: LoopbackPki, workers: int) -> None:
    assert refused(pki, workers=workers).startswith(f"--spus {workers}: platform srx5400-2spc2 has ")


def test_a_platform_that_is_not_there(pki: LoopbackPki) -> None:
    assert "srx9999" in refused(pki, platform="srx9999")


def test_a_zone_that_is_not_there(pki: LoopbackPki) -> None:
    assert refused(pki, zone="dmz") == "the configuration has no security zone dmz (it has: trust, untrust)"


def test_a_ca_that_the_directory_does_not_hold(pki: LoopbackPki) -> None:
    assert "local/other-ca.crt" in refused(pki, CONFIGURATION.replace("root-ca ssl-proxy-ca", "root-ca other-ca"))


def test_a_profile_that_trusts_nobody(pki: LoopbackPki) -> None:
    assert "trusted-ca" in refused(pki, CONFIGURATION.replace("trusted-ca lab-root; ", ""))


def test_a_log_that_cannot_be_opened(pki: LoopbackPki, tmp_path: Path) -> None:
    assert refused(pki, logs=[tmp_path / "no" / "log"]) == f"{tmp_path}/no/log: No such file or directory"


def test_log_files_of_no_size() -> None:
    with pytest.raises(launch.LaunchError, match=r"--log-size 5: expected bytes, at least 10k"):
        launch.options(1, "", None, None, log_size="5")
    with pytest.raises(launch.LaunchError, match=r"--log-files 1: expected 2 to 1000"):
        launch.options(1, "", None, None, log_files=1)


def test_a_stream_that_cannot_be_fed(pki: LoopbackPki) -> None:
    log = "log { source-address 203.0.113.77; stream s { host { 127.0.0.1; } } }"
    assert refused(pki, CONFIGURATION.replace("security {", f"security {{ {log}", 1)) == (
        "security log stream s: source-address 203.0.113.77: Cannot assign requested address")


def test_an_address_that_cannot_be_had(pki: LoopbackPki) -> None:
    assert refused(pki, listen=("192.0.2.1", 443)) == "cannot listen on 192.0.2.1:443: Cannot assign requested address"


def test_the_command_says_it_in_one_line(pki: LoopbackPki, tmp_path: Path) -> None:
    (tmp_path / "srx.conf").write_text(CONFIGURATION)
    done = subprocess.run(
        [Path(sys.executable).with_name("srxnf"), "proxy", "--config", tmp_path / "srx.conf", "--pki", pki.directory / "pki",
         "--listen", f"127.0.0.1:{free_port()}", "--connect", "127.0.0.1:9", "--spus", "99"],
        capture_output=True, text=True, check=False, timeout=30)
    assert done.returncode == 1
    assert done.stderr.startswith("srxnf: --spus 99: ")
    assert done.stderr.count("\n") == 1
