"""SSL-T against real clients: what it shows, what it negotiates, whom it resumes and what it refuses."""

import ssl
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from OpenSSL import SSL

from nf.pki import verify_server_chain
from nf.policy.versions import TLS12, TLS13
from nf.tls import alerts
from nf.tls.initiation import parameters, peer_chain
from nf.tls.parameters import TlsParameters
from nf.tls.termination import Bases, ceiling, takes_ecdsa
from tests.pki.factory import NOW
from tests.tls.ends import AUTHORITY, FORGED, SETTINGS, LibraryClient, OpenSslEnd, connecting, library_context, shake, site
from tests.tls.hello_bytes import codes, extension, hello, parsed, record, vector

BASES = Bases(SETTINGS)
NO_RESUMPTION = replace(SETTINGS, resumption=False)
DOWNGRADED = b"DOWNGRD\x01"  # RFC 8446 §4.1.3
SEND_FALLBACK_SCSV = 0x80  # SSL_MODE_SEND_FALLBACK_SCSV
VERSIONS = [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3]
GROUPS, SIGNATURES = extension(10, codes(2, [0x0017, 0x001D])), extension(13, codes(2, [0x0403, 0x0804]))


def terminated(context: SSL.Context | None = None, *, tls13: bool = True, bases: Bases = BASES) -> OpenSslEnd:
    return OpenSslEnd(bases.prepare(None, context or site(), TLS13 if tls13 else TLS12))


def answer_to(message: bytes) -> bytes:
    """What SSL-T sends when this is a client's first handshake message."""
    end = terminated()
    try:
        return end.turn(record(message))
    except SSL.Error:
        return end.waiting()


def test_client_sees_the_forged_leaf_and_its_authority() -> None:
    client = connecting(SSL.Context(SSL.TLS_CLIENT_METHOD))
    shake(client, terminated())
    chain = peer_chain(client.tls)
    own = AUTHORITY.certificate.public_bytes(Encoding.DER)
    assert chain == (FORGED.public_bytes(Encoding.DER), own)
    assert verify_server_chain(chain, [own], "a.test", NOW).ok


@pytest.mark.parametrize(("chosen", "offered", "agreed"), [
    (b"h2", ("h2", "http/1.1"), "h2"), (b"http/1.1", ("h2", "http/1.1"), "http/1.1"), (b"", ("h2",), None),
    (b"h2", ("http/1.1",), None), (b"h2", (), None)])
def test_alpn_is_the_servers_choice_where_the_client_offers_it(chosen: bytes, offered: tuple[str, ...],
                                                               agreed: str | None) -> None:
    client, server = LibraryClient(library_context(*offered), "a.test"), terminated(site(chosen))
    shake(client, server)
    assert client.tls.selected_alpn_protocol() == agreed
    assert parameters(server.tls).alpn == (agreed or "").encode()


@pytest.mark.parametrize(("tls13", "version"), [(True, "TLSv1.3"), (False, "TLSv1.2")])
def test_the_server_end_caps_the_version(tls13: bool, version: str) -> None:
    client, server = LibraryClient(library_context(), "a.test"), terminated(tls13=tls13)
    shake(client, server)
    assert client.tls.version() == parameters(server.tls).version == version


def test_data_pass_both_ways() -> None:
    client, server = connecting(SSL.Context(SSL.TLS_CLIENT_METHOD)), terminated()
    shake(client, server)
    client.tls.send(b"ping")
    server.tls.send(b"pong")
    shake(client, server)
    client.turn(server.waiting())
    assert (server.read, client.read) == (b"ping", b"pong")


def test_versions_below_1_2_are_refused() -> None:
    answer = answer_to(hello(GROUPS, SIGNATURES, version=0x0302, ciphers=codes(2, [0xC009])))
    assert answer[-4:] == alerts.fatal(alerts.PROTOCOL_VERSION)[-4:]  # the record's version is the client's


@pytest.mark.parametrize("suite", [0x009C, 0x002F, 0xC009, 0xC018])
def test_without_forward_secrecy_and_authenticated_encryption_there_is_no_session(suite: int) -> None:
    assert answer_to(hello(GROUPS, SIGNATURES, ciphers=codes(2, [suite]))) == alerts.fatal(alerts.HANDSHAKE_FAILURE)


def test_compression_is_never_chosen() -> None:
    answer = answer_to(hello(GROUPS, SIGNATURES, ciphers=codes(2, [0xC02B]), compression=vector(1, b"\x01\x00")))
    session_id = answer[43]  # after the record's and the message's header, version and random
    assert answer[5] == 2
    assert answer[44 + session_id:47 + session_id] == b"\xc0\x2b\x00"


def test_renegotiation_is_refused() -> None:
    context = SSL.Context(SSL.TLS_CLIENT_METHOD)
    context.set_max_proto_version(SSL.TLS1_2_VERSION)
    client, server = connecting(context), terminated()
    shake(client, server)
    assert client.tls.renegotiate()
    client.done = False
    with pytest.raises(SSL.Error, match="no renegotiation"):
        shake(client, server)
    assert server.tls.total_renegotiations() == 0


def limited(version: int, *, fallback: bool = False) -> OpenSslEnd:
    """A client whose newest version is this one."""
    context = SSL.Context(SSL.TLS_CLIENT_METHOD)
    context.set_max_proto_version(version)
    if fallback:
        context.set_mode(SEND_FALLBACK_SCSV)
    return connecting(context)


