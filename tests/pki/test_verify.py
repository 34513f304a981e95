"""Verdicts on real chains: what a server may and may not present."""

from ipaddress import ip_network

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed25519, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID
from hypothesis import given
from hypothesis import strategies as st

from nf.pki import AuthFailure, verify_server_chain
from nf.pki.authority import key_usage
from tests.pki.factory import CA, DAY, NOW, SERVER, authority, edited, judge, mint, new_key, sans, server

ROOT = authority("Root")
MIDDLE = authority("Middle", ROOT)
LEAF = server(MIDDLE)
CHAIN = (LEAF, MIDDLE)
OID = x509.ObjectIdentifier
UNKNOWN = x509.UnrecognizedExtension(OID("1.3.6.1.4.1.99999.1"), b"\x05\x00")
CRITICAL = (x509.BasicConstraints, x509.UnrecognizedExtension)


def reason(*chain, anchors=(ROOT,), **how):
    """The verdict's reason, after checking that it agrees with itself."""
    verdict = judge(*chain, anchors=anchors, **how)
    assert verdict.ok is (verdict.reason is None) is (verdict.message == "")
    return verdict.reason


@pytest.mark.parametrize("key", [rsa.generate_private_key(65537, 2048), ec.generate_private_key(ec.SECP256R1()),
                                 ec.generate_private_key(ec.SECP384R1()), ec.generate_private_key(ec.SECP521R1())])
def test_valid_chain_is_accepted_with_every_key_kind(key):
    root = authority("Root", key=key)
    leaf = server(root, key=key)
    verdict = judge(leaf, anchors=[root])
    assert verdict.ok
    assert verdict.path == (leaf.der, root.der)


@pytest.mark.parametrize("chain", [
    (LEAF, MIDDLE, ROOT), (LEAF, ROOT, MIDDLE), (LEAF, LEAF, MIDDLE, MIDDLE), (LEAF, authority("Extra"), MIDDLE),
    (LEAF, b"garbage", MIDDLE), (LEAF, mint("Odd", None, (CA, UNKNOWN), critical=CRITICAL), MIDDLE)])
def test_order_repeats_and_extras_do_not_matter(chain):
    assert reason(*chain) is None


def test_missing_intermediate_is_unknown():
    verdict = judge(LEAF, anchors=[ROOT])
    assert verdict.reason is AuthFailure.UNKNOWN_CA
    assert verdict.message == "certificate error: unable to get local issuer certificate"


def test_intermediate_as_anchor_is_enough():
    assert reason(LEAF, anchors=[MIDDLE]) is None


def test_self_signed_leaf_is_dropped_unless_it_is_an_anchor():
    own = mint("a.test", None, (sans("a.test"),))
    verdict = judge(own, anchors=[ROOT])
    assert verdict.reason is AuthFailure.SELF_SIGNED
    assert verdict.message == "certificate error: self signed certificate in certificate chain"
    assert reason(own, anchors=[own]) is None
    assert reason(own, anchors=[own], name="b.test") is AuthFailure.NAME_MISMATCH


def test_self_signed_leaf_as_openssl_req_makes_it_may_be_an_anchor():
    own = mint("a.test", None, (CA, sans("a.test")))
    assert reason(own, anchors=[own]) is None
    assert reason(own, anchors=[ROOT]) is AuthFailure.SELF_SIGNED


def test_leaf_that_is_no_root_is_not_trusted_for_being_listed():
    assert reason(LEAF, anchors=[LEAF]) is AuthFailure.UNKNOWN_CA


def test_unknown_root_in_the_chain_reads_as_self_signed():
    assert reason(*CHAIN, ROOT, anchors=[authority("Other")]) is AuthFailure.SELF_SIGNED


def test_same_name_other_key_is_a_bad_signature():
    assert reason(*CHAIN, anchors=[authority("Root")]) is AuthFailure.BAD_SIGNATURE


def test_changed_signature_bit():
    for minted in (LEAF, MIDDLE):
        der = minted.der[:-1] + bytes([minted.der[-1] ^ 1])
        chain = [der if one is minted else one for one in CHAIN]
        assert reason(*chain) is AuthFailure.BAD_SIGNATURE


