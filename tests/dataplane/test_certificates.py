"""A profile's engine: verdicts and forged certificates come from bounded caches, never past their dates or names."""

import ssl
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from nf.dataplane.certificates import SITES, VERDICTS, ProfileCredentials, SslEngine
from nf.pki import AuthFailure, PkiStore, new_leaf_key
from tests.helpers.loopback_pki import NAME, LoopbackPki


@pytest.fixture(scope="module")
def credentials(pki: LoopbackPki) -> ProfileCredentials:
    store = PkiStore.load(pki.directory / "pki")
    authority = store.authority("ssl-proxy-ca")
    return ProfileCredentials("fp", authority, new_leaf_key(authority), store.anchors())


@pytest.fixture
def engine(credentials: ProfileCredentials) -> SslEngine:
    return SslEngine(credentials)


def der(pki: LoopbackPki, certificate: str = "good") -> bytes:
    return ssl.PEM_cert_to_DER_cert((pki.directory / f"{certificate}.pem").read_text().split("-----BEGIN PRIVATE")[0])


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
    own = credentials.authority.certificate.public_bytes(Encoding.DER)
    assert not SslEngine(replace(credentials, anchors=(own,))).judge((own,), None).ok


def test_a_cached_verdict_ends_with_the_first_certificate(engine: SslEngine, pki: LoopbackPki) -> None:
    engine.judge((der(pki),), NAME)
    (_, until), = engine._verdicts.values()
    assert datetime.now(UTC) < until <= datetime.now(UTC) + timedelta(seconds=600)
    key, (verdict, _) = engine._verdicts.popitem()
    engine._verdicts[key] = (verdict, datetime.now(UTC))
    again = engine.judge((der(pki),), NAME)
    assert again is not verdict
    assert again.ok


def test_a_site_is_forged_once_for_certificate_name_and_protocol(engine: SslEngine, pki: LoopbackPki) -> None:
    first = engine.site(der(pki), NAME, b"h2")
    assert engine.site(der(pki), NAME, b"h2") is first
    assert engine.site(der(pki), NAME, b"") is not first
    assert engine.site(der(pki), "other.example.test", b"h2") is not first
    assert engine.site(der(pki, "wrong-name"), NAME, b"h2") is not first


def test_a_certificate_that_cannot_be_read_is_a_value_error(engine: SslEngine) -> None:
    with pytest.raises(ValueError, match="pars"):
        engine.site(b"garbage", NAME, b"")


def test_caches_are_bounded(engine: SslEngine, pki: LoopbackPki) -> None:
    assert (engine._verdicts.maxsize, engine._sites.maxsize) == (VERDICTS, SITES)
    for number in range(SITES + 10):
        engine._sites[number] = engine._sites.get(number - 1, ())
    engine.site(der(pki), NAME, b"")
    assert len(engine._sites) == SITES


def test_what_the_client_is_shown(credentials: ProfileCredentials, network) -> None:
    with network.client() as client:
        shown = x509.load_der_x509_certificate(client.getpeercert(binary_form=True))
    own, servers = credentials.authority.certificate, x509.load_der_x509_certificate(der(network.pki))
    shown.verify_directly_issued_by(own)
    assert shown.subject == servers.subject
    assert shown.public_key() not in (own.public_key(), servers.public_key())
    assert shown.serial_number.bit_length() >= 60
