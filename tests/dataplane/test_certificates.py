"""A profile's engine: verdicts and forged certificates come from bounded caches, never past their dates or names."""

import ssl
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from msgspec import structs
from OpenSSL import SSL

from nf.dataplane.cache_room import SITES, Rooms
from nf.dataplane.certificates import VERDICTS, ProfileCredentials, SslEngine
from nf.dataplane.forward_proxy import ForwardProxy
from nf.dataplane.reverse_proxy import ReverseProxy
from nf.pki import AuthFailure, PkiStore, create_authority, new_signer
from nf.pki.store import ServerCertificate
from nf.tls.client_hello import ClientHello
from nf.tls.grade import Grade
from nf.tls.parameters import TlsParameters
from tests.helpers.loopback_pki import NAME, LoopbackPki
from tests.pki.factory import mint, sans
from tests.tls.ends import SETTINGS, OpenSslEnd, connecting, shake
from tests.tls.hello_bytes import codes, extension, hello, parsed, record

SERVER = TlsParameters("TLSv1.3", "TLS_AES_128_GCM_SHA256", b"h2")
RSA_ONLY, BOTH = [0x0804, 0x0401], [0x0403, 0x0804]


@pytest.fixture(scope="module")
def credentials(pki: LoopbackPki) -> ProfileCredentials:
    store = PkiStore.load(pki.directory / "pki")
    proxy = ForwardProxy((new_signer(store.authority("ssl-proxy-ca")),), store.anchors())
    return ProfileCredentials("fp", proxy, SETTINGS, Grade.A)


@pytest.fixture
def engine(credentials: ProfileCredentials) -> SslEngine:
    return SslEngine(credentials, Rooms.of())


def der(pki: LoopbackPki, certificate: str = "good") -> bytes:
    return ssl.PEM_cert_to_DER_cert((pki.directory / f"{certificate}.pem").read_text().split("-----BEGIN PRIVATE")[0])


def offer(signatures: list[int], suites: list[int] | None = None, name: str | None = NAME) -> ClientHello:
    message = hello(extension(43, b"\x04\x03\x04\x03\x03"), extension(13, codes(2, signatures)),
                    ciphers=codes(2, suites or [0x1301, 0xC02B, 0xC02F]))
    return structs.replace(parsed(record(message)), server_name=name)


def shown(engine: SslEngine, chain: tuple[bytes, ...], *, alpn: bytes = b"h2", name: str | None = NAME,
          signatures: list[int] | None = None) -> SSL.Connection:
    server = structs.replace(SERVER, alpn=alpn)
    return engine.terminate(None, offer(signatures or BOTH, name=name), chain, server)


def leaf(tls: SSL.Connection) -> x509.Certificate:
    client = connecting(SSL.Context(SSL.TLS_CLIENT_METHOD))
    shake(client, OpenSslEnd(tls))
    found = client.tls.get_peer_certificate(as_cryptography=True)
    assert found is not None
    return found


def test_verdicts_are_those_of_the_chain_and_the_name(engine: SslEngine, pki: LoopbackPki) -> None:
    for _ in range(2):  # judged, and from the cache
        assert engine.judge((der(pki),), NAME).ok
        assert engine.judge((der(pki),), None).ok
        assert engine.judge((der(pki),), "other.example.test").reason is AuthFailure.NAME_MISMATCH
        assert engine.judge((der(pki, "expired"),), NAME).reason is AuthFailure.EXPIRED
        assert engine.judge((der(pki, "untrusted"),), NAME).reason is not None
        assert not engine.judge((), NAME).ok
        assert not engine.judge((b"garbage",), NAME).ok


def test_the_proxys_own_ca_is_no_authority_for_servers(credentials: ProfileCredentials) -> None:
    proxy = credentials.proxy
    assert isinstance(proxy, ForwardProxy)
    own = (proxy.signers[0].authority.certificate.public_bytes(Encoding.DER),)
    engine = SslEngine(replace(credentials, proxy=replace(proxy, anchors=own, own=own)), Rooms.of())
    assert engine.judge(own, None).reason is AuthFailure.OWN_CA


