"""What a client sees of a server that failed: the errors that OpenSSL finds in the server's own chain, and no fewer."""

import re
import socket
import ssl
import subprocess
import threading
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hypothesis import given
from hypothesis import strategies as st

from nf.pki import Authority, CrlPolicy, Issuer, Standing, create_authority, new_signer, standing_of
from nf.pki.standing import TRUSTED
from nf.pki.verdict import AuthFailure
from tests.pki.factory import CA, DAY, NOW, SERVER, Minted, authority, judge, mint, sans, server
from tests.pki.test_revocation import crl

PAST = {"begins": NOW - 90 * DAY, "ends": NOW - 9 * DAY}
FUTURE = {"begins": NOW + 9 * DAY, "ends": NOW + 90 * DAY}
ROOT = authority("Origin root", begins=NOW - 1000 * DAY, ends=NOW + 1000 * DAY)
NOBODY = authority("Nobody's root", begins=NOW - 1000 * DAY, ends=NOW + 1000 * DAY)
MIDDLE = authority("Middle", ROOT, begins=NOW - 500 * DAY, ends=NOW + 500 * DAY)
OLD_MIDDLE = authority("Old middle", ROOT, begins=NOW - 500 * DAY, ends=NOW - DAY)
NEW_MIDDLE = authority("New middle", ROOT, begins=NOW + DAY, ends=NOW + 500 * DAY)
WEAK = mint("weak", ROOT, (sans("a.test"), SERVER), key=rsa.generate_private_key(65537, 1024))  # noqa: S505 - the case itself
SIGNERS = {kind: new_signer(create_authority("SSL-PROXY-CA", kind, at=NOW)) for kind in ("ecdsa", "rsa")}

EXPIRED, FUTURE_CODE, SELF_SIGNED, WRONG_NAME, UNKNOWN = 10, 9, 18, 62, 20
UNTRUSTED = {20, 21}  # "unable to get local issuer certificate", "unable to verify the first certificate"

# Name of the case, the chain, what OpenSSL says of the forged one.
CASES = {
    "good": ((server(ROOT),), set()),
    "expired": ((server(ROOT, **PAST),), {EXPIRED}),
    "expired, intermediate": ((server(MIDDLE, **PAST), MIDDLE), {EXPIRED}),
    "expired and wrong name": ((server(ROOT, name="b.test", **PAST),), {EXPIRED, WRONG_NAME}),
    "not yet valid": ((server(ROOT, **FUTURE),), {FUTURE_CODE}),
    "wrong name": ((server(MIDDLE, name="b.test"), MIDDLE), {WRONG_NAME}),
    "untrusted": ((server(NOBODY),), UNTRUSTED),
    "untrusted and expired": ((server(NOBODY, **PAST),), {*UNTRUSTED, EXPIRED}),
    "untrusted and wrong name": ((server(NOBODY, name="b.test"),), {*UNTRUSTED, WRONG_NAME}),
    "self-signed": ((mint("a.test", None, (sans("a.test"), SERVER)),), {SELF_SIGNED}),
    "self-signed and expired": ((mint("a.test", None, (sans("a.test"), SERVER), **PAST),), {SELF_SIGNED, EXPIRED}),
    "self-signed and wrong name": ((mint("b.test", None, (sans("b.test"), SERVER)),), {SELF_SIGNED, WRONG_NAME}),
    "intermediate missing": ((server(MIDDLE),), UNTRUSTED),
}


def serve(listener: socket.socket, chain_file: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain_file)
    with listener.accept()[0] as accepted, suppress(OSError), context.wrap_socket(accepted, server_side=True) as end:
        end.recv(1)


def openssl(tmp_path: Path, key: object, *chain: x509.Certificate, trusted: tuple[x509.Certificate, ...]) -> set[int]:
    """The numbers of all errors that `openssl s_client` finds when it asks a server with this chain for a.test."""
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (tmp_path / "chain.pem").write_bytes(private + b"".join(one.public_bytes(Encoding.PEM) for one in chain))
    (tmp_path / "trusted.pem").write_bytes(b"".join(one.public_bytes(Encoding.PEM) for one in trusted))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, args=(listener, tmp_path / "chain.pem"))
        thread.start()
        result = subprocess.run(
            ["openssl", "s_client", "-connect", f"127.0.0.1:{listener.getsockname()[1]}", "-servername", "a.test",
             "-verify_hostname", "a.test", "-CAfile", tmp_path / "trusted.pem", "-no-CApath", "-no-CAstore",
             "-attime", str(int(NOW.timestamp()))], input="", capture_output=True, text=True, check=True)
        thread.join()
    assert "Verification" in result.stdout
    return {int(number) for number in re.findall(r"verify error:num=(\d+):", result.stderr)}


