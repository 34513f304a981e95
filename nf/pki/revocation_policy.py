"""What an SSL proxy profile and the CA profiles that it trusts say of revocation, as one policy for its verdicts."""

from collections.abc import Iterable, Mapping, Sequence

from nf.pki.verdict import CrlPolicy
from nf.policy.pki import CaProfile, RevocationCheck
from nf.policy.profile import TRUST_ALL, CrlActions


def revocation_policy(actions: CrlActions, trusted_ca: Sequence[str], profiles: Mapping[str, CaProfile],
                      certificates: Mapping[str, tuple[bytes, ...]]) -> CrlPolicy:
    """The policy of a profile with these `actions crl` and this `trusted-ca`.

    profiles: the CA profiles configured, by name. certificates: the CA certificates on the box (DER), by CA profile; one
    that several trusted CA profiles hold is treated as the strictest of them says.
    """
    names = certificates if tuple(trusted_ca) == (TRUST_ALL,) else trusted_ca
    checks = [(profiles[name].revocation if name in profiles else RevocationCheck(), certificates.get(name, ()))
              for name in names]
    return CrlPolicy(
        actions.disable, actions.if_not_present, actions.ignore_hold_instruction_code,
        unchecked=_all_say((check.method == "disable", held) for check, held in checks),
        lenient=_all_say((check.crl.disable_on_download_failure, held) for check, held in checks),
        accept_unknown=_all_say((check.ocsp.accept_unknown_status, held) for check, held in checks),
        online={one: check.ocsp for check, held in checks if check.method == "use-ocsp" for one in held})


def _all_say(answers: Iterable[tuple[bool, tuple[bytes, ...]]]) -> frozenset[bytes]:
    """The certificates for which every CA profile that holds them says yes."""
    yes: set[bytes] = set()
    no: set[bytes] = set()
    for answer, held in answers:
        (yes if answer else no).update(held)
    return frozenset(yes - no)
