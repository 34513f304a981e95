"""The kinds of certificate that an origin can show, one recipe each: what it has that a good one has not."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Literal

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from scenarios.der import Edit
from scenarios.schema import CertificateKind

WRONG_NAME = "elsewhere.example.net"
Key = Literal["p256", "p384", "rsa-2048", "rsa-1024"]
Extensions = tuple[tuple[x509.ExtensionType, bool], ...]  # and whether each is critical
_DAY = timedelta(days=1)


def _signs(*, key_cert_sign: bool = True) -> x509.KeyUsage:
    return x509.KeyUsage(digital_signature=False, content_commitment=False, key_encipherment=False, data_encipherment=False,
                         key_agreement=False, key_cert_sign=key_cert_sign, crl_sign=True, encipher_only=False,
                         decipher_only=False)


_CA: Extensions = ((x509.BasicConstraints(ca=True, path_length=None), True), (_signs(), True))
_ELSEWHERE = x509.NameConstraints(permitted_subtrees=[x509.DNSName("example.net")], excluded_subtrees=None)


@dataclass(frozen=True, slots=True)
class Link:
    """An intermediate CA between the issuer and the leaf."""

    extensions: Extensions = _CA
    begins: timedelta = -30 * _DAY
    ends: timedelta = 200 * _DAY
    sent: bool = True


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a leaf is made; dates are from now. The defaults make a good one."""

    issuer: Literal["root", "stranger", "impostor", "proxy", "itself"] = "root"
    through: Link | None = None
    begins: timedelta = -_DAY
    ends: timedelta = 90 * _DAY
    key: Key = "p256"
    other_name: str = ""
    wildcard: int = 0  # how many labels of the name it stands for
    alternative_name: bool = True
    is_ca: bool = False
    purpose: x509.ObjectIdentifier = ExtendedKeyUsageOID.SERVER_AUTH
    authority_key: bool = True
    revoked: Literal["", "revoked", "held"] = ""
    extensions: Extensions = ()
    edit: Edit = "none"


_GOOD = Recipe()
_NOT_A_CA = Link(((x509.BasicConstraints(ca=False, path_length=None), True), (_signs(), True)))
_MAY_NOT_SIGN = Link((_CA[0], (_signs(key_cert_sign=False), True)))

RECIPES: Mapping[CertificateKind, Recipe] = {
    "good": _GOOD,
    "rsa": Recipe(key="rsa-2048"),
    "p384": Recipe(key="p384"),
    "wildcard": Recipe(wildcard=1),
    "intermediate": Recipe(through=Link()),
    # whom it is from
    "untrusted": Recipe(issuer="stranger"),
    "self-signed": Recipe(issuer="itself"),
    "impostor": Recipe(issuer="impostor", authority_key=False),
    "own-ca": Recipe(issuer="proxy"),
    "bad-signature": replace(_GOOD, edit="bad signature"),
    "no-intermediate": Recipe(through=Link(sent=False)),
    "intermediate-not-a-ca": Recipe(through=_NOT_A_CA),
    "intermediate-may-not-sign": Recipe(through=_MAY_NOT_SIGN),
    "intermediate-expired": Recipe(through=Link(ends=-_DAY)),
    "name-constrained": Recipe(through=Link((*_CA, (_ELSEWHERE, True)))),
    # when it is valid
    "expired": Recipe(begins=-30 * _DAY, ends=-_DAY),
    "not-yet-valid": Recipe(begins=_DAY),
    "revoked": Recipe(revoked="revoked"),
    "held": Recipe(revoked="held"),
    # whom it is for
    "wrong-name": Recipe(other_name=WRONG_NAME),
    "wildcard-too-deep": Recipe(wildcard=2),
    "common-name-only": Recipe(alternative_name=False),
    # what it is for
    "client-only": Recipe(purpose=ExtendedKeyUsageOID.CLIENT_AUTH),
    "unknown-critical": Recipe(extensions=((x509.UnrecognizedExtension(x509.ObjectIdentifier("1.3.6.1.4.1.99999.1"),
                                                                       b"\x05\x00"), True),)),
    "must-staple": Recipe(extensions=((x509.TLSFeature([x509.TLSFeatureType.status_request]), False),)),
    # how it is made
    "version-1": replace(_GOOD, edit="version 1"),
    "sha1": replace(_GOOD, edit="sha1"),
    "rsa-1024": Recipe(key="rsa-1024"),
}
