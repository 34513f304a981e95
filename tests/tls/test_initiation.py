"""SSL-I against real servers: what it says of the client, and what it brings back of the server."""

from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp

from nf.policy.versions import TLS12, TLS13
from nf.tls.initiation import Initiation, parameters, peer_chain
from nf.tls.parameters import TlsParameters
from nf.tls.termination import Bases
from tests.pki.factory import LEAF, MIDDLE
from tests.tls.ends import SETTINGS, OpenSslEnd, accepting, origin_context, shake, site
from tests.tls.hello_bytes import parsed

INITIATION = Initiation(SETTINGS)


def initiated(name: str | None = "a.test", alpn: tuple[bytes, ...] = (), *, tls13: bool = True) -> OpenSslEnd:
    return OpenSslEnd(INITIATION.prepare(None, name, alpn, tls13))


def test_hello_names_the_server_and_the_clients_protocols() -> None:
    found = parsed(initiated("a.test", (b"h2", b"http/1.1")).turn(b""))
    assert (found.server_name, found.alpn) == ("a.test", (b"h2", b"http/1.1"))
    assert found.versions == (0x0304, 0x0303)


def test_hello_without_a_name_or_protocols_has_neither_extension() -> None:
    found = parsed(initiated(None).turn(b""))
    assert {0, 16}.isdisjoint(found.extensions)


def test_a_client_without_tls13_is_spoken_for_without_it() -> None:
    assert parsed(initiated(tls13=False).turn(b"")).highest_version == 0x0303
    client, server = initiated(tls13=False), accepting(origin_context())
    shake(client, server)
    assert parameters(client.tls).version == "TLSv1.2"


def test_hello_offers_only_forward_secrecy_with_authenticated_encryption_and_no_compression() -> None:
    data = initiated().turn(b"")
    suites = {suite for suite in parsed(data).cipher_suites if suite >> 8 != 0x13} - {0x00FF}
    assert suites <= {0xC02B, 0xC02C, 0xC02F, 0xC030, 0xCCA8, 0xCCA9, 0xCCAA, 0x009E, 0x009F}
    assert suites
    at = 44 + data[43]  # the cipher suites, after headers, version, random and session id
    at += 2 + int.from_bytes(data[at:at + 2])
    assert data[at:at + 2] == b"\x01\x00"


def test_any_chain_is_taken_and_brought_back_as_it_came() -> None:
    client = initiated("other.test")
    shake(client, accepting(origin_context()))
    assert client.done
    assert peer_chain(client.tls) == (LEAF.der, MIDDLE.der)


def test_no_chain_before_the_server_has_spoken() -> None:
    client = initiated()
    client.turn(b"")
    assert peer_chain(client.tls) == ()


@pytest.mark.parametrize(("tls13", "version", "suites"), [
    (True, "TLSv1.3", "TLS_"), (False, "TLSv1.2", "ECDHE-ECDSA-")])
def test_parameters_are_what_both_ends_agreed_on(tls13: bool, version: str, suites: str) -> None:
    bases, highest = Bases(SETTINGS), TLS13 if tls13 else TLS12
    client, server = initiated("a.test", (b"h2",), tls13=tls13), OpenSslEnd(bases.prepare(None, site(b"h2"), highest))
    shake(client, server)
    agreed = parameters(client.tls)
    assert agreed == parameters(server.tls) == TlsParameters(version, agreed.cipher, b"h2")
    assert agreed.cipher.startswith(suites)
    assert agreed.is_tls13 is tls13


def test_a_server_is_judged_afresh_each_time_so_no_session_is_offered_again() -> None:
    for tls13 in (True, False):
        shake(initiated(tls13=tls13), accepting(origin_context()))
    assert 41 not in parsed(initiated().turn(b"")).extensions  # pre_shared_key
    assert parsed(initiated(tls13=False).turn(b"")).session_id == b""  # which goes with a ticket, RFC 5077 §3.4


@pytest.mark.parametrize("version", [TLS12, TLS13])
@pytest.mark.parametrize("response", [
    ocsp.OCSPResponseBuilder.build_unsuccessful(ocsp.OCSPResponseStatus.TRY_LATER).public_bytes(Encoding.DER), b""])
def test_a_stapled_response_is_asked_for_and_brought_back(version: int, response: bytes) -> None:
    origin = origin_context()
    origin.set_max_proto_version(version)
    origin.set_ocsp_server_callback(lambda _connection, _data: response)
    client = INITIATION.prepare(None, "a.test", (), True)
    shake(OpenSslEnd(client), accepting(origin))
    assert client.stapled == response


def test_no_response_is_asked_for_where_revocation_is_not_looked_at() -> None:
    client = Initiation(replace(SETTINGS, status_request=False)).prepare(None, "a.test", (), True)
    end = OpenSslEnd(client)
    assert 5 not in parsed(end.turn(b"")).extensions  # status_request
    assert client.stapled is None
    assert 5 in parsed(initiated().turn(b"")).extensions