def test_empty_and_malformed():
    assert reason() is AuthFailure.EMPTY_CHAIN
    assert reason(b"", MIDDLE) is AuthFailure.MALFORMED
    assert reason(LEAF.der + b"\x00", MIDDLE) is AuthFailure.MALFORMED
    assert reason(LEAF, MIDDLE.der[:-1]) is AuthFailure.MALFORMED


@pytest.mark.parametrize(("begins", "ends", "expected"), [
    (NOW, NOW, None),
    (NOW - DAY, NOW - DAY / 86400, AuthFailure.EXPIRED),
    (NOW + DAY / 86400, NOW + DAY, AuthFailure.NOT_YET_VALID)])
def test_validity_to_the_second_of_leaf_intermediate_and_root(begins, ends, expected):
    assert reason(server(MIDDLE, begins=begins, ends=ends), MIDDLE) is expected
    middle = authority("Middle", ROOT, begins=begins, ends=ends)
    assert reason(server(middle), middle) is expected
    root = authority("Root", begins=begins, ends=ends)
    assert reason(server(root), anchors=[root]) is expected


def test_texts_of_dates():
    assert judge(*CHAIN, anchors=[ROOT], at=NOW + 99 * DAY).message == "certificate error: certificate has expired"
    assert judge(*CHAIN, anchors=[ROOT], at=NOW - 99 * DAY).message == "certificate error: certificate is not yet valid"


def test_another_path_is_found_past_an_expired_cross_signature():
    other = authority("Other")
    key = new_key()
    dead = authority("Middle", other, key=key, ends=NOW - DAY)
    alive = authority("Middle", ROOT, key=key)
    leaf = server(alive)
    assert reason(leaf, dead, alive, anchors=[ROOT, other]) is None
    assert reason(leaf, dead, anchors=[ROOT, other]) is AuthFailure.EXPIRED


def test_version_1_leaf_and_intermediate():
    version_3 = bytes.fromhex("a003020102")
    assert reason(edited(mint("v1", ROOT), version_3, b"", ROOT.key), name=None) is AuthFailure.NOT_V3
    middle = mint("Middle", ROOT)
    assert reason(server(middle), edited(middle, version_3, b"", ROOT.key)) is AuthFailure.NOT_V3


def test_leaf_as_intermediate():
    for extensions in ((), (x509.BasicConstraints(ca=False, path_length=None),)):
        fake = mint("Fake", ROOT, extensions)
        assert reason(server(fake), fake) is AuthFailure.NOT_A_CA


def test_path_length():
    short = mint("Short", ROOT, (x509.BasicConstraints(ca=True, path_length=0),))
    below = authority("Below", short)
    assert reason(server(short), short) is None
    assert reason(server(below), below, short) is AuthFailure.PATH_LENGTH


@pytest.mark.parametrize(("constraints", "name", "expected"), [
    (x509.NameConstraints([x509.DNSName("test")], None), "a.test", None),
    (x509.NameConstraints([x509.DNSName("other")], None), "a.test", AuthFailure.NAME_CONSTRAINT),
    (x509.NameConstraints(None, [x509.DNSName("a.test")]), "a.test", AuthFailure.NAME_CONSTRAINT),
    (x509.NameConstraints(None, [x509.DNSName("b.a.test")]), "*.a.test", AuthFailure.NAME_CONSTRAINT),
    (x509.NameConstraints(None, [x509.IPAddress(ip_network("192.0.2.0/24"))]), "192.0.2.1",
     AuthFailure.NAME_CONSTRAINT)])
@pytest.mark.parametrize("named", [True, False])
def test_name_constraints(constraints, name, expected, named):
    root = authority("Root", None, constraints, critical=(x509.BasicConstraints, x509.NameConstraints))
    asked = name.replace("*", "c") if named else None
    assert reason(server(root, name=name), anchors=[root], name=asked) is expected


def test_unknown_critical_extension_on_the_path():
    assert reason(server(MIDDLE, UNKNOWN, critical=CRITICAL), MIDDLE) is AuthFailure.BAD_EXTENSION
    middle = mint("Middle", ROOT, (CA, UNKNOWN), critical=CRITICAL)
    assert reason(server(middle), middle) is AuthFailure.BAD_EXTENSION
    root = mint("Root", None, (CA, UNKNOWN), critical=CRITICAL)
    assert reason(server(root), anchors=[root]) is AuthFailure.BAD_EXTENSION
    assert reason(server(MIDDLE, UNKNOWN), MIDDLE) is None


