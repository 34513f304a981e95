"""Carries PKI commands out on a PKI directory, as the operator who types them: with the operator's own rights on files."""

import warnings
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Final, TypeAlias

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding

from nf.cli.operate.grammar import Answer, OperatorError
from nf.cli.operate.pki_facts import certificate_facts, crl_facts, one_line, request_facts
from nf.pki import PkiError
from nf.pki.certificate import UNREADABLE, read
from nf.pki.files import good_certificates, good_crls, read_certificates, read_file
from nf.pki.generate import Identity, read_subject
from nf.pki.holdings import KINDS, Holdings, is_revoked, system_bundle
from nf.pki.rules import issuer_fault

Given: TypeAlias = Mapping[str, Any]
Deed: TypeAlias = Callable[[Holdings, Given], Answer]


def carry_out(directory: Path, request: Mapping[str, Any]) -> Answer:
    """The answer to `{"pki": WORD, "given": {…}}`; OperatorError says what is wrong."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what the parser thinks of odd serial numbers is not for the terminal
            return _DEEDS[request["pki"]](Holdings(directory), request.get("given", {}))
    except PkiError as error:
        raise OperatorError(str(error)) from None
    except ValueError as error:
        raise OperatorError(str(error)) from None


def names(directory: Path) -> dict[str, list[str]]:
    """What completes certificate ids and CA profiles."""
    holdings = Holdings(directory)
    ids = {*holdings.names("local-certificate"), *holdings.names("key-pair")}
    return {"certificate": sorted(ids), "ca-profile": sorted({*holdings.names("ca-certificate"), *holdings.names("crl")})}


def _needed(given: Given, *words: str) -> list[Any]:
    for word in words:
        if word not in given:
            raise OperatorError(f"missing argument: {word}")
    return [given[word] for word in words]


def _generate_key_pair(holdings: Holdings, given: Given) -> Answer:
    certificate_id, = _needed(given, "certificate-id")
    key = holdings.generate_key_pair(certificate_id, given.get("type", "rsa"), given.get("size"))
    return {"certificate-id": certificate_id, "type": given.get("type", "rsa"), "size": key.key_size}


def _identity(given: Given) -> Identity:
    subject, = _needed(given, "subject")
    address = given.get("ip-address")
    return Identity(read_subject(subject), given.get("domain-name", ""), given.get("email", ""),
                    None if address is None else ip_address(address))


def _generate_self_signed(holdings: Holdings, given: Given) -> Answer:
    certificate_id, _, _ = _needed(given, "certificate-id", "domain-name", "subject")
    certificate = holdings.generate_self_signed(certificate_id, _identity(given), is_ca="add-ca-constraint" in given,
                                                at=datetime.now(UTC))
    return {"certificate-id": certificate_id, "certificates": [_named(certificate)]}


def _generate_request(holdings: Holdings, given: Given) -> Answer:
    certificate_id, _ = _needed(given, "certificate-id", "subject")
    text = holdings.generate_request(certificate_id, _identity(given))
    return {"certificate-id": certificate_id, "request": text.decode()}


def _load_local(holdings: Holdings, given: Given) -> Answer:
    certificate_id, file = _needed(given, "certificate-id", "filename")
    key = Path(given["key"]) if "key" in given else None
    chain = holdings.load_local(certificate_id, Path(file), key, given.get("passphrase"))
    return {"certificate-id": certificate_id, "certificates": [_named(one) for one in chain]}


def _export_local(holdings: Holdings, given: Given) -> Answer:
    certificate_id, file = _needed(given, "certificate-id", "filename")
    holdings.export_local(certificate_id, Path(file), Encoding.DER if given.get("type") == "der" else Encoding.PEM)
    return {"certificate-id": certificate_id, "filename": file}


def _load_ca(holdings: Holdings, given: Given) -> Answer:
    ca_profile, file = _needed(given, "ca-profile", "filename")
    loaded = map(x509.load_der_x509_certificate, holdings.load_ca(ca_profile, Path(file)))
    return {"ca-profile": ca_profile, "certificates": [_named(one) for one in loaded]}


def _load_group(holdings: Holdings, given: Given) -> Answer:
    name, file = _needed(given, "ca-group-name", "filename")
    source = system_bundle() if file == "default" else Path(file)
    loaded, skipped = holdings.load_group(name, source, datetime.now(UTC))
    return {"ca-group-name": name, "filename": str(source), "loaded": loaded,
            "skipped": [{"subject": subject, "reason": reason} for subject, reason in skipped]}


def _verify_ca(holdings: Holdings, given: Given) -> Answer:
    """Each of its certificates by the rules for issuers, and against the CRLs that are loaded."""
    ca_profile, = _needed(given, "ca-profile")
    anchors = [der for _, ders in _held(holdings, "ca-certificate", None, good_certificates, []) for der in ders]
    crls = [der for _, ders in _held(holdings, "crl", None, good_crls, []) for der in ders]
    held = read_certificates(holdings.path("ca-certificate", ca_profile))
    return {"ca-profile": ca_profile, "certificates": [
        {**_named(x509.load_der_x509_certificate(der)), "problem": _ca_problem(der, anchors, crls)} for der in held]}


def _ca_problem(der: bytes, anchors: list[bytes], crls: list[bytes]) -> str | None:
    certificate, at = read(der), datetime.now(UTC)
    if certificate is None:
        return "not well-formed"
    fault = issuer_fault(certificate, at, anchor=True)
    if fault is not None:
        return fault.detail or fault.reason.value
    if certificate.self_issued and not certificate.signed_by(certificate):
        return "its own signature does not hold"
    issuers = [issuer for issuer in map(read, anchors) if issuer is not None and certificate.signed_by(issuer)]
    return "revoked by its issuer's CRL" if any(is_revoked(certificate, issuer, crls) for issuer in issuers) else None


def _load_crl(holdings: Holdings, given: Given) -> Answer:
    ca_profile, file = _needed(given, "ca-profile", "filename")
    loaded = holdings.load_crl(ca_profile, Path(file))
    return {"ca-profile": ca_profile, "crls": [_without_list(crl_facts(ca_profile, crl)) for crl in loaded]}


Ders: TypeAlias = tuple[bytes, ...]
Good: TypeAlias = Callable[[Path], tuple[Ders, tuple[PkiError, ...]]]


def _held(holdings: Holdings, kind: str, name: str | None, good: Good, problems: list[str]) -> list[tuple[str, Ders]]:
    """What the files of a kind hold, or the one that is named; what is wrong with them goes to `problems`."""
    found = []
    for one in holdings.names(kind) if name is None else [name]:
        try:
            ders, wrong = good(holdings.path(kind, one))
        except PkiError as error:
            ders, wrong = (), (error,)
        problems += map(str, wrong)
        found.append((one, ders))
    return found


def _show_local(holdings: Holdings, given: Given) -> Answer:
    problems: list[str] = []
    held = _held(holdings, "local-certificate", given.get("certificate-id"), good_certificates, problems)
    return {"certificates": [certificate_facts(name, x509.load_der_x509_certificate(ders[0])) for name, ders in held if ders],
            "problems": problems}


def _show_ca(holdings: Holdings, given: Given) -> Answer:
    """The certificates of a profile's file are numbered where there are several."""
    problems: list[str] = []
    held = _held(holdings, "ca-certificate", given.get("ca-profile"), good_certificates, problems)
    return {"certificates": [
        certificate_facts(f"{name}_{number}" if len(ders) > 1 else name, x509.load_der_x509_certificate(der))
        for name, ders in held for number, der in enumerate(ders, 1)], "problems": problems}


