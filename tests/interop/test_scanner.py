"""What a scanner says of the client's side under the default profile: nothing."""

import subprocess

import pytest

from tests.helpers.loopback_network import Network
from tests.helpers.loopback_pki import NAME


@pytest.fixture
def findings(site: Network) -> str:
    return subprocess.run(["sslscan", "--no-colour", f"--sni-name={NAME}", "{}:{}".format(*site.proxy.address)],
                          capture_output=True, text=True, check=True, timeout=100).stdout


def test_sslscan_finds_nothing(findings: str) -> None:
    words = [" ".join(line.split()) for line in findings.splitlines()]
    for old in ("SSLv2", "SSLv3", "TLSv1.0", "TLSv1.1"):
        assert f"{old} disabled" in words
    for new in ("TLSv1.2", "TLSv1.3"):
        assert f"{new} enabled" in words
        assert f"{new} not vulnerable to heartbleed" in words
    assert "Server supports TLS Fallback SCSV" in words
    offered = [line for line in words if line.startswith(("Accepted", "Preferred"))]
    assert len(offered) > 3
    for suite in offered:
        assert "DHE" in suite or "TLS_" in suite
        assert ("GCM" in suite or "CHACHA20" in suite) or "TLSv1.2" in suite
        assert not any(weak in suite for weak in ("RC4", "DES", "NULL", "EXP", "MD5", "anon", "ADH", "AECDH"))
    assert not any("vulnerable" in line and "not vulnerable" not in line for line in words)
    assert not any(line.startswith("Insecure session renegotiation") for line in words)