def test_a_cached_verdict_ends_with_the_first_certificate(engine: SslEngine, pki: LoopbackPki) -> None:
    engine.judge((der(pki),), NAME)
    (_, made, until), = engine._verdicts.values()
    assert datetime.now(UTC) < until <= datetime.now(UTC) + timedelta(seconds=600)
    key, (verdict, *_) = engine._verdicts.popitem()
    engine._verdicts[key] = (verdict, made, datetime.now(UTC))
    again = engine.judge((der(pki),), NAME)
    assert again is not verdict
    assert again.ok


def test_verdicts_are_bounded(engine: SslEngine, pki: LoopbackPki) -> None:
    for number in range(VERDICTS):
        engine._verdicts[number,] = engine.judge((b"garbage",), NAME), datetime.now(UTC), datetime.now(UTC)
    engine.judge((der(pki),), NAME)
    assert len(engine._verdicts) == VERDICTS


def test_a_site_is_forged_once_for_certificate_name_and_protocol(engine: SslEngine, pki: LoopbackPki) -> None:
    def site(certificate: str = "good", alpn: bytes = b"h2", name: str = NAME) -> SSL.Context:
        return shown(engine, (der(pki, certificate),), alpn=alpn, name=name).get_context()

    first = site()
    assert site() is first
    others = [site(alpn=b""), site(name="other.example.test"), site("wrong-name")]
    assert first not in others
    assert (engine.certificate_cache.counters.hits, engine.certificate_cache.counters.misses) == (1, 4)
    assert len(engine.certificate_cache) == 4


def test_a_certificate_that_cannot_be_read_is_a_value_error(engine: SslEngine) -> None:
    with pytest.raises(ValueError, match="malformed server certificate"):
        shown(engine, (b"garbage",))


def test_without_a_certificate_cache_every_handshake_signs_anew(credentials: ProfileCredentials, pki: LoopbackPki) -> None:
    engine = SslEngine(credentials, Rooms.of(0))
    serials = {leaf(shown(engine, (der(pki),))).serial_number for _ in range(3)}
    assert len(serials) == 3
    assert len(engine.certificate_cache) == engine.certificate_cache.limit == 0


def test_what_is_shown_lasts_as_long_as_asked_and_no_longer_than_the_certificate(credentials: ProfileCredentials,
                                                                                 pki: LoopbackPki) -> None:
    engine = SslEngine(replace(credentials, certificate_lifetime=timedelta(seconds=300)), Rooms.of())
    shown(engine, (der(pki),))
    entry, = engine.certificate_cache.entries()
    assert 290 < entry["expires-in"] <= 300
    assert (entry["interdicted-cert-type"], entry["server-cert-verification-result"]) == (
        "[0x1]: CA issued, Authentication Successful", "ok [0x0]")
    assert len(entry["serial-number"]) % 2 == 0
    forever = SslEngine(replace(credentials, certificate_lifetime=timedelta(days=10_000)), Rooms.of())
    certificate = leaf(shown(forever, (der(pki),)))
    entry, = forever.certificate_cache.entries()
    assert entry["expires-in"] <= (certificate.not_valid_after_utc - datetime.now(UTC)).total_seconds() + 1


def test_a_clock_that_is_set_back_takes_no_forgery_along(credentials: ProfileCredentials, pki: LoopbackPki) -> None:
    engine = SslEngine(credentials, Rooms.of())
    shown(engine, (der(pki),))
    engine.judge((der(pki),), NAME)
    for site in engine.certificate_cache._sites.values():  # as if it had been made, and judged, next year
        site.made, site.expires = site.made + timedelta(days=365), site.expires + timedelta(days=365)
    for key, (verdict, made, until) in engine._verdicts.items():
        engine._verdicts[key] = verdict, made + timedelta(days=365), until + timedelta(days=365)
    first = next(iter(engine._verdicts.values()))[0]
    shown(engine, (der(pki),))
    assert engine.certificate_cache.counters.misses == 2
    assert engine.judge((der(pki),), NAME) is not first


