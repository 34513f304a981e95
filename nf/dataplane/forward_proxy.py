"""Client protection: servers are judged by the profile's CAs, and clients see certificates forged by its own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric import rsa

from nf.pki import AuthFailure, CrlPolicy, Forged, Signer, Verdict, standing_of, verify_server_chain
from nf.pki.certificate import read
from nf.pki.responders import Answers, nothing_asked
from nf.pki.verdict import Fault, rejected


@dataclass(frozen=True, slots=True)
class ForwardProxy:
    """What a profile with `root-ca` decrypts with: its CAs, one of a kind, and whom it trusts (DER)."""

    signers: tuple[Signer, ...]
    anchors: tuple[bytes, ...]
    crls: tuple[bytes, ...] = ()
    crl_policy: CrlPolicy = CrlPolicy()
    cert_ids: Mapping[bytes, str] = field(default_factory=dict)  # CA profile names by certificate, for the log
    longest_key: int | None = None  # bits of an RSA key that the platform takes, None for any
    own: tuple[bytes, ...] = ()  # every CA of the box (DER), which no server may show
    strict: bool = False  # certificates are held to the letter

    def judge(self, chain: tuple[bytes, ...], server_name: str | None, at: datetime,
              stapled: bytes | None = None, answers: Answers = nothing_asked) -> Verdict:
        """The verdict on a server's chain, the OCSP response that it stapled, and those that responders have given."""
        verdict = verify_server_chain(chain, self.anchors, server_name, at, self.crls, self.crl_policy,
                                      own_authorities=self.own, cert_ids=self.cert_ids, stapled=stapled,
                                      strict=self.strict, answers=answers)
        leaf = read(chain[0]) if verdict.ok and self.longest_key is not None else None
        if leaf is not None and isinstance(leaf.key, rsa.RSAPublicKey) and leaf.key.key_size > (self.longest_key or 0):
            return rejected(Fault(AuthFailure.KEY_TOO_LONG, depth=0, detail=f"RSA {leaf.key.key_size} bits"))
        return verdict

    def show(self, chain: Sequence[bytes], failure: AuthFailure | None, ecdsa: bool, at: datetime,
             server_name: str | None = None) -> Forged:
        """A certificate forged after the server's; ValueError says why there can be none. `ecdsa` is the kind preferred."""
        leaf = read(chain[0])
        if leaf is None:
            raise ValueError("malformed server certificate")
        standing = standing_of(chain, failure, self.anchors, at, self.crls, self.crl_policy, server_name)
        return self.signer(ecdsa).forge(leaf.parsed, standing, at)

    def signer(self, ecdsa: bool) -> Signer:
        """The signer of this kind, or the only one."""
        return next((one for one in self.signers if (one.key_type == "ecdsa") is ecdsa), self.signers[0])
