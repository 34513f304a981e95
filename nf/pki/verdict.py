"""What judging a server's chain can say: the verdict, its reasons, and the texts that the log prints for them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Literal

from nf.pki.question import Question
from nf.policy.pki import OcspCheck


class AuthFailure(Enum):
    """Why a server was not authenticated; each value is the code that people see."""

    EMPTY_CHAIN = "empty-chain"
    MALFORMED = "malformed-certificate"
    TOO_COMPLEX = "chain-too-complex"
    UNKNOWN_CA = "unknown-ca"
    ISSUER_MISMATCH = "issuer-mismatch"
    SELF_SIGNED = "self-signed"
    BAD_SIGNATURE = "bad-signature"
    EXPIRED = "expired"
    NOT_YET_VALID = "not-yet-valid"
    NAME_MISMATCH = "name-mismatch"
    NOT_V3 = "not-x509v3"
    WEAK_KEY = "weak-key"
    WEAK_HASH = "weak-hash"
    NOT_A_CA = "not-a-ca"
    BAD_PURPOSE = "bad-purpose"
    BAD_EXTENSION = "bad-extension"
    PATH_LENGTH = "path-length-exceeded"
    NAME_CONSTRAINT = "name-constraint-violated"
    REVOKED = "revoked"
    CRL_MISSING = "crl-missing"
    CRL_UNUSABLE = "crl-unusable"
    STAPLE_MISSING = "ocsp-staple-missing"
    OCSP_UNKNOWN = "ocsp-unknown"
    OCSP_UNANSWERED = "ocsp-unanswered"
    OWN_CA = "own-ca"
    NO_SERVER_KEY = "no-matching-server-certificate"
    KEY_TOO_LONG = "key-too-long"


# The words after the origin prefix follow OpenSSL's verification texts, as those of Junos do; where Junos is known to
# print an older wording ("self signed") that one is kept.
_TEXTS = {
    AuthFailure.EMPTY_CHAIN: "no certificate received",
    AuthFailure.MALFORMED: "malformed certificate",
    AuthFailure.TOO_COMPLEX: "certificate chain too long",
    AuthFailure.UNKNOWN_CA: "unable to get local issuer certificate",
    AuthFailure.ISSUER_MISMATCH: "subject issuer mismatch",
    AuthFailure.SELF_SIGNED: "self signed certificate in certificate chain",
    AuthFailure.BAD_SIGNATURE: "certificate signature failure",
    AuthFailure.EXPIRED: "certificate has expired",
    AuthFailure.NOT_YET_VALID: "certificate is not yet valid",
    AuthFailure.NAME_MISMATCH: "hostname mismatch",
    AuthFailure.NOT_V3: "certificate is not X.509 version 3",
    AuthFailure.WEAK_KEY: "certificate key too weak",
    AuthFailure.WEAK_HASH: "certificate signature digest algorithm too weak",
    AuthFailure.NOT_A_CA: "invalid CA certificate",
    AuthFailure.BAD_PURPOSE: "unsuitable certificate purpose",
    AuthFailure.BAD_EXTENSION: "invalid or inconsistent certificate extension",
    AuthFailure.PATH_LENGTH: "path length constraint exceeded",
    AuthFailure.NAME_CONSTRAINT: "name constraint violation",
    AuthFailure.REVOKED: "certificate revoked",
    AuthFailure.CRL_MISSING: "unable to get certificate CRL",
    AuthFailure.CRL_UNUSABLE: "certificate CRL cannot be used",
    AuthFailure.STAPLE_MISSING: "certificate demands a stapled OCSP response and none came",
    AuthFailure.OCSP_UNKNOWN: "certificate is unknown to its OCSP responder",
    AuthFailure.OCSP_UNANSWERED: "no OCSP responder has told whether the certificate is revoked",
    AuthFailure.NO_SERVER_KEY: "no server certificate of the profile has the server's key",
    AuthFailure.KEY_TOO_LONG: "server key longer than this platform takes (allow-strong-certificate)",
    AuthFailure.OWN_CA: "certificate issued by this device's own CA presented by a server",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with a path: the reason, where in the path (0 is the leaf), and more words for an operator.

    `text` replaces the reason's own message, origin prefix included; with `questions` it is what has to be asked first.
    """

    reason: AuthFailure
    depth: int | None = None
    detail: str = ""
    text: str = ""
    questions: tuple[Question, ...] = ()

    @property
    def message(self) -> str:
        """The text of the log message, with its origin prefix."""
        return self.text or f"certificate error: {_TEXTS[self.reason]}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a server's chain is accepted; `path` is the accepted path as DER, leaf first, trust anchor last.

    `message` is the log's text, made of fixed words only; `detail` may add what a verifier said, in printable ASCII;
    `depth` is the position of the faulty certificate in the path tried, 0 for the leaf, None where it is no single one.
    `valid_until` is the last moment at which an accepting verdict may still be used: no certificate of the path, CRL or
    stapled response that it rests on has ended by then. None where the verdict is a rejection. `questions` are for OCSP
    responders: with the answers to them the verdict may be another.
    """

    ok: bool
    reason: AuthFailure | None = None
    message: str = ""
    path: tuple[bytes, ...] = ()
    depth: int | None = None
    detail: str = ""
    valid_until: datetime | None = None
    questions: tuple[Question, ...] = ()

    def __bool__(self) -> bool:  # else `if verdict` would take every server
        return self.ok


def accepted(path: tuple[bytes, ...], valid_until: datetime | None = None) -> Verdict:
    """The verdict on a good path."""
    return Verdict(ok=True, path=path, valid_until=valid_until)


def rejected(fault: Fault) -> Verdict:
    """The verdict that a fault leads to."""
    detail = "".join(sign if " " <= sign <= "~" else "?" for sign in fault.detail)
    return Verdict(ok=False, reason=fault.reason, message=fault.message, depth=fault.depth, detail=detail[:300],
                   questions=fault.questions)


@dataclass(frozen=True, slots=True)
class CrlPolicy:
    """`actions crl` of an SSL proxy profile: disable, if-not-present, ignore-hold-instruction-code.

    `unchecked` holds CA certificates (DER) whose ca-profile says `revocation-check disable`: what stands under them is
    not looked up. `lenient` holds those that say `crl disable on-download-failure`: a list of theirs that cannot be used
    counts as none. `accept_unknown` holds those that say `ocsp accept-unknown-status`; `online` those that
    say `use-ocsp`, with whom to ask.
    """

    disable: bool = False
    if_not_present: Literal["allow", "drop"] = "allow"
    ignore_hold: bool = False
    unchecked: frozenset[bytes] = frozenset()
    lenient: frozenset[bytes] = frozenset()
    accept_unknown: frozenset[bytes] = frozenset()
    online: Mapping[bytes, OcspCheck] = field(default_factory=dict)

    def responders(self, issuer: bytes, anchor: bytes) -> OcspCheck | None:
        """Whom to ask about what a CA has issued below an anchor, both as DER; None for nobody."""
        if self.unchecked.intersection({issuer, anchor}):
            return None
        return self.online.get(issuer) or self.online.get(anchor)