def _show_crl(holdings: Holdings, given: Given) -> Answer:
    problems: list[str] = []
    held = _held(holdings, "crl", given.get("ca-profile"), good_crls, problems)
    return {"crls": [crl_facts(name, x509.load_der_x509_crl(der)) for name, ders in held for der in ders],
            "problems": problems}


def _show_requests(holdings: Holdings, given: Given) -> Answer:
    wanted = [given["certificate-id"]] if "certificate-id" in given else holdings.names("certificate-request")
    facts = []
    for path in (holdings.path("certificate-request", name) for name in wanted):
        try:
            facts.append(request_facts(path.stem, x509.load_pem_x509_csr(read_file(path))))
        except UNREADABLE:
            raise PkiError(path, "no certificate request in PEM") from None
    return {"requests": facts}


def _clear(kind: str) -> Deed:
    def clear(holdings: Holdings, given: Given) -> Answer:
        return {"cleared": holdings.clear(kind, given.get("certificate-id", given.get("ca-profile")))}

    return clear


def _named(certificate: x509.Certificate) -> dict[str, str]:
    return {"subject": one_line(certificate.subject), "sha256": certificate.fingerprint(hashes.SHA256()).hex(":")}


def _without_list(facts: dict[str, Any]) -> dict[str, Any]:
    return {**{key: value for key, value in facts.items() if key != "revocation-list"},
            "revoked": len(facts["revocation-list"])}


_DEEDS: Final[Mapping[str, Deed]] = {
    "generate-key-pair": _generate_key_pair, "generate-self-signed": _generate_self_signed,
    "generate-certificate-request": _generate_request, "load-local": _load_local, "export-local": _export_local,
    "load-ca": _load_ca, "load-group": _load_group, "verify-ca": _verify_ca, "load-crl": _load_crl,
    "show-local": _show_local, "show-ca": _show_ca, "show-crl": _show_crl, "show-requests": _show_requests,
    **{f"clear-{kind}": _clear(kind) for kind in KINDS}}
