"""The judgement on a server's chain: paths proposed, each tried by the rules, both verifiers, the CRLs and the name."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache, lru_cache
from itertools import pairwise
from types import MappingProxyType

from nf.pki.certificate import Certificate, read, read_ca, signed_by_ca
from nf.pki.crl import RevocationList, read_list
from nf.pki.keys import effort
from nf.pki.name_constraints import constraint_fault
from nf.pki.names import ServerName, reference_identity
from nf.pki.ocsp import stapled_revocation
from nf.pki.path import AnchorsByName, Budget, Link, Path, candidate_paths, reachable
from nf.pki.policies import policy_fault
from nf.pki.responders import Answers, Inquest, nothing_asked
from nf.pki.revocation import Revocation, revocation_of
from nf.pki.rules import issuer_fault, path_fault
from nf.pki.strict import strict_path_fault
from nf.pki.verdict import AuthFailure, CrlPolicy, Fault, Verdict, accepted, rejected
from nf.pki.verifiers import openssl_fault, second_fault

MAX_SENT = 200  # certificates looked at; OpenSSL takes no more than 100 kB of them
_NO_IDS: Mapping[bytes, str] = MappingProxyType({})
_DEFAULT_CRL_POLICY = CrlPolicy()


def verify_server_chain(chain: Sequence[bytes], anchors: Sequence[bytes], server_name: str | None, at: datetime,
                        crls: Sequence[bytes] = (), crl_policy: CrlPolicy = _DEFAULT_CRL_POLICY, *,
                        own_authorities: Sequence[bytes] = (), cert_ids: Mapping[bytes, str] = _NO_IDS,
                        stapled: bytes | None = None, strict: bool = False, answers: Answers = nothing_asked) -> Verdict:
    """Judge the chain that a server sent; never raises on its bytes, whatever they are.

    chain, anchors, crls, own_authorities: DER, the chain leaf first; an anchor that cannot be read counts for nothing, a
    CRL that cannot be read for one of an issuer who has no other. server_name: DNS name (A-labels) or IP text, None to
    judge the path alone. at: aware, else ValueError.
    own_authorities: our own proxy CAs, which no server may present. cert_ids: CA profile names by the anchors' DER, for
    the message of a revocation. stapled: the server's OCSP response, empty where it was asked for one and sent none,
    None where it was not asked; only who asks can hold a server to must-staple. strict: hold CAs to the letter of RFC 5280.
    answers: what OCSP responders have said; a verdict that lacks some names them in its `questions`.
    """
    if at.tzinfo is None:
        raise ValueError("the time of a verification must carry its time zone")
    if not chain:
        return rejected(Fault(AuthFailure.EMPTY_CHAIN))
    leaf, others = read(chain[0]), [read_ca(der) for der in chain[1:MAX_SENT]]
    if leaf is None:
        return rejected(Fault(AuthFailure.MALFORMED, depth=0))
    extras = tuple(dict.fromkeys(certificate for certificate in others if certificate is not None))
    if _is_ours((leaf, *extras), own_authorities):
        return rejected(Fault(AuthFailure.OWN_CA))
    name = None if server_name is None else reference_identity(server_name)
    case = _Case(leaf, extras, _by_name(tuple(anchors)), at.astimezone(UTC).replace(microsecond=0), name,
                 server_name is None or (name is not None and name.covered_by(leaf)),
                 _read_lists(tuple(crls)), crl_policy, cert_ids, stapled, strict, answers)
    verdict = case.judge()
    return rejected(case.why_no_path(unread=None in others)) if verdict is None else verdict


@dataclass(frozen=True, slots=True)
class _Case:
    """All that one judgement rests on; `at` is in whole seconds, as certificates count; `named`: the name fits or is none."""

    leaf: Certificate
    extras: tuple[Certificate, ...]
    anchors: AnchorsByName
    at: datetime
    name: ServerName | None
    named: bool
    lists: tuple[RevocationList | None, ...]
    crl_policy: CrlPolicy
    cert_ids: Mapping[bytes, str]
    stapled: bytes | None
    strict: bool
    answers: Answers
    budget: Budget = field(default_factory=Budget)

    def judge(self) -> Verdict | None:
        """The verdict on the first good path, else on the first whose links hold, or that leaves something to ask, or None."""
        first: Fault | None = None
        for path in candidate_paths(self.leaf, self.extras, self.anchors, self._sound_link(), self.budget):
            if not self.budget.signatures(2 * sum(effort(issuer) for issuer in path[1:])):  # for two verifiers
                break
            revocation = self._revocation(path) if (fault := self._fault(path)) is None else Revocation(fault)
            fault = revocation.fault or (None if self.named else Fault(AuthFailure.NAME_MISMATCH, depth=0))
            if fault is None:
                ends = [certificate.parsed.not_valid_after_utc for certificate in path]
                return accepted(tuple(certificate.der for certificate in path),
                                min([*ends, *([] if revocation.until is None else [revocation.until])]))
            if first is None or (fault.questions and not first.questions):  # what can be asked may yet make a path good
                first = fault
        return None if first is None else rejected(first)

    def why_no_path(self, *, unread: bool) -> Fault:
        """The reason to give when no path holds: what breaks the first that names suggest, or why they suggest none."""
        budget = Budget()
        path = next(candidate_paths(self.leaf, self.extras, self.anchors, Certificate.names, budget), None)
        if path is not None:  # when nothing breaks this one, the search above came to its end before it
            return path_fault(path, self.at) or _signature_fault(path) or Fault(AuthFailure.TOO_COMPLEX)
        if budget.exhausted:
            return Fault(AuthFailure.TOO_COMPLEX)
        above = reachable(self.leaf, self.extras, Certificate.names, Budget())
        if any(one.self_issued and budget.signatures(effort(one)) and one.is_its_own_signer for one in above):
            return Fault(AuthFailure.SELF_SIGNED)
        if unread:
            return Fault(AuthFailure.MALFORMED)
        linked = not self.extras or any(self.leaf.issuer == one.subject for one in self.extras)
        return Fault(AuthFailure.UNKNOWN_CA if linked else AuthFailure.ISSUER_MISMATCH)

    def _sound_link(self) -> Link:
        # Links that cannot be part of any good path are cut at once, so that they do not use the search up.
        @cache
        def sound(certificate: Certificate, issuer: Certificate) -> bool:
            return (certificate.names(issuer) and issuer_fault(issuer, self.at, anchor=True) is None
                    and self.budget.signatures(effort(issuer))
                    and (signed_by_ca(certificate, issuer) if certificate is not self.leaf else certificate.signed_by(issuer)))

        return sound

    def _fault(self, path: Path) -> Fault | None:
        subject = self.name.general_name if self.name is not None and self.named else None
        return (path_fault(path, self.at) or constraint_fault(path, self.budget) or policy_fault(path, self.budget)
                or openssl_fault(path, self.at) or second_fault(path, self.at, subject)
                or (strict_path_fault(path) if self.strict else None))

    def _revocation(self, path: Path) -> Revocation:
        """What CRLs and responders say of the path, and the stapled response of its leaf, which only adds to that."""
        asked = Inquest(path, self.crl_policy, self.answers, self.lists, self.at, self.cert_ids).held()
        lists = revocation_of(path, self.lists, self.crl_policy, self.at, self.cert_ids, self._twins, asked.settled)
        if lists.fault is not None or self.crl_policy.disable or len(path) == 1:
            return lists
        staple = stapled_revocation(self.stapled, path, self.crl_policy, self.at, self.cert_ids)
        ends = [until for until in (lists.until, staple.until, asked.until) if until is not None]
        return Revocation(staple.fault or asked.fault, min(ends, default=None))

    def _twins(self, issuer: Certificate) -> list[Certificate]:
        """The trusted certificates of a CA's name: after a change of its key the new one signs the lists."""
        return [one for one in self.anchors.get(issuer.subject, ()) if issuer_fault(one, self.at, anchor=True) is None]


def _signature_fault(path: Path) -> Fault | None:
    for depth, (certificate, issuer) in enumerate(pairwise(path)):
        if not certificate.signed_by(issuer):
            return Fault(AuthFailure.BAD_SIGNATURE, depth)
    return None


def _is_ours(sent: Sequence[Certificate], own_authorities: Sequence[bytes]) -> bool:
    own = [authority for group in _by_name(tuple(own_authorities)).values() for authority in group]
    return any(certificate.key_der == authority.key_der
               or (certificate.issuer == authority.subject and certificate.signed_by(authority))
               for certificate in sent for authority in own)


# Anchors and CRLs are the same for thousands of sessions; reading them is a pure function of their bytes.
@lru_cache(maxsize=128)
def _by_name(ders: tuple[bytes, ...]) -> AnchorsByName:
    groups: dict[bytes, list[Certificate]] = defaultdict(list)
    for der in dict.fromkeys(ders):
        certificate = read(der)
        if certificate is not None:
            groups[certificate.subject].append(certificate)
    return MappingProxyType({name: tuple(group) for name, group in groups.items()})


@lru_cache(maxsize=64)
def _read_lists(ders: tuple[bytes, ...]) -> tuple[RevocationList | None, ...]:
    return tuple(map(read_list, ders))
