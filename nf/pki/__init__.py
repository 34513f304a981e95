"""Certificates: judging a server's chain, forging the leaf that the client sees, and the files they come from.

In: DER bytes as a server sent them, trust anchors, the name asked for, the time. Out: a Verdict, or a certificate. The PKI
directory is read by `store`, and changed for operators by `holdings`.
Whatever a server sends ends in a Verdict, never in an exception; a fault in the operator's own files is a PkiError.
Knows nothing of sockets, sessions or policies.
"""

from nf.pki.authority import Authority, create_authority
from nf.pki.files import PkiError
from nf.pki.interdict import (
    Forged,
    LeafKey,
    Signer,
    interdict,
    new_leaf_key,
    new_signer,
)
from nf.pki.standing import Issuer, Standing, standing_of
from nf.pki.store import PkiStore, ServerCertificate
from nf.pki.verdict import AuthFailure, CrlPolicy, Verdict
from nf.pki.verify import verify_server_chain

__all__ = ["AuthFailure", "Authority", "CrlPolicy", "Forged", "Issuer", "LeafKey", "PkiError", "PkiStore", "ServerCertificate",
           "Signer", "Standing", "Verdict", "create_authority", "interdict",
           "new_leaf_key", "new_signer", "standing_of", "verify_server_chain"]
