"""What the contexts are limited to, against real peers that would take and give anything."""

from base64 import b64encode
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from OpenSSL import SSL

from nf.policy.profile import SslProxyProfile
from nf.policy.versions import TLS10, TLS11, TLS12, TLS13
from nf.tls.ciphers import ciphers
from nf.tls.initiation import Initiation, parameters
from nf.tls.settings import TlsSettings, tls_settings
from nf.tls.suites import library
from nf.tls.termination import Bases, site_context
from tests.tls.ends import FORGED, LEAF_KEY, OpenSslEnd, accepting, connecting, origin_context, shake
from tests.tls.hello_bytes import parsed

PROFILE = SslProxyProfile("p", root_ca=("ca",))
CODES = {"TLSv1": TLS10, "TLSv1.1": TLS11, "TLSv1.2": TLS12, "TLSv1.3": TLS13}


def settings(**change: object) -> TlsSettings:
    found = tls_settings(replace(PROFILE, **change), library())  # type: ignore[arg-type]
    assert found.problem is None
    return found


def custom(*names: str, **change: object) -> TlsSettings:
    return settings(preferred_ciphers="custom", custom_ciphers=names, **change)


def offered(of: TlsSettings, *, tls13: bool = True) -> tuple[int, ...]:
    """The suites in the ClientHello to a server, without the signal of RFC 5746."""
    end = OpenSslEnd(Initiation(of).prepare(None, "a.test", (), tls13))
    return tuple(code for code in parsed(end.turn(b"")).cipher_suites if code != 0x00FF)


def careless_client(version: int, *ciphers_taken: bytes) -> SSL.Context:
    context = SSL.Context(SSL.TLS_CLIENT_METHOD)
    context.set_min_proto_version(version)
    context.set_max_proto_version(version)
    context.set_cipher_list((b":".join(ciphers_taken) or b"ALL") + b":@SECLEVEL=0")
    return context


def careless_server(version: int, cipher: bytes = b"ALL") -> SSL.Context:
    context = origin_context()
    context.set_min_proto_version(version)
    context.set_max_proto_version(version)
    context.set_cipher_list(cipher + b":@SECLEVEL=0")
    return context


def answered(client: SSL.Context, of: TlsSettings) -> str:
    """What a client and our SSL-T agree on."""
    end, highest = connecting(client), of.versions.highest
    shake(end, OpenSslEnd(Bases(of).prepare(None, site_context(of, FORGED, LEAF_KEY.key, (), b"", "s"), highest)))
    return parameters(end.tls).version


def served(server: SSL.Context, of: TlsSettings) -> str:
    """What our SSL-I and a server agree on."""
    end = OpenSslEnd(Initiation(of).prepare(None, "a.test", (), tls13=True))
    shake(end, accepting(server))
    return parameters(end.tls).version


def test_the_library_is_what_runs() -> None:
    assert library().name.startswith("OpenSSL ")
    assert {TLS12, TLS13} <= library().versions
    assert 0x0300 not in library().versions
    assert "ECDHE-RSA-AES128-GCM-SHA256" in library().suites
    assert not {"RC4-MD5", "EXP-RC4-MD5", "DES-CBC-SHA"} & library().suites


def test_every_list_of_the_library_is_offered_exactly_in_its_order() -> None:
    names = ("rsa-with-aes-256-cbc-sha256", "dhe-rsa-with-aes-128-gcm-sha256", "ecdhe-ecdsa-with-aes-256-gcm-sha384",
             "ecdhe-rsa-with-aes-128-cbc-sha")
    assert offered(custom(*names)) == tuple(ciphers()[name].suite.code for name in names)
    thirteen = ("tls13-with-chacha20-poly1305-sha256", "tls13-with-aes-128-gcm-sha256")
    assert offered(custom(*thirteen)) == (0x1303, 0x1301)


@pytest.mark.parametrize("preset", ["strong", "medium", "weak"])
def test_presets_offer_what_they_admit(preset: str) -> None:
    of = settings(preferred_ciphers=preset)
    assert offered(of) == tuple(suite.code for suite in of.suites)
    assert (0x002F in offered(of)) is (preset != "strong")


def test_the_servers_order_is_ours() -> None:
    of = custom("ecdhe-ecdsa-with-aes-256-gcm-sha384", "ecdhe-ecdsa-with-aes-128-gcm-sha256")
    client = careless_client(TLS12, b"ECDHE-ECDSA-AES128-GCM-SHA256", b"ECDHE-ECDSA-AES256-GCM-SHA384")
    end = connecting(client)
    shake(end, OpenSslEnd(Bases(of).prepare(None, site_context(of, FORGED, LEAF_KEY.key, (), b"", "s"))))
    assert parameters(end.tls).cipher == "ECDHE-ECDSA-AES256-GCM-SHA384"


