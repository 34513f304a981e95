"""Server protection: clients see the real server's own certificate and chain, since the box has its key."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from nf.pki import AuthFailure, Forged, Verdict
from nf.pki.certificate import read
from nf.pki.responders import Answers, nothing_asked
from nf.pki.store import ServerCertificate
from nf.pki.verdict import Fault, accepted, rejected


@dataclass(frozen=True, slots=True)
class ReverseProxy:
    """What a profile with `server-certificate` decrypts with: keys by their public half (SubjectPublicKeyInfo, DER).

    A server is who it should be where it has the key of one of them, which it has just shown by its handshake: dates,
    names and issuers are for the client to judge, as without a proxy.
    """

    servers: Mapping[bytes, ServerCertificate]

    @classmethod
    def of(cls, certificates: Iterable[ServerCertificate]) -> "ReverseProxy":
        """The table of these certificates."""
        return cls({one.public_key_der: one for one in certificates})

    def judge(self, chain: tuple[bytes, ...], server_name: str | None, at: datetime,  # noqa: ARG002 - see above
              stapled: bytes | None = None, answers: Answers = nothing_asked) -> Verdict:  # noqa: ARG002
        """Whether the key of the server's certificate is there."""
        if not chain:
            return rejected(Fault(AuthFailure.EMPTY_CHAIN))
        leaf = read(chain[0])
        if leaf is None:
            return rejected(Fault(AuthFailure.MALFORMED, depth=0))
        known = leaf.key_der in self.servers
        return accepted(chain[:1]) if known else rejected(Fault(AuthFailure.NO_SERVER_KEY, depth=0))

    def show(self, chain: Sequence[bytes], failure: AuthFailure | None, ecdsa: bool,  # noqa: ARG002 - nothing is forged
             at: datetime, server_name: str | None = None) -> Forged:  # noqa: ARG002 - likewise
        """The server's certificate and chain as they came, with the key that goes with them; ValueError if it has gone."""
        sent = [one for one in map(read, chain) if one is not None]
        if len(sent) < len(chain):
            raise ValueError("malformed certificate in the server's chain")
        leaf, *others = sent
        found = self.servers.get(leaf.key_der)
        if found is None:
            raise ValueError("no server certificate of the profile has the server's key")
        return Forged(leaf.parsed, found.key, tuple(one.parsed for one in others))
