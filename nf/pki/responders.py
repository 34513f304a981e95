"""Revocation by OCSP responders that are asked: what a path leaves to ask, and what the answers come to."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import TypeAlias

from nf.pki.certificate import Certificate, read
from nf.pki.crl import RevocationList
from nf.pki.ocsp import Staple, Status, is_spared, read_staple
from nf.pki.path import Path
from nf.pki.question import Question, question
from nf.pki.revocation import HOLD, Revocation, revocation_of, revoked
from nf.pki.verdict import AuthFailure, CrlPolicy, Fault
from nf.policy.pki import OcspCheck

Answers: TypeAlias = Callable[[Question], bytes | None]  # a response, DER; empty: nobody answers; None: nobody was asked
_LISTS_ALONE = CrlPolicy()


def nothing_asked(_: Question) -> bytes | None:
    """No answer is there."""
    return None


@dataclass(frozen=True, slots=True)
class Asked:
    """What responders say of a path, and the depths at which that stands in for a list; a fault may be what to ask first."""

    fault: Fault | None = None
    until: datetime | None = None
    settled: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Inquest:
    """A path that responders are asked about; `lists` are the CRLs on the box, which may name a responder."""

    path: Path
    policy: CrlPolicy
    answers: Answers
    lists: Sequence[RevocationList | None]
    at: datetime
    cert_ids: Mapping[bytes, str]

    def held(self) -> Asked:
        """The outcome, where the CA profiles say that responders are asked."""
        if self.policy.disable or not self.policy.online:
            return Asked()
        pairs = enumerate(pairwise(self.path))
        said = {depth: self._said(depth, certificate, issuer, check) for depth, (certificate, issuer) in pairs
                if (check := self.policy.responders(issuer.der, self.path[-1].der)) is not None}
        settled = {depth: one for depth, one in said.items() if one is not None}
        faults = [one.fault for one in settled.values() if one.fault is not None]
        questions = tuple(asked for fault in faults for asked in fault.questions)
        fault = next((one for one in faults if not one.questions), None)
        if fault is None and faults:
            fault = Fault(AuthFailure.OCSP_UNANSWERED, faults[0].depth, questions=questions)
        until = min((one.until for one in settled.values() if one.until is not None), default=None)
        return Asked(fault, until, frozenset(settled))

    def _said(self, depth: int, certificate: Certificate, issuer: Certificate, check: OcspCheck) -> Revocation | None:
        """Of one certificate; None where its CRLs are to decide."""
        asked = question(certificate, issuer, check)
        answer = self.answers(asked) if asked.urls else b""
        if answer is None:
            return Revocation(Fault(AuthFailure.OCSP_UNANSWERED, depth, questions=(asked,)))
        staple = read_staple(answer, certificate, issuer, self.at, fresh=True,
                             refused=lambda one: not check.disable_responder_revocation_check and self._is_revoked(one, issuer))
        if staple.status is not Status.UNUSABLE:
            return Revocation(self._fault(staple, check, depth), staple.until)
        if check.connection_failure == "fallback-crl":
            return None
        why = f"OCSP response: {staple.why}" if answer else ""
        return Revocation(None if check.connection_failure else Fault(AuthFailure.OCSP_UNANSWERED, depth, why))

    def _fault(self, staple: Staple, check: OcspCheck, depth: int) -> Fault | None:
        if staple.status is Status.REVOKED and not (staple.number == HOLD and self.policy.ignore_hold):
            return revoked(depth, self.cert_ids.get(self.path[-1].der, str(depth)), staple.number, staple.text)
        if staple.status is Status.UNKNOWN and not check.accept_unknown_status:
            return Fault(AuthFailure.OCSP_UNKNOWN, depth)
        return None

    def _is_revoked(self, responder: Certificate, issuer: Certificate) -> bool:
        """Whether a CRL names a responder whose certificate does not say that it need not be looked up."""
        return not is_spared(responder) and revocation_of(
            (responder, issuer), self.lists, _LISTS_ALONE, self.at, self.cert_ids).fault is not None


def kept_until(asked: Question, response: bytes, at: datetime) -> datetime | None:
    """Until when a response answers a question; None where it does not."""
    certificate, issuer = read(asked.certificate), read(asked.issuer)
    if certificate is None or issuer is None:
        return None
    return read_staple(response, certificate, issuer, at, fresh=True).until