def stands(*chain: Minted | bytes, name: str | None = "a.test", crls=()) -> Standing:
    anchors = [ROOT.der]
    verdict = judge(*chain, anchors=anchors, name=name, crls=crls)
    return standing_of([one if isinstance(one, bytes) else one.der for one in chain], verdict.reason, anchors, NOW, crls,
                       server_name=name)


@pytest.mark.parametrize("kind", SIGNERS)
@pytest.mark.parametrize("case", CASES)
def test_the_client_sees_the_server_s_own_error(case: str, kind: str, tmp_path: Path) -> None:
    chain, expected = CASES[case]
    signer = SIGNERS[kind]
    trusted = (signer.authority.certificate, ROOT.certificate)
    forged = signer.forge(chain[0].certificate, stands(*chain), NOW)
    assert openssl(tmp_path, forged.key, forged.leaf, *forged.chain, trusted=trusted) == expected
    assert openssl(tmp_path, chain[0].key, *(one.certificate for one in chain), trusted=trusted) == expected
    assert forged.leaf.subject == chain[0].certificate.subject


@pytest.mark.parametrize("case", CASES)
def test_no_client_takes_what_failed_even_with_the_strict_rules(case: str) -> None:
    chain, expected = CASES[case]
    forged = SIGNERS["ecdsa"].forge(chain[0].certificate, stands(*chain), NOW)
    own = SIGNERS["ecdsa"].authority.certificate.public_bytes(Encoding.DER)
    verdict = judge(forged.leaf.public_bytes(Encoding.DER), anchors=[own])
    assert verdict.ok is (not expected)


def test_dates_of_what_is_out_of_its_time_are_the_server_s() -> None:
    for chain in (CASES["expired"][0], CASES["not yet valid"][0]):
        origin, forged = chain[0].certificate, SIGNERS["ecdsa"].forge(chain[0].certificate, stands(*chain), NOW).leaf
        assert (forged.not_valid_before_utc, forged.not_valid_after_utc) == (
            origin.not_valid_before_utc, origin.not_valid_after_utc)


@pytest.mark.parametrize(("chain", "expected"), [
    ((server(OLD_MIDDLE), OLD_MIDDLE), Standing(Issuer.OURS, ends=NOW - DAY)),
    ((server(NEW_MIDDLE), NEW_MIDDLE), Standing(Issuer.OURS, begins=NOW + DAY)),
    ((server(OLD_MIDDLE, **PAST), OLD_MIDDLE), Standing(Issuer.OURS, ends=NOW - 9 * DAY)),
    ((server(ROOT, **PAST), authority("Beside it", NOBODY, ends=NOW - 20 * DAY)), Standing(Issuer.OURS, ends=NOW - 9 * DAY)),
    ((server(NOBODY, **PAST), NOBODY), Standing(Issuer.UNKNOWN)),
    ((WEAK,), Standing(Issuer.UNKNOWN)),
    ((mint("client only", ROOT, (sans("a.test"), x509.ExtendedKeyUsage([x509.ExtendedKeyUsageOID.CLIENT_AUTH])), **PAST),),
     Standing(Issuer.UNKNOWN)),
    ((server(ROOT), b"garbage"), TRUSTED),
])
def test_dates_above_the_server_s_and_faults_beside_them(chain, expected) -> None:
    assert stands(*chain) == expected


def test_an_expired_intermediate_shows_as_expired(tmp_path: Path) -> None:
    leaf = server(OLD_MIDDLE)
    forged = SIGNERS["ecdsa"].forge(leaf.certificate, stands(leaf, OLD_MIDDLE), NOW)
    trusted = (SIGNERS["ecdsa"].authority.certificate, ROOT.certificate)
    assert openssl(tmp_path, forged.key, forged.leaf, *forged.chain, trusted=trusted) == {EXPIRED}
    assert openssl(tmp_path, leaf.key, leaf.certificate, OLD_MIDDLE.certificate, trusted=trusted) == {EXPIRED}


