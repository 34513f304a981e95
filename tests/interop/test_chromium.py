"""A browser: Chromium takes what the proxy shows once the proxy's CA is in its NSS store, and nothing before."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.helpers.loopback_network import Network
from tests.helpers.loopback_pki import NAME
from tests.interop.conftest import PAGE

QUIET = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage")  # as root, and asking nobody else


def browse(network: Network, home: Path, *, trusting: bool) -> "subprocess.CompletedProcess[str]":
    store = home / ".pki/nssdb"
    store.mkdir(parents=True)
    subprocess.run(["certutil", "-N", "-d", f"sql:{store}", "--empty-password"], check=True)
    if trusting:
        subprocess.run(["certutil", "-A", "-d", f"sql:{store}", "-n", "srx", "-t", "C,,", "-i", str(network.pki.proxy_root)],
                       check=True)
    where = f"--host-resolver-rules=MAP {NAME}:443 {network.proxy.address[0]}:{network.proxy.address[1]}, MAP * ~NOTFOUND"
    return subprocess.run(["chromium", *QUIET, f"--user-data-dir={home / 'data'}", where, "--dump-dom", f"https://{NAME}/"],
                          capture_output=True, text=True, timeout=100, check=False, env={**os.environ, "HOME": str(home)})


def test_it_shows_the_page(site: Network, tmp_path: Path) -> None:
    assert PAGE.decode().removeprefix("<html>") in browse(site, tmp_path, trusting=True).stdout


def test_it_refuses_a_ca_that_it_does_not_know(site: Network, tmp_path: Path) -> None:
    seen = browse(site, tmp_path, trusting=False)
    assert "as served" not in seen.stdout
    assert "ERR_CERT_AUTHORITY_INVALID" in seen.stderr


@pytest.mark.parametrize("certificate", ["expired", "wrong-name", "untrusted"])
def test_it_never_shows_what_a_bad_server_says(site: Network, tmp_path: Path, certificate: str) -> None:
    site.origin.serve(lambda at: at.sendall(b"HTTP/1.1 200 OK\r\n\r\n" + PAGE), site.pki.origin_context(certificate))
    seen = browse(site, tmp_path, trusting=True)
    assert "as served" not in seen.stdout
    assert "Page load failed" in seen.stderr