@pytest.mark.parametrize("serial", ["00000000", "81223344"])
def test_serial_zero_or_negative(serial):
    leaf = server(ROOT, serial=0x11223344)
    der = edited(leaf, bytes.fromhex("020411223344"), bytes.fromhex("0204" + serial), ROOT.key)
    assert reason(der) is AuthFailure.MALFORMED


def test_duplicate_extension():
    leaf = server(ROOT, x509.SubjectKeyIdentifier(b"12345678901234567890"))
    assert reason(leaf) is None
    assert reason(edited(leaf, bytes.fromhex("0603551d0e"), bytes.fromhex("0603551d11"), ROOT.key)) is AuthFailure.MALFORMED


@pytest.mark.parametrize(("extensions", "expected"), [
    ((SERVER, key_usage(digital_signature=True)), None), ((), None),
    ((x509.ExtendedKeyUsage([ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE]),), None),
    ((key_usage(key_cert_sign=True, digital_signature=True),), AuthFailure.BAD_EXTENSION),
    ((key_usage(crl_sign=True),), AuthFailure.BAD_PURPOSE), ((CA,), AuthFailure.BAD_EXTENSION),
    ((x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]),), AuthFailure.BAD_PURPOSE),
    ((x509.ExtendedKeyUsage([OID("1.3.6.1.4.1.99999.2")]),), AuthFailure.BAD_PURPOSE)])
def test_what_a_leaf_may_be_for(extensions, expected):
    assert reason(mint("leaf", ROOT, (sans("a.test"), *extensions))) is expected


@pytest.mark.parametrize(("extension", "expected"), [
    (key_usage(key_cert_sign=True), None), (key_usage(crl_sign=True), AuthFailure.NOT_A_CA), (SERVER, None),
    (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CODE_SIGNING]), AuthFailure.BAD_PURPOSE)])
def test_what_an_issuer_may_be_for(extension, expected):
    middle = authority("Middle", ROOT, extension)
    assert reason(server(middle), middle) is expected
    root = authority("Root", None, extension)
    assert reason(server(root), anchors=[root]) is expected


def test_private_ca_without_key_identifiers_and_with_uncritical_constraints():
    root = authority("Root", critical=())
    assert reason(server(root), anchors=[root]) is None


def _weak_keys():
    rsa_sizes = ((65537, 512), (65537, 1016), (65537, 1024), (65537, 2047), (3, 9000), (1 << 64 | 1, 2048))
    return [*(rsa.RSAPublicNumbers(exponent, 1 << size - 1 | 1).public_key() for exponent, size in rsa_sizes),
            dsa.generate_private_key(2048).public_key(),
            ec.generate_private_key(ec.SECP224R1()).public_key(), ed25519.Ed25519PrivateKey.generate().public_key()]


@pytest.mark.parametrize("public_key", _weak_keys())
def test_weak_and_odd_keys(public_key):
    assert reason(mint("weak", ROOT, (sans("a.test"),), public_key=public_key)) is AuthFailure.WEAK_KEY


def test_curve_that_no_verifier_knows():
    leaf = edited(server(ROOT), bytes.fromhex("06082a8648ce3d030107"), bytes.fromhex("06082a8648ce3d030104"), ROOT.key)
    assert reason(leaf) is AuthFailure.WEAK_KEY


def test_long_rsa_key_is_fine():
    key = rsa.RSAPublicNumbers(65537, 1 << 8191 | 1).public_key()
    assert reason(mint("long", ROOT, (sans("a.test"),), public_key=key)) is None


def test_weak_root_key():
    root = authority("Root", key=rsa.generate_private_key(65537, 1024))  # noqa: S505 - what is rejected
    assert reason(server(root), anchors=[root]) is AuthFailure.WEAK_KEY


@pytest.mark.parametrize(("last", "digest"), [("05", hashes.SHA1()), ("04", hashes.MD5())])  # noqa: S303 - what is rejected
def test_weak_digest_below_the_anchor_but_not_of_the_anchor_itself(last, digest):
    key = rsa.generate_private_key(65537, 2048)
    old, new = bytes.fromhex("2a864886f70d01010b"), bytes.fromhex("2a864886f70d0101" + last)
    root = authority("Root", key=key)
    leaf = server(root)
    assert reason(edited(leaf, old, new, key, digest), anchors=[root]) is AuthFailure.WEAK_HASH
    middle = authority("Middle", root)
    assert reason(server(middle), edited(middle, old, new, key, digest), anchors=[root]) is AuthFailure.WEAK_HASH
    assert reason(leaf, anchors=[edited(root, old, new, key, digest)]) is None


