"""What profiles say of revocation: `actions crl`, and `revocation-check` of the CA profiles trusted."""

import pytest

from nf.pki import CrlPolicy
from nf.pki.revocation_policy import revocation_policy
from nf.policy.pki import CaProfile, CrlCheck, OcspCheck, RevocationCheck
from nf.policy.profile import CrlActions

OFF = CaProfile("off", revocation=RevocationCheck("disable"))
LENIENT = CaProfile("lenient", revocation=RevocationCheck(crl=CrlCheck(disable_on_download_failure=True)))
UNKNOWN = CaProfile("unknown", revocation=RevocationCheck("use-ocsp", ocsp=OcspCheck(accept_unknown_status=True)))
ASKED = {b"4": UNKNOWN.revocation.ocsp}
PROFILES = {one.name: one for one in (OFF, LENIENT, UNKNOWN, CaProfile("plain"))}
HELD = {"off": (b"1", b"2"), "lenient": (b"3",), "unknown": (b"4",), "plain": (b"2",), "not configured": (b"3",)}


def test_without_any_statement():
    assert revocation_policy(CrlActions(), ("plain",), PROFILES, HELD) == CrlPolicy()


def test_actions_of_the_profile():
    found = revocation_policy(CrlActions(disable=True, if_not_present="drop", ignore_hold_instruction_code=True), (), {}, {})
    assert found == CrlPolicy(disable=True, if_not_present="drop", ignore_hold=True)


@pytest.mark.parametrize(("trusted", "expected"), [
    (("off",), CrlPolicy(unchecked=frozenset({b"1", b"2"}))), (("off", "plain"), CrlPolicy(unchecked=frozenset({b"1"}))),
    (("lenient",), CrlPolicy(lenient=frozenset({b"3"}))), (("no such",), CrlPolicy()),
    (("unknown",), CrlPolicy(accept_unknown=frozenset({b"4"}), online=ASKED)),
    (("all",), CrlPolicy(unchecked=frozenset({b"1"}), accept_unknown=frozenset({b"4"}), online=ASKED))])
def test_ca_profiles_trusted(trusted, expected):
    assert revocation_policy(CrlActions(), trusted, PROFILES, HELD) == expected
