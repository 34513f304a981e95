"""What profiles say of TLS, seen from outside: real clients and servers around `srxnf proxy`."""

import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from nf.pki import create_authority
from nf.pki.store import save_authority
from tests.helpers.loopback_pki import NAME, LoopbackPki
from tests.helpers.origin import Origin, echo
from tests.helpers.running_proxy import CONFIGURATION, RunningProxy
from tests.helpers.waiting import until

PROFILE = "profile fp { root-ca ssl-proxy-ca; "


@pytest.fixture(scope="module")
def own_pki(tmp_path_factory: pytest.TempPathFactory) -> LoopbackPki:
    pki = LoopbackPki(tmp_path_factory.mktemp("pki"))
    save_authority(pki.directory / "pki", "rsa-ca", create_authority("SRX RSA CA", "rsa", at=pki.now))
    return pki


@pytest.fixture
def origin(own_pki: LoopbackPki) -> Iterator[Origin]:
    origin = Origin()
    origin.serve(echo, own_pki.origin_context())
    yield origin
    origin.close()


def running(directory: Path, pki: LoopbackPki, origin: Origin, said: str = "", *options: str) -> RunningProxy:
    configuration = CONFIGURATION.replace(PROFILE, said or PROFILE)
    return RunningProxy(directory, pki, origin.address, workers=1, configuration=configuration, options=options)


def connect(proxy: RunningProxy, pki: LoopbackPki, ciphers: str = "", highest: ssl.TLSVersion = ssl.TLSVersion.TLSv1_3,
            lowest: ssl.TLSVersion = ssl.TLSVersion.TLSv1_2) -> ssl.SSLSocket:
    context = ssl.create_default_context(cafile=str(pki.proxy_root))
    context.load_verify_locations(str(pki.directory / "pki" / "local" / "rsa-ca.crt"))
    context.minimum_version, context.maximum_version = lowest, highest
    if ciphers:
        context.set_ciphers(ciphers)
    tls = context.wrap_socket(proxy.connect(), server_hostname=NAME)
    tls.sendall(b"through")
    assert tls.recv(100) == b"through"
    return tls


def test_a_profile_that_says_nothing_is_told_to_be_of_grade_a(tmp_path: Path, own_pki: LoopbackPki, origin: Origin) -> None:
    with running(tmp_path, own_pki, origin) as proxy, connect(proxy, own_pki) as tls:
        assert tls.version() == "TLSv1.3"
        assert "srxnf: profile fp: grade A, TLS 1.2 to TLS 1.3, 11 ciphers\n" in proxy.stderr
        assert len(until(lambda: proxy.ask("sessions")["sessions"], "the session in the table")) == 1


def test_an_old_release_speaks_tls12(tmp_path: Path, own_pki: LoopbackPki, origin: Origin) -> None:
    with running(tmp_path, own_pki, origin, "", "--junos-release", "15.1X49-D80") as proxy, connect(proxy, own_pki) as tls:
        assert tls.version() == "TLSv1.2"
        assert "profile fp: grade A, TLS 1.2, 8 ciphers" in proxy.stderr


def test_of_two_root_cas_the_clients_offer_decides(tmp_path: Path, own_pki: LoopbackPki, origin: Origin) -> None:
    both = "profile fp { root-ca [ rsa-ca ssl-proxy-ca ]; "
    with running(tmp_path, own_pki, origin, both) as proxy:
        for ciphers, kind in (("ECDHE-RSA-AES128-GCM-SHA256", rsa.RSAPublicKey),
                              ("ECDHE-ECDSA-AES128-GCM-SHA256", ec.EllipticCurvePublicKey), ("", ec.EllipticCurvePublicKey)):
            with connect(proxy, own_pki, ciphers, ssl.TLSVersion.TLSv1_2) as tls:
                leaf = x509.load_der_x509_certificate(tls.getpeercert(binary_form=True))
                assert isinstance(leaf.public_key(), kind)


def test_the_profiles_order_of_ciphers_counts(tmp_path: Path, own_pki: LoopbackPki, origin: Origin) -> None:
    custom = PROFILE + """preferred-ciphers custom;
        custom-ciphers [ ecdhe-ecdsa-with-aes-256-cbc-sha384 ecdhe-ecdsa-with-aes-128-gcm-sha256 rsa-with-rc4-128-md5 ]; """
    with running(tmp_path, own_pki, origin, custom) as proxy, connect(proxy, own_pki, "ALL") as tls:
        assert tls.cipher()[:2] == ("ECDHE-ECDSA-AES256-SHA384", "TLSv1.2")
        assert "profile fp: grade B, TLS 1.2, 2 ciphers; not in OpenSSL" in proxy.stderr
        assert "rsa-with-rc4-128-md5\n" in proxy.stderr


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1 is deprecated")
def test_an_old_client_is_let_in_where_the_profile_says_all(tmp_path: Path, own_pki: LoopbackPki, origin: Origin) -> None:
    with running(tmp_path, own_pki, origin, PROFILE + "protocol-version all; ") as proxy:
        with connect(proxy, own_pki, "ALL:@SECLEVEL=0", ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1) as tls:
            assert tls.version() == "TLSv1"
        with connect(proxy, own_pki) as tls:
            assert tls.version() == "TLSv1.3"


@pytest.mark.parametrize("highest", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
@pytest.mark.parametrize(("said", "resumed"), [(PROFILE, True), (PROFILE + "actions { disable-session-resumption; } ", False)])
def test_sessions_are_resumed_where_the_profile_lets_them(tmp_path: Path, own_pki: LoopbackPki, origin: Origin, said: str,
                                                          resumed: bool, highest: ssl.TLSVersion) -> None:
    context = own_pki.client_context(highest=highest)
    with running(tmp_path, own_pki, origin, said) as proxy:
        session = None
        for expected in (False, resumed):
            with context.wrap_socket(proxy.connect(), server_hostname=NAME, session=session) as tls:
                tls.sendall(b"through")
                assert tls.recv(100) == b"through"
                assert tls.session_reused is expected
                session = tls.session