def test_own_ca_from_outside():
    verdict = judge(*CHAIN, anchors=[ROOT], own_authorities=[MIDDLE.der])
    assert verdict.reason is AuthFailure.OWN_CA
    assert reason(server(ROOT, key=MIDDLE.key), own_authorities=[MIDDLE.der]) is AuthFailure.OWN_CA
    assert reason(*CHAIN, own_authorities=[authority("Middle").der]) is None


@pytest.mark.parametrize("count", [100, 300])
def test_long_chain_ends_in_a_clear_reason(count):
    line = [ROOT]
    for number in range(count):
        line.append(authority(f"CA {number}", line[-1]))
    assert reason(server(line[-1]), *reversed(line)) is AuthFailure.TOO_COMPLEX


def test_cross_signed_mesh_ends():
    keys = {name: new_key() for name in "ABCDEFGHIJ"}
    roots = {name: authority(name, key=key) for name, key in keys.items()}
    mesh = [authority(name, roots[other], key=keys[name]) for name in keys for other in keys if name != other]
    leaf = server(roots["A"])
    assert reason(leaf, *mesh) is AuthFailure.TOO_COMPLEX
    assert reason(leaf, *mesh, anchors=[roots["J"]]) is None


def test_decoys_do_not_use_the_search_up():
    decoys = [authority("Middle", ROOT) for _ in range(80)]
    assert reason(LEAF, *decoys, MIDDLE) is None
    same_name = [authority("Middle", ROOT) for _ in range(150)]
    assert reason(LEAF, *decoys, *same_name) is AuthFailure.BAD_SIGNATURE


def test_signatures_checked_are_bounded():
    ring = [authority("Same") for _ in range(40)]
    assert reason(server(ring[0]), *(authority("Same", one) for one in ring)) is AuthFailure.TOO_COMPLEX


def test_many_names():
    leaf = mint("many", ROOT, (sans(*(f"host{number}.test" for number in range(1000))),))
    assert reason(leaf, name="host999.test") is None


def test_profiles_do_not_share_trust():
    other = authority("Root")
    assert reason(*CHAIN) is None
    assert reason(*CHAIN, anchors=[other]) is AuthFailure.BAD_SIGNATURE
    assert reason(*CHAIN, anchors=[]) is AuthFailure.UNKNOWN_CA
    assert reason(*CHAIN, anchors=[b"garbage", ROOT]) is None


def test_naive_time_is_a_bug():
    with pytest.raises(ValueError, match="time zone"):
        judge(*CHAIN, anchors=[ROOT], at=NOW.replace(tzinfo=None))


@given(st.lists(st.binary(max_size=300), max_size=4))
def test_random_bytes_never_raise_and_never_verify(chain):
    assert not verify_server_chain(chain, [ROOT.der], "a.test", NOW).ok
    assert not verify_server_chain([LEAF.der, *chain], [ROOT.der], "a.test", NOW).ok


@given(st.integers(0, len(LEAF.der) - 1), st.integers(1, 255), st.booleans())
def test_a_changed_byte_never_raises_and_never_verifies(position, mask, middle_too):
    der = bytearray(LEAF.der)
    der[position] ^= mask
    chain = [bytes(der), MIDDLE.der] if middle_too else [bytes(der)]
    assert not verify_server_chain(chain, [ROOT.der], "a.test", NOW).ok


@given(st.integers(0, len(MIDDLE.der) - 1), st.integers(1, 255))
def test_a_changed_byte_in_the_issuer_never_raises_and_never_verifies(position, mask):
    der = bytearray(MIDDLE.der)
    der[position] ^= mask
    assert not verify_server_chain([LEAF.der, bytes(der)], [ROOT.der], "a.test", NOW).ok


@given(st.integers(0, len(LEAF.der) - 1), st.integers(0, len(MIDDLE.der) - 1))
def test_cut_chains_never_raise_and_never_verify(leaf_length, middle_length):
    assert not verify_server_chain([LEAF.der[:leaf_length], MIDDLE.der], [ROOT.der], "a.test", NOW).ok
    assert not verify_server_chain([LEAF.der, MIDDLE.der[:middle_length]], [ROOT.der], "a.test", NOW).ok