def test_revoked_and_expired_is_not_forged_as_expired_alone() -> None:
    leaf = server(ROOT, **PAST)
    assert stands(leaf, crls=[crl(ROOT, leaf, begins=NOW - 20 * DAY)]) == Standing(Issuer.UNKNOWN)
    assert stands(leaf, crls=[crl(ROOT, begins=NOW - 20 * DAY)]) == Standing(Issuer.OURS, ends=NOW - 9 * DAY)


def test_a_wrong_name_never_covers_another_fault() -> None:
    def wrong_name(leaf: Minted, crls=(), policy=CrlPolicy()) -> Standing:  # noqa: B008 - frozen
        return standing_of([leaf.der], AuthFailure.NAME_MISMATCH, [ROOT.der], NOW, crls, policy, "a.test")

    leaf = server(ROOT, name="b.test")
    assert wrong_name(leaf) == TRUSTED
    assert wrong_name(leaf, [crl(ROOT, leaf)]) == Standing(Issuer.UNKNOWN)
    assert wrong_name(leaf, [crl(ROOT, leaf)], CrlPolicy(disable=True)) == TRUSTED
    assert wrong_name(leaf, (), CrlPolicy(if_not_present="drop")) == TRUSTED
    assert wrong_name(server(NOBODY, name="b.test")) == Standing(Issuer.UNKNOWN)
    for held in ("*.a.test", "*.b.test", "*a.a.test", "a.testing"):
        assert wrong_name(server(ROOT, name=held)) == TRUSTED


@pytest.mark.parametrize(("common_name", "held", "asked"), [
    ("a.test", (), "a.test"), ("A.TEST.", ("b.test",), "a.test"), ("*.a.test", (), "b.a.test"), ("x", ("*.test",), "a.test"),
    ("x", ("a*.test",), "ab.test"), ("x", ("a_b.test",), "a_b.test"),
    ("192.0.2.1", (), "192.0.2.1"), ("x", ("b.test",), None)])
def test_a_name_that_a_lenient_client_takes_is_no_wrong_name_to_it(common_name, held, asked, tmp_path) -> None:
    """Curl goes by the common name where there is no other: under our CA it would find nothing wrong."""
    leaf = mint(common_name, ROOT, (SERVER, *((sans(*held),) if held else ())))
    found = standing_of([leaf.der], AuthFailure.NAME_MISMATCH, [ROOT.der], NOW, server_name=asked)
    assert found == Standing(Issuer.UNKNOWN)


def test_a_root_sent_along_makes_no_server_self_signed() -> None:
    leaf = server(NOBODY)
    assert judge(leaf, NOBODY, anchors=[ROOT]).reason is AuthFailure.SELF_SIGNED
    forged = SIGNERS["ecdsa"].forge(leaf.certificate, stands(leaf, NOBODY), NOW)
    assert forged.leaf.issuer != forged.leaf.subject
    assert forged.chain == ()


def test_a_weak_server_never_looks_sound(tmp_path: Path) -> None:
    forged = SIGNERS["ecdsa"].forge(WEAK.certificate, stands(WEAK), NOW)
    trusted = (SIGNERS["ecdsa"].authority.certificate, ROOT.certificate)
    assert openssl(tmp_path, forged.key, forged.leaf, *forged.chain, trusted=trusted) == UNTRUSTED


def test_a_ca_whose_time_is_over_signs_nothing() -> None:
    signer = new_signer(create_authority("Short", "ecdsa", at=NOW, days=1))
    with pytest.raises(ValueError, match="the proxy's CA cannot sign: certificate has expired"):
        signer.forge(server(ROOT).certificate, TRUSTED, NOW + timedelta(days=2))
    minted = mint("No CA", None, ())
    with pytest.raises(ValueError, match="not a CA"):
        new_signer(Authority(minted.certificate, minted.key)).forge(server(ROOT).certificate, TRUSTED, NOW)


@given(st.lists(st.binary(max_size=40), max_size=4), st.sampled_from(list(AuthFailure)))
def test_standing_of_anything(chain, failure) -> None:
    found = standing_of(chain, failure, [ROOT.der], NOW)
    assert found.issuer is Issuer.UNKNOWN


def test_a_ca_may_be_forged_but_as_none() -> None:
    failed = mint("a.test", None, (sans("a.test"), CA, SERVER))
    forged = SIGNERS["ecdsa"].forge(failed.certificate, stands(failed), NOW).leaf
    assert not forged.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
