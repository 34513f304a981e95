"""Verdicts on real chains: which paths are found, which trust counts, and that no bytes raise or verify."""

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from hypothesis import given
from hypothesis import strategies as st

from nf.pki import AuthFailure, verify_server_chain
from tests.pki import factory
from tests.pki.factory import CA, CRITICAL, DAY, LEAF, MIDDLE, NOW, ROOT, authority, judge, mint, new_key, reason, sans, server

CHAIN = (LEAF, MIDDLE)


@pytest.mark.parametrize("key", [rsa.generate_private_key(65537, 2048), ec.generate_private_key(ec.SECP256R1()),
                                 ec.generate_private_key(ec.SECP384R1()), ec.generate_private_key(ec.SECP521R1())])
def test_valid_chain_is_accepted_with_every_key_kind(key):
    root = authority("Root", key=key)
    leaf = server(root, key=key)
    verdict = judge(leaf, anchors=[root])
    assert verdict.ok
    assert verdict
    assert verdict.path == (leaf.der, root.der)


@pytest.mark.parametrize("chain", [
    (LEAF, MIDDLE, ROOT), (LEAF, ROOT, MIDDLE), (LEAF, LEAF, MIDDLE, MIDDLE), (LEAF, authority("Extra"), MIDDLE),
    (LEAF, b"garbage", MIDDLE), (LEAF, mint("Odd", None, (CA, factory.UNKNOWN), critical=CRITICAL), MIDDLE)])
def test_order_repeats_and_extras_do_not_matter(chain):
    assert reason(*chain) is None


def test_missing_intermediate_is_unknown():
    verdict = judge(LEAF, anchors=[ROOT])
    assert not verdict
    assert verdict.reason is AuthFailure.UNKNOWN_CA
    assert verdict.message == "certificate error: unable to get local issuer certificate"


def test_certificates_that_do_not_link_are_told_from_one_that_is_missing():
    verdict = judge(LEAF, authority("Stranger", ROOT), anchors=[ROOT])
    assert verdict.reason is AuthFailure.ISSUER_MISMATCH
    assert verdict.message == "certificate error: subject issuer mismatch"
    assert reason(LEAF, authority("Middle", authority("Elsewhere"), key=MIDDLE.key)) is AuthFailure.UNKNOWN_CA


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


def test_another_path_is_found_past_an_expired_cross_signature():
    other = authority("Other")
    key = new_key()
    dead = authority("Middle", other, key=key, ends=NOW - DAY)
    alive = authority("Middle", ROOT, key=key)
    leaf = server(alive)
    assert reason(leaf, dead, alive, anchors=[ROOT, other]) is None
    assert reason(leaf, dead, anchors=[ROOT, other]) is AuthFailure.EXPIRED


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
