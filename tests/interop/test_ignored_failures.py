"""With `ignore-server-auth-failure` each client names the same fault behind the proxy as before the server itself."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.helpers.loopback_network import Network
from tests.helpers.loopback_pki import NAME, LoopbackPki
from tests.helpers.origin import Origin
from tests.helpers.running_proxy import CONFIGURATION, RunningProxy
from tests.interop.conftest import answer
from tests.interop.test_chromium import browse

FORGIVING = CONFIGURATION.replace("actions { log", "actions { ignore-server-auth-failure; log")
# What Chromium, curl and GnuTLS say of a server like this that they reach directly.
FAULTS = {
    "expired": ("ERR_CERT_DATE_INVALID", "certificate has expired", "The certificate chain uses expired certificate"),
    "wrong-name": ("ERR_CERT_COMMON_NAME_INVALID", "no alternative certificate subject name matches",
                   "The name in the certificate does not match the expected"),
    "untrusted": ("ERR_CERT_AUTHORITY_INVALID", "unable to get local issuer certificate", "The certificate issuer is unknown"),
}


@pytest.fixture(scope="module")
def forgiving(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Network]:
    pki = LoopbackPki(tmp_path_factory.mktemp("pki"))
    origin = Origin()
    with RunningProxy(tmp_path_factory.mktemp("proxy"), pki, origin.address, configuration=FORGIVING) as proxy:
        yield Network(pki, origin, proxy)
    origin.close()


def serve(network: Network, certificate: str) -> None:
    network.origin.serve(answer, network.pki.origin_context(certificate))


@pytest.mark.parametrize("certificate", FAULTS)
def test_chromium(forgiving: Network, certificate: str, tmp_path: Path) -> None:
    serve(forgiving, certificate)
    seen = browse(forgiving, tmp_path, trusting=True)
    assert "as served" not in seen.stdout
    assert FAULTS[certificate][0] in seen.stderr


def curl(address: tuple[str, int], trusted: Path) -> str:
    where = f"{NAME}:443:{address[0]}:{address[1]}"
    return subprocess.run(["curl", "-sS", "--max-time", "20", "--cacert", trusted, "--connect-to", where, f"https://{NAME}/"],
                          capture_output=True, text=True, check=False).stderr


@pytest.mark.parametrize("certificate", FAULTS)
def test_curl(forgiving: Network, certificate: str) -> None:
    serve(forgiving, certificate)
    assert FAULTS[certificate][1] in curl(forgiving.proxy.address, forgiving.pki.proxy_root)
    assert FAULTS[certificate][1] in curl(forgiving.origin.address, forgiving.pki.origin_root)


def gnutls(address: tuple[str, int], trusted: Path) -> str:
    return subprocess.run(["gnutls-cli", "--x509cafile", trusted, "--sni-hostname", NAME, "--verify-hostname", NAME, "-p",
                           str(address[1]), address[0]], input="", capture_output=True, text=True, check=False).stdout


@pytest.mark.parametrize("certificate", FAULTS)
def test_gnutls(forgiving: Network, certificate: str) -> None:
    serve(forgiving, certificate)
    for address, trusted in ((forgiving.proxy.address, forgiving.pki.proxy_root),
                             (forgiving.origin.address, forgiving.pki.origin_root)):
        assert FAULTS[certificate][2] in gnutls(address, trusted)
