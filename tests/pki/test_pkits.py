"""NIST's PKITS, from the package `cryptography-vectors`: no chain that it calls invalid is accepted; what is rejected
besides has its reason here.
"""

import re
import warnings
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import cryptography_vectors as vectors
from cryptography import x509

from nf.pki import CrlPolicy, Verdict, verify_server_chain
from nf.pki.certificate import UNREADABLE, Certificate, read
from nf.pki.path import Budget, candidate_paths
from nf.pki.policies import policy_fault

AT = datetime(2026, 6, 1, tzinfo=UTC)
# Each a part of the test's name, and why its valid chains are rejected; no server of ours needs any of them.
REJECTED_ON_PURPOSE = {
    "DSA": "no DSA", "GeneralizedTime": "dates before 2050 in the wrong form", "Polic": "policyConstraints not critical",
    "inhibitAnyPolicy": "policyConstraints not critical", "NameChaining": "names compared as they are encoded",
    "Rollover": "names compared as they are encoded", "UTF8": "names compared as they are encoded",
    "onlyContainsCACerts": "a CA as the server", "pathLenConstraint": "a CA as the server, lists of self-issued keys",
    "indirectCRL": "no indirect lists", "cRLIssuer": "no indirect lists", "deltaCRL": "a delta lifts no revocation of its base",
    "onlySomeReasons": "no lists for some reasons", "BasicSelfIssued": "lists under another key of the same CA",
    "SeparateCertificateandCRLKeys": "lists under another key of the same CA",
    "DNnameConstraintsTest19": "lists under another key of the same CA",
        "requireExplicitPolicy": "policyConstraints not critical",
    "UserNoticeQualifierTest18": "policyConstraints not critical"}


# Named by what they hold; the suite's document calls them invalid, or valid.
INVALID = frozenset(f"DifferentPoliciesTest{number}EE" for number in (4, 5, 7, 8, 9, 12))


def _valid(end: str) -> bool:
    return not end.startswith("Invalid") and end not in INVALID


def _certificates() -> dict[str, tuple[bytes, x509.Certificate]]:
    directory = Path(vectors.__file__).parent / "x509" / "PKITS_data"
    found = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for path in (directory / "certs").glob("*.crt"):
            try:
                found[path.stem] = path.read_bytes(), x509.load_der_x509_certificate(path.read_bytes())
            except UNREADABLE:
                continue  # DSA keys that inherit their parameters
    return found


def _chain(end: str, certificates: dict[str, tuple[bytes, x509.Certificate]]) -> Iterator[bytes]:
    """The certificate and every CA's that its names lead to."""
    seen = [end]
    for title in seen:
        yield certificates[title][0]
        issuer = certificates[title][1].issuer
        seen += [other for other, (_, parsed) in certificates.items()
                 if parsed.subject == issuer and not other.endswith("EE") and "TrustAnchor" not in other and other not in seen]


def test_every_verdict():
    certificates = _certificates()
    crls = [path.read_bytes() for path in (Path(vectors.__file__).parent / "x509" / "PKITS_data" / "crls").glob("*.crl")]
    anchors = [certificates["TrustAnchorRootCertificate"][0]]
    verdicts: dict[str, Verdict] = {
        end: verify_server_chain(list(_chain(end, certificates)), anchors, None, AT, crls, CrlPolicy(if_not_present="drop"))
        for end in certificates if re.search(r"EE$", end)}
    assert len(verdicts) > 200
    assert [end for end, verdict in verdicts.items() if verdict.ok and not _valid(end)] == []
    assert [(end, verdict.detail) for end, verdict in verdicts.items() if not verdict.ok and _valid(end)
            and not any(part in end for part in REJECTED_ON_PURPOSE)] == []


def test_policies_by_themselves():
    """The rule of policies alone, on the ways that signatures leave: their other faults do not hide what it says."""
    certificates = _certificates()
    anchor = read(certificates["TrustAnchorRootCertificate"][0])
    said = {}
    for end in certificates:
        if end.endswith("EE") and "olic" in end:
            first, *others = (read(der) for der in _chain(end, certificates))
            ways = candidate_paths(first, others, {anchor.subject: (anchor,)}, _signed, Budget())
            said[end] = any(policy_fault(way, Budget()) is None for way in ways)
    assert len(said) > 50
    assert {end for end, fine in said.items() if fine is not _valid(end)} == set()


def _signed(certificate: Certificate, issuer: Certificate) -> bool:
    return certificate.names(issuer) and certificate.signed_by(issuer)
