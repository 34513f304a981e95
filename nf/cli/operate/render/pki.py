"""`show security pki`, and what is said when a `request security pki` is done.

Labels and order of certificates are those of published output; where none is known (CRLs, requests), ours in its manner.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from nf.cli.operate.grammar import Answer, Given

_PARTS: Final = {"organization": "Organization", "organizational-unit": "Organizational unit", "country": "Country",
                 "state": "State", "locality": "Locality", "common-name": "Common name", "domain-component": "Domain component"}
_OCTETS: Final = 20  # of a public key in a line


def certificates(answer: Answer, given: Given) -> Sequence[str]:
    """Local or CA certificates, and what is wrong with files."""
    form = _detailed if "detail" in given else _brief
    return [*_separated([list(form(facts)) for facts in answer["certificates"]]), *_warnings(answer)]


def crls(answer: Answer, given: Given) -> Sequence[str]:
    """CRLs; in detail with all that they revoke."""
    return [*_separated([list(_crl(facts, detail="detail" in given)) for facts in answer["crls"]]), *_warnings(answer)]


def requests(answer: Answer, given: Given) -> Sequence[str]:
    """Certificate requests that wait for a CA."""
    return _separated([[f"Certificate identifier: {facts['certificate-identifier']}", f"  Issued to: {_common_name(facts)}",
                        *_key(facts, "detail" in given)] for facts in answer["requests"]])


def generated(answer: Answer, _: Given) -> Sequence[str]:
    """A key pair."""
    return [f"Generated key pair {answer['certificate-id']}, key size {answer['size']} bits"]


def requested(answer: Answer, _: Given) -> Sequence[str]:
    """A certificate request, to be sent to a CA."""
    return list(answer["request"].splitlines())


def loaded_local(answer: Answer, _: Given) -> Sequence[str]:
    """One that came from a file."""
    return [f"Local certificate {answer['certificate-id']} loaded successfully", *_fingerprints(answer["certificates"])]


def signed_itself(answer: Answer, _: Given) -> Sequence[str]:
    """One that needs no other CA."""
    return ["Self-signed certificate generated and loaded successfully", *_fingerprints(answer["certificates"])]


def exported(answer: Answer, _: Given) -> Sequence[str]:
    """Where it went."""
    return [f"Local certificate {answer['certificate-id']} exported to {answer['filename']}"]


def loaded_ca(answer: Answer, _: Given) -> Sequence[str]:
    """What is trusted from now on."""
    name = answer["ca-profile"]
    return [*_fingerprints(answer["certificates"]), f"CA certificate for profile {name} loaded successfully",
            f"The configuration names it by: set security pki ca-profile {name} ca-identity {name}"]


def loaded_group(answer: Answer, _: Given) -> Sequence[str]:
    """How many, and each one that is not trusted."""
    name, skipped = answer["ca-group-name"], answer["skipped"]
    return [*(f"Skipped {one['subject'] or 'a certificate'}: {one['reason']}" for one in skipped),
            f"ca-profile-group '{name}' loaded from {answer['filename']}. Success[{answer['loaded']}] Skipped[{len(skipped)}]",
            f"The configuration names it by: set security pki ca-profile-group {name} cert-base-count {answer['loaded']}"]


def verified(answer: Answer, _: Given) -> Sequence[str]:
    """Whether each certificate of a CA profile may be trusted."""
    return [f"CA certificate {answer['ca-profile']} ({one['subject']}): "
            + (f"verification failed: {one['problem']}" if one["problem"] else "verified successfully")
            for one in answer["certificates"]]


def loaded_crl(answer: Answer, _: Given) -> Sequence[str]:
    """The lists that are in force."""
    return [f"CRL for CA profile {answer['ca-profile']} loaded successfully: {one['crl-issuer']}, {one['revoked']} revoked, "
            f"next update {one['next-update'] or 'not said'}" for one in answer["crls"]]


def cleared(answer: Answer, _: Given) -> Sequence[str]:
    """What was taken away."""
    return [f"Cleared: {name}" for name in answer["cleared"]] or ["Nothing to clear"]


def _brief(facts: Mapping[str, Any]) -> Iterator[str]:
    yield f"Certificate identifier: {facts['certificate-identifier']}"
    yield f"  Issued to: {_common_name(facts)}, Issued by: {facts['issuer-string']}"
    yield from _validity(facts)
    yield from _key(facts, octets=False)


def _detailed(facts: Mapping[str, Any]) -> Iterator[str]:
    yield f"Certificate identifier: {facts['certificate-identifier']}"
    yield f"  Certificate version: {facts['certificate-version']}"
    yield f"  Serial number: {facts['serial-number']}"
    for title in ("issuer", "subject"):
        yield f"  {title.capitalize()}:"
        yield "    " + (", ".join(f"{_PARTS[part]}: {value}" for part, value in facts[title].items()) or "empty")
    yield "  Subject string:"
    yield f"    {facts['subject-string'] or 'empty'}"
    yield f"  Alternate subject: {', '.join(facts['alternate-subject']) or 'empty'}"
    yield from _validity(facts)
    yield from _key(facts, octets=True)
    yield f"  Signature algorithm: {facts['signature-algorithm']}"
    if facts["distribution-crl"]:
        yield "  Distribution CRL:"
        yield from (f"    {url}" for url in facts["distribution-crl"])
    if facts["use-for-key"]:
        yield f"  Use for key: {', '.join(facts['use-for-key'])}"
    yield "  Fingerprint:"
    yield from (f"    {octets} ({digest})" for digest, octets in facts["fingerprints"].items())


def _validity(facts: Mapping[str, Any]) -> Iterator[str]:
    yield "  Validity:"
    yield f"    Not before: {facts['not-before']}"
    yield f"    Not after: {facts['not-after']}"


def _key(facts: Mapping[str, Any], octets: bool) -> Iterator[str]:
    yield f"  Public key algorithm: {facts['public-key-algorithm']}({facts['public-key-length']} bits)"
    if octets:
        found = facts["public-key"].split(":")
        yield from (f"    {':'.join(found[start:start + _OCTETS])}" for start in range(0, len(found), _OCTETS))


def _crl(facts: Mapping[str, Any], *, detail: bool) -> Iterator[str]:
    yield f"CA profile: {facts['ca-profile']}"
    yield f"  CRL version: V{facts['crl-version']:08}"
    yield f"  CRL issuer: {facts['crl-issuer']}"
    yield f"  Effective date: {facts['effective-date']}"
    yield f"  Next update: {facts['next-update'] or 'not said'}"
    if detail:
        yield "  Revocation List:"
        yield f"    {'Serial number':<42}Revocation date"
        yield from (f"    {entry['serial-number']:<42}{entry['date']}" for entry in facts["revocation-list"])


def _common_name(facts: Mapping[str, Any]) -> str:
    return str(facts["subject"].get("common-name", facts["subject-string"]) or "empty")


def _fingerprints(found: Sequence[Mapping[str, str]]) -> list[str]:
    return [line for one in found for line in (f"Certificate: {one['subject']}", f"  Fingerprint: {one['sha256']} (sha256)")]


def _warnings(answer: Answer) -> list[str]:
    return [f"warning: {problem}" for problem in answer["problems"]]


def _separated(blocks: Sequence[Sequence[str]]) -> list[str]:
    return [line for number, block in enumerate(blocks) for line in (*([""] if number else ()), *block)]
