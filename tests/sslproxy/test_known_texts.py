"""Every message text that is known of the devices is one that comes out here, to the letter."""

import pytest

from nf.pki import AuthFailure
from nf.pki.revocation import REASONS, revoked
from nf.pki.verdict import Fault
from nf.policy.url_categories import UrlCategory
from nf.sslproxy import journal, renegotiation
from nf.sslproxy.reasons import MESSAGES, Reason

RENEGOTIATING = "ssl: renegotiation context (1):"


@pytest.mark.parametrize(("failure", "text"), [
    (AuthFailure.SELF_SIGNED, "certificate error: self signed certificate in certificate chain"),
    (AuthFailure.ISSUER_MISMATCH, "certificate error: subject issuer mismatch"),
    (AuthFailure.UNKNOWN_CA, "certificate error: unable to get local issuer certificate"),
    (AuthFailure.EXPIRED, "certificate error: certificate has expired"),
    (AuthFailure.NOT_YET_VALID, "certificate error: certificate is not yet valid"),
    (AuthFailure.BAD_SIGNATURE, "certificate error: certificate signature failure")])
def test_of_certificates(failure: AuthFailure, text: str) -> None:
    assert Fault(failure).message == text


def test_every_failure_has_a_text() -> None:
    assert all(Fault(failure, text="x" if failure is AuthFailure.REVOKED else "").message for failure in AuthFailure)


def test_of_revocation() -> None:
    assert {f"{number}:{text}" for number, text in REASONS.values()} >= {
        "0:Unspecified", "1:Key Compromise", "2:CA Compromise", "3:Affiliation Changed", "4:Superseded",
        "5:Cessation Of Operation", "6:Certificate Hold", "8:Remove From CRL"}
    assert revoked(0, "lab-root", 1, "Key Compromise").message == (
        "Certificate error:CRL: certificate revoked cert-id:lab-root revocation-reason:1:Key Compromise")


def test_of_renegotiation() -> None:
    assert [renegotiation.message(secure=secure, completed=completed) for secure in (False, True)
            for completed in (False, True)] == [
        f"{RENEGOTIATING} insecure renegotiation started", f"{RENEGOTIATING} insecure renegotiation completed",
        f"{RENEGOTIATING} secure renegotiation started", f"{RENEGOTIATING} secure renegotiation completed"]
    assert MESSAGES[Reason.INSECURE_RENEGOTIATION] == "policy violation: insecure renegotiation not permitted"
    assert MESSAGES[Reason.CHAIN_CHANGED] == (
        "ssl: renegotiation context (3): certificate chain in renegotiation context different from original")


def test_of_exempt_sessions() -> None:
    assert journal._PASSED[Reason.WHITELISTED] == "System: session whitelisted"
    assert journal.exempted("bank.example.test", UrlCategory("Enhanced_Financial", ())) == (
        "session whitelisted url category match SNI bank.example.test URL_CATEGORY Enhanced_Financial")