@pytest.mark.parametrize(("word", "admitted"), [
    (None, {TLS12, TLS13}), ("all", {TLS10, TLS11, TLS12, TLS13}), ("tls12-and-lower", {TLS10, TLS11, TLS12}),
    ("tls1", {TLS10}), ("tls11", {TLS11}), ("tls12", {TLS12}), ("tls13", {TLS13})])
def test_both_ends_agree_on_the_versions_of_the_profile_and_no_others(word: str | None, admitted: set[int]) -> None:
    of = settings(protocol_version=word)
    for version in (TLS10, TLS11, TLS12, TLS13):
        if version in admitted:
            assert CODES[answered(careless_client(version), of)] == version
            assert CODES[served(careless_server(version), of)] == version
        else:
            with pytest.raises(SSL.Error):
                answered(careless_client(version), of)
            with pytest.raises(SSL.Error):
                served(careless_server(version), of)


def test_a_lowered_security_level_takes_no_weak_hash() -> None:
    hello = parsed(OpenSslEnd(Initiation(settings(protocol_version="all")).prepare(None, "a.test", (), True)).turn(b""))
    weak = {code for code in hello.signature_algorithms if code >> 8 in (1, 2, 3)}  # MD5, SHA-1, SHA-224
    assert not weak
    assert 0x0403 in hello.signature_algorithms


def test_a_lowered_security_level_offers_servers_no_dhe() -> None:
    assert not {0x009E, 0x0033} & set(offered(settings(protocol_version="all", preferred_ciphers="medium")))


@pytest.mark.parametrize("group", ["P-256", "P-384", "P-521"])
def test_one_group_is_offered_and_taken(group: str) -> None:
    of = settings(supported_ec_groups=group)
    for post_quantum in (True, False):
        end = OpenSslEnd(Initiation(of).prepare(None, "a.test", (), True, post_quantum))
        assert parsed(end.turn(b"")).groups == ({"P-256": 0x17, "P-384": 0x18, "P-521": 0x19}[group],)
    client = connecting(careless_client(TLS13))
    shake(client, OpenSslEnd(Bases(of).prepare(None, site_context(of, FORGED, LEAF_KEY.key, (), b"", "s"))))
    assert client.tls.get_group_name() == {"P-256": "secp256r1", "P-384": "secp384r1", "P-521": "secp521r1"}[group]


def test_dhe_with_clients_has_a_group_of_2048_bits() -> None:
    key = rsa.generate_private_key(65537, 2048)
    leaf = _signed(key)
    of = settings()
    client = connecting(careless_client(TLS12, b"DHE-RSA-AES128-GCM-SHA256"))
    shake(client, OpenSslEnd(Bases(of).prepare(None, site_context(of, leaf, key, (), b"", "s"))))
    assert parameters(client.tls).cipher == "DHE-RSA-AES128-GCM-SHA256"
    assert client.tls.get_group_name() in ("ffdhe2048", None, "")


def _signed(key: rsa.RSAPrivateKey) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "a.test")])
    return (x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
            .serial_number(1).not_valid_before(FORGED.not_valid_before_utc).not_valid_after(FORGED.not_valid_after_utc)
            .sign(key, hashes.SHA256()))


OAKLEY_1024 = bytes.fromhex(  # RFC 2409 §6.2
    "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E3404DD"
    "EF9519B3CD3A431B302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7ED"
    "EE386BFB5A899FA5AE9F24117C4B1FE649286651ECE65381FFFFFFFFFFFFFFFF")


def weak_group_server(directory: Path) -> SSL.Context:
    """It has RSA-2048 and DHE with 1024 bits."""
    key = rsa.generate_private_key(65537, 2048)
    file = directory / "dh.pem"
    der = bytes.fromhex("30818702818100") + OAKLEY_1024 + bytes.fromhex("020102")  # DHParameter of PKCS #3: p, g = 2
    file.write_text(f"-----BEGIN DH PARAMETERS-----\n{b64encode(der).decode()}\n-----END DH PARAMETERS-----\n")
    context = SSL.Context(SSL.TLS_SERVER_METHOD)
    context.set_max_proto_version(TLS12)
    context.set_cipher_list(b"DHE:@SECLEVEL=0")
    context.use_certificate(_signed(key))
    context.use_privatekey(key)
    context.load_tmp_dh(str(file))
    return context


@pytest.mark.parametrize("of", [settings(), settings(preferred_ciphers="medium"),
                                settings(protocol_version="all", preferred_ciphers="weak")])
def test_a_server_with_a_weak_group_is_refused(of: TlsSettings, tmp_path: Path) -> None:
    with pytest.raises(SSL.Error, match=r"dh key too small|no shared cipher"):
        served(weak_group_server(tmp_path), of)
