"""Server protection with real ends: clients see the server's own certificate and chain, or nothing at all."""

import ssl
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hypothesis import given
from hypothesis import strategies as st

from nf.dataplane.reverse_proxy import ReverseProxy
from nf.pki import AuthFailure
from nf.pki.store import ServerCertificate
from tests.helpers.loopback_pki import DAY, NAME, LoopbackPki
from tests.helpers.origin import Origin, echo
from tests.helpers.running_proxy import CONFIGURATION, RunningProxy
from tests.helpers.waiting import until
from tests.pki.factory import CA, SERVER, Minted, mint, sans

NOW = datetime.now(UTC)
REVERSE = CONFIGURATION.replace("root-ca ssl-proxy-ca; trusted-ca lab-root;", "server-certificate [ rsa-web ecdsa-web ];")


class Farm:
    """Servers below one intermediate CA; the box has the keys of two of them."""

    def __init__(self, pki: LoopbackPki) -> None:
        dates = {"begins": pki.now - 30 * DAY, "ends": pki.now + 30 * DAY}
        self.root = mint("Farm root", None, (CA,), **dates)
        self.middle = mint("Farm CA", self.root, (CA,), **dates)
        self.directory = pki.directory
        keys = {"rsa-web": rsa.generate_private_key(65537, 2048), "ecdsa-web": ec.generate_private_key(ec.SECP256R1()),
                "foreign": ec.generate_private_key(ec.SECP256R1())}
        self.servers = {name: mint(NAME, self.middle, (sans(NAME), SERVER), key=key, **dates) for name, key in keys.items()}
        self.renewed = mint(NAME, self.middle, (sans(NAME), SERVER), key=keys["rsa-web"], **dates)
        for name in ("rsa-web", "ecdsa-web"):
            self._save(name, self.servers[name])

    def context(self, server: Minted) -> ssl.SSLContext:
        """What a server of the farm serves with: its certificate and the intermediate one."""
        file = self.directory / "farm.pem"
        file.write_bytes(_key(server) + _pem(server) + _pem(self.middle))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        return context

    def _save(self, name: str, server: Minted) -> None:
        local = self.directory / "pki" / "local"
        (local / f"{name}.crt").write_bytes(_pem(server))
        key = local / f"{name}.key"
        key.write_bytes(_key(server))
        key.chmod(0o600)


def _pem(minted: Minted) -> bytes:
    return minted.certificate.public_bytes(Encoding.PEM)


def _key(minted: Minted) -> bytes:
    return minted.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


@pytest.fixture(scope="module")
def own_pki(tmp_path_factory: pytest.TempPathFactory) -> LoopbackPki:
    return LoopbackPki(tmp_path_factory.mktemp("farm"))


@pytest.fixture(scope="module")
def farm(own_pki: LoopbackPki) -> Farm:
    return Farm(own_pki)


@pytest.fixture(scope="module")
def origin() -> Iterator[Origin]:
    origin = Origin()
    yield origin
    origin.close()


@pytest.fixture(scope="module")
def proxy(tmp_path_factory: pytest.TempPathFactory, own_pki: LoopbackPki, farm: Farm, origin: Origin) -> Iterator[RunningProxy]:
    with RunningProxy(tmp_path_factory.mktemp("proxy"), own_pki, origin.address, workers=1, configuration=REVERSE) as proxy:
        yield proxy
        assert proxy.end() == 0
        assert "Traceback" not in proxy.stderr


def client(proxy: RunningProxy, farm: Farm, highest: ssl.TLSVersion = ssl.TLSVersion.TLSv1_3) -> ssl.SSLSocket:
    context = ssl.create_default_context(cadata=_pem(farm.root).decode())
    context.maximum_version = highest
    return context.wrap_socket(proxy.connect(), server_hostname=NAME)


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
@pytest.mark.parametrize("name", ["rsa-web", "ecdsa-web"])
def test_the_client_sees_the_servers_own_chain(proxy: RunningProxy, farm: Farm, origin: Origin, name: str,
                                               version: ssl.TLSVersion) -> None:
    origin.serve(echo, farm.context(farm.servers[name]))
    with client(proxy, farm, version) as tls:  # which knows the root alone: the intermediate one comes along
        assert tls.getpeercert(binary_form=True) == farm.servers[name].der
        tls.sendall(b"through")
        assert tls.recv(100) == b"through"


def test_a_renewed_certificate_with_the_same_key_is_shown_at_once(proxy: RunningProxy, farm: Farm, origin: Origin) -> None:
    origin.serve(echo, farm.context(farm.renewed))
    with client(proxy, farm) as tls:
        assert tls.getpeercert(binary_form=True) == farm.renewed.der


def test_a_server_whose_key_is_not_there_ends_the_handshake(proxy: RunningProxy, farm: Farm, origin: Origin) -> None:
    origin.serve(echo, farm.context(farm.servers["foreign"]))
    raw = proxy.connect()
    address = raw.getsockname()
    with pytest.raises(ssl.SSLError, match=r"(?i)handshake.failure"):
        ssl.create_default_context(cadata=_pem(farm.root).decode()).wrap_socket(raw, server_hostname=NAME)
    dropped = proxy.record("SSL_PROXY_SSL_SESSION_DROP", address)
    until(lambda: proxy.counters().get("dropped: no-matching-server-certificate") == 1, "the session is counted")
    assert "no server certificate of the profile has the server's key" in dropped["message"]
    assert not origin.received


def test_what_is_no_certificate_and_what_has_no_key(farm: Farm) -> None:
    table = ReverseProxy.of([ServerCertificate(one.certificate, one.key) for one in farm.servers.values()])
    assert table.judge((), NAME, NOW).reason is AuthFailure.EMPTY_CHAIN
    assert table.judge((b"garbage",), NAME, NOW).reason is AuthFailure.MALFORMED
    assert table.judge((farm.root.der,), NAME, NOW).reason is AuthFailure.NO_SERVER_KEY
    assert table.judge((farm.servers["foreign"].der, farm.middle.der), "other.test", NOW).ok
    shown = table.show((farm.servers["rsa-web"].der, farm.middle.der), None, ecdsa=False, at=NOW)
    assert (shown.leaf, shown.chain) == (farm.servers["rsa-web"].certificate, (farm.middle.certificate,))
    assert shown.key is farm.servers["rsa-web"].key
    with pytest.raises(ValueError, match="has the server's key"):
        table.show((farm.root.der,), None, ecdsa=False, at=NOW)


def test_its_own_certificate_need_not_be_valid_now(tmp_path: Path) -> None:
    """Dates are the client's to judge, as they are without a proxy."""
    old = mint(NAME, None, (sans(NAME),), begins=NOW - 60 * DAY, ends=NOW - 30 * DAY)
    assert ReverseProxy.of([ServerCertificate(old.certificate, old.key)]).judge((old.der,), NAME, NOW).ok
    assert isinstance(old.certificate, x509.Certificate)


OWN = mint(NAME, None, (sans(NAME),))
TABLE = ReverseProxy.of([ServerCertificate(OWN.certificate, OWN.key)])


@given(st.integers(0, len(OWN.der) - 1), st.integers(1, 255))
def test_a_changed_certificate_is_the_servers_own_or_refused_and_never_raises(position: int, mask: int) -> None:
    changed = bytearray(OWN.der)
    changed[position] ^= mask
    if TABLE.judge((bytes(changed),), NAME, NOW).ok:
        assert TABLE.show((bytes(changed),), None, ecdsa=False, at=NOW).key is OWN.key
