"""Other people's clients before the proxy: each trusts the proxy's CA alone, and gets the page."""

import contextlib
import ssl
import subprocess

import pytest
from OpenSSL import SSL
from tlslite.api import HandshakeSettings, TLSConnection

from tests.helpers.loopback_network import Network
from tests.helpers.loopback_pki import NAME
from tests.interop.conftest import PAGE

REQUEST = f"GET / HTTP/1.1\r\nHost: {NAME}\r\nConnection: close\r\n\r\n"
VERSIONS = ["1.2", "1.3"]


def curl(network: Network, version: str) -> bytes:
    at = f"{NAME}:{network.proxy.address[1]}"
    return _ran(["curl", "-sS", "--cacert", str(network.pki.proxy_root), "--noproxy", "*",
                 f"--tlsv{version}", "--tls-max", version, "--resolve", f"{at}:{network.proxy.address[0]}", f"https://{at}/"])


def openssl(network: Network, version: str) -> bytes:
    return _ran(["openssl", "s_client", "-connect", "{}:{}".format(*network.proxy.address), "-servername", NAME,
                 "-CAfile", str(network.pki.proxy_root), "-verify_hostname", NAME, "-verify_return_error", "-quiet",
                 f"-tls{version.replace('.', '_')}"])


def gnutls(network: Network, version: str) -> bytes:
    return _ran(["gnutls-cli", "--x509cafile", str(network.pki.proxy_root), "--sni-hostname", NAME, "--verify-hostname", NAME,
                 "--priority", f"NORMAL:-VERS-ALL:+VERS-TLS{version}", "-p", str(network.proxy.address[1]),
                 network.proxy.address[0]])


def _ran(command: list[str]) -> bytes:
    done = subprocess.run(command, input=REQUEST.encode(), capture_output=True, timeout=30, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


def python(network: Network, version: str) -> bytes:
    highest = {"1.2": ssl.TLSVersion.TLSv1_2, "1.3": ssl.TLSVersion.TLSv1_3}[version]
    with network.client(network.pki.client_context(highest=highest)) as client:
        assert client.version() == f"TLSv{version}"
        client.sendall(REQUEST.encode())
        return client.recv(4096)


def pyopenssl(network: Network, version: str) -> bytes:
    """The OpenSSL that the proxy itself uses, newer than the system's."""
    context = SSL.Context(SSL.TLS_CLIENT_METHOD)
    context.load_verify_locations(str(network.pki.proxy_root))
    context.set_verify(SSL.VERIFY_PEER)
    context.set_max_proto_version({"1.2": SSL.TLS1_2_VERSION, "1.3": SSL.TLS1_3_VERSION}[version])
    with network.proxy.connect() as sock:
        sock.settimeout(None)  # for pyOpenSSL does not wait on a socket with a time-out
        client = SSL.Connection(context, sock)
        client.set_tlsext_host_name(NAME.encode())
        client.set_connect_state()
        client.do_handshake()
        assert client.get_protocol_version_name() == f"TLSv{version}"
        client.sendall(REQUEST.encode())
        return client.recv(4096)


def tlslite(network: Network, version: str) -> bytes:
    settings = HandshakeSettings()
    settings.minVersion = settings.maxVersion = {"1.2": (3, 3), "1.3": (3, 4)}[version]
    with network.proxy.connect() as sock:
        client = TLSConnection(sock)
        client.handshakeClientCert(serverName=NAME, settings=settings)
        client.sendall(REQUEST.encode())
        data = bytes(client.recv(4096))
        with contextlib.suppress(OSError):
            client.close()
        return data


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("client", [curl, openssl, gnutls, python, pyopenssl, tlslite], ids=lambda it: it.__name__)
def test_the_page_arrives(site: Network, client, version: str) -> None:
    for _ in range(2):
        assert PAGE in client(site, version)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("client", [curl, openssl, gnutls], ids=lambda it: it.__name__)
def test_a_client_that_trusts_others_is_not_served(site: Network, client, version: str, monkeypatch) -> None:
    monkeypatch.setattr(site.pki, "proxy_root", site.pki.origin_root)
    with pytest.raises(AssertionError, match=r"(?i)certificate"):
        client(site, version)