def test_a_client_that_offers_no_more_than_the_server_has_gets_the_mark_of_a_downgrade() -> None:
    """In case someone on the way has taken its offer of TLS 1.3 away."""
    said = parsed(limited(TLS12).turn(b""))
    for server, marked in ((TlsParameters("TLSv1.2", ""), True), (TlsParameters("TLSv1.3", ""), True)):
        client = limited(TLS12)
        shake(client, OpenSslEnd(BASES.prepare(None, site(), ceiling(said, server))))
        assert (client.tls.server_random()[-8:] == DOWNGRADED) is marked


def test_a_client_that_offers_more_than_the_server_has_is_not_told_of_an_attack() -> None:
    said = parsed(limited(TLS13).turn(b""))
    client = limited(TLS13)
    shake(client, OpenSslEnd(BASES.prepare(None, site(), ceiling(said, TlsParameters("TLSv1.2", "")))))
    assert client.done
    assert client.tls.get_protocol_version_name() == "TLSv1.2"
    assert client.tls.server_random()[-8:] != DOWNGRADED


def test_a_fallback_is_refused() -> None:
    said = parsed(limited(TLS12, fallback=True).turn(b""))
    assert 0x5600 in said.cipher_suites
    client = limited(TLS12, fallback=True)
    with pytest.raises(SSL.Error, match="inappropriate fallback"):
        shake(client, OpenSslEnd(BASES.prepare(None, site(), ceiling(said, TlsParameters("TLSv1.2", "")))))


@pytest.mark.parametrize(("offered", "server", "highest"), [
    ((0x0304, 0x0303), "TLSv1.3", TLS13), ((0x0304, 0x0303), "TLSv1.2", TLS12), ((0x0304, 0x0303), "TLSv1", 0x0301),
    ((0x0303,), "TLSv1.3", TLS13), ((0x0303,), "TLSv1.2", TLS13), ((0x0303, 0x0302), "TLSv1.1", 0x0302)])
def test_no_client_gets_a_newer_version_than_the_server(offered: tuple[int, ...], server: str, highest: int) -> None:
    said = parsed(record(hello(extension(43, codes(1, list(offered))))))
    assert ceiling(said, TlsParameters(server, "")) == highest


@pytest.mark.parametrize(("signatures", "suites", "versions", "server", "takes"), [
    ([0x0403, 0x0804], [0x1301, 0xC02B], [0x0304, 0x0303], "TLSv1.3", True),
    ([0x0403, 0x0804], [0x1301, 0xC02F], [0x0304, 0x0303], "TLSv1.3", True),
    ([0x0403, 0x0804], [0x1301, 0xC02F], [0x0304, 0x0303], "TLSv1.2", False),  # no ECDSA suite below TLS 1.3
    ([0x0403, 0x0804], [0x1301, 0xC02B], [0x0304, 0x0303], "TLSv1.2", True),
    ([0x0804, 0x0401], [0x1301, 0xC02B], [0x0304, 0x0303], "TLSv1.3", False),
    ([0x0503], [0xC02B], [0x0303], "TLSv1.2", False)])
def test_an_ecdsa_certificate_is_for_clients_that_take_it(signatures: list[int], suites: list[int], versions: list[int],
                                                          server: str, takes: bool) -> None:
    message = hello(extension(43, codes(1, versions)), extension(13, codes(2, signatures)), ciphers=codes(2, suites))
    assert takes_ecdsa(parsed(record(message)), TlsParameters(server, "")) is takes


def test_below_tls13_the_curve_of_a_certificate_must_be_on_offer() -> None:
    for groups, takes in (([0x001D], False), ([0x001D, 0x0017], True)):
        said = parsed(record(hello(extension(10, codes(2, groups)), extension(13, codes(2, [0x0403])),
                                   ciphers=codes(2, [0xC02B]))))
        assert takes_ecdsa(said, TlsParameters("TLSv1.2", "")) is takes


def test_an_old_client_says_by_its_suites_whether_it_takes_ecdsa() -> None:
    for suite, takes in ((0xC009, True), (0xC013, False)):
        said = parsed(record(hello(version=0x0301, ciphers=codes(2, [suite]))))
        assert takes_ecdsa(said, TlsParameters("TLSv1", "")) is takes


@pytest.mark.parametrize(("offered", "agreed"), [
    (b"X25519MLKEM768:X25519", "X25519MLKEM768"), (b"X25519", "x25519"), (b"P-384:P-256", "secp384r1"),
    (b"P-521:P-384", "secp384r1"), (b"P-521:X448", None)])
def test_groups_that_browsers_offer_are_taken_and_no_others(offered: bytes, agreed: str | None) -> None:
    context = SSL.Context(SSL.TLS_CLIENT_METHOD)
    assert SSL._lib.SSL_CTX_set1_curves_list(context._context, offered) == 1
    client = connecting(context)
    if agreed is None:
        with pytest.raises(SSL.Error):
            shake(client, terminated())
        return
    shake(client, terminated())
    assert client.tls.get_group_name() == agreed


def test_a_client_that_has_no_share_of_the_best_group_is_not_asked_for_one() -> None:
    """It offers X25519MLKEM768 and sends a share for X25519 alone: a second round trip would cost more than it gives."""
    context = SSL.Context(SSL.TLS_CLIENT_METHOD)
    assert SSL._lib.SSL_CTX_set1_curves_list(context._context, b"*X25519:X25519MLKEM768") == 1
    client = connecting(context)
    shake(client, terminated())
    assert client.tls.get_group_name() == "x25519"