@pytest.mark.parametrize(("forget", "left"), [(True, 0), (False, 1)])
def test_new_crls_make_verdicts_be_passed_again(credentials: ProfileCredentials, pki: LoopbackPki, forget: bool,
                                                left: int) -> None:
    engine = SslEngine(replace(credentials, forget_on_crl_update=forget), Rooms.of())
    engine.judge((der(pki),), NAME)
    shown(engine, (der(pki),))
    engine.update_crls(())
    assert not engine._verdicts
    assert len(engine.certificate_cache) == left
    shown(engine, (der(pki),), name=None)
    assert list(engine.certificate_cache.entries())[-1]["num-of-crl-update"] == 1


@pytest.fixture(scope="module")
def two_kinds(credentials: ProfileCredentials) -> SslEngine:
    proxy = credentials.proxy
    assert isinstance(proxy, ForwardProxy)
    kind = "ecdsa" if proxy.signers[0].key_type == "rsa" else "rsa"
    other = new_signer(create_authority("SRX second CA", kind, at=datetime.now(UTC)))
    return SslEngine(replace(credentials, proxy=replace(proxy, signers=(*proxy.signers, other))), Rooms.of())


@pytest.mark.parametrize(("signatures", "kind"), [(RSA_ONLY, rsa.RSAPublicKey), (BOTH, ec.EllipticCurvePublicKey)])
def test_of_two_authorities_the_one_counts_whose_key_the_client_can_use(two_kinds: SslEngine, pki: LoopbackPki,
                                                                        signatures: list[int], kind: type) -> None:
    assert isinstance(leaf(shown(two_kinds, (der(pki),), signatures=signatures)).public_key(), kind)


def test_many_first_clients_of_a_site_forge_once(engine: SslEngine, pki: LoopbackPki,
                                                 monkeypatch: pytest.MonkeyPatch) -> None:
    forged: list[object] = []
    show: Callable[..., object] = ForwardProxy.show
    monkeypatch.setattr(ForwardProxy, "show", lambda *given: forged.append(given) or show(*given))
    waiting = [shown(engine, (der(pki),)) for _ in range(200)]  # all before the first of them has finished
    assert len(forged) == 1
    assert len({id(one.get_context()) for one in waiting}) == 1


def test_sites_are_bounded_and_what_is_pushed_out_is_counted(credentials: ProfileCredentials, pki: LoopbackPki) -> None:
    assert SslEngine(credentials, Rooms.of()).certificate_cache.limit == SITES
    engine = SslEngine(credentials, Rooms.of(2))
    for name in ("a.test", "b.test", "c.test"):
        shown(engine, (der(pki),), name=name)
    assert [entry["server-name"] for entry in engine.certificate_cache.entries()] == ["b.test", "c.test"]
    assert engine.certificate_cache.counters.full == 1
    assert engine.certificate_cache.clear() == 2


def test_what_the_client_is_shown(credentials: ProfileCredentials, network) -> None:
    with network.client() as client:
        certificate = x509.load_der_x509_certificate(client.getpeercert(binary_form=True))
    proxy = credentials.proxy
    assert isinstance(proxy, ForwardProxy)
    own, servers = proxy.signers[0].authority.certificate, x509.load_der_x509_certificate(der(network.pki))
    certificate.verify_directly_issued_by(own)
    assert certificate.subject == servers.subject
    assert certificate.public_bytes(Encoding.DER) != servers.public_bytes(Encoding.DER)
    assert certificate.public_key() not in (own.public_key(), servers.public_key())
    assert certificate.serial_number.bit_length() >= 60


def test_a_servers_own_certificate_that_openssl_will_not_show_is_a_value_error(credentials: ProfileCredentials) -> None:
    old = mint(NAME, None, (sans(NAME),), key=rsa.generate_private_key(65537, 1024))  # noqa: S505 - what is refused
    proxy = ReverseProxy.of([ServerCertificate(old.certificate, old.key)])
    engine = SslEngine(replace(credentials, proxy=proxy), Rooms.of())
    assert engine.judge((old.der,), NAME).ok
    with pytest.raises(ValueError, match="certificate cannot be shown: ee key too small"):
        shown(engine, (old.der,))
