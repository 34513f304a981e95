"""What is known of the TLS ends of a live session: read from OpenSSL when an operator asks, never before."""

from typing import Any

from cryptography import x509
from OpenSSL import SSL

from nf.dataplane.account import Account
from nf.dataplane.leg import Leg
from nf.pki import Verdict
from nf.pki.certificate import UNREADABLE
from nf.tls.resumption import is_resumed

LONGEST_NAME = 512  # characters; a foreign host writes as much as it likes
_FINISHED = b"SSL negotiation finished successfully"  # OpenSSL must not be asked for the group before


def tls_facts(account: Account, verdict: Verdict | None) -> dict[str, Any]:
    """Both ends of a session, None for one without TLS or before the end of its handshake; what the server was found to be."""
    return {"server-name": account.server_name or "", "reason": account.reason.value if account.reason else "",
            "ssl-t": _end(account.client, own=True), "ssl-i": _end(account.server, own=False),
            "verdict": None if verdict is None else {
                "ok": verdict.ok, "reason": verdict.reason.value if verdict.reason else "", "message": verdict.message}}


def slash_form(name: x509.Name) -> str:
    """A distinguished name as OpenSSL and the devices print it: /C=US/CN=www.example.net."""
    parts = (f"/{attribute.rfc4514_attribute_name}={_text(attribute.value)}" for attribute in name)
    return "".join(parts).replace("/1.2.840.113549.1.9.1=", "/emailAddress=")[:LONGEST_NAME]


def _text(value: str | bytes) -> str:
    return value if isinstance(value, str) else value.hex()


def _end(leg: Leg | None, *, own: bool) -> dict[str, Any] | None:
    tls = None if leg is None else leg.tls
    if tls is None or tls.get_state_string() != _FINISHED:
        return None
    return {
        "version": tls.get_protocol_version_name(), "cipher": tls.get_cipher_name() or "",
        "cipher-bits": tls.get_cipher_bits() or 0, "group": tls.get_group_name() or "",
        "alpn": tls.get_alpn_proto_negotiated().decode("ascii", "backslashreplace"), "resumed": is_resumed(tls),
        "renegotiations": tls.total_renegotiations(), **_certificate(tls, own=own)}


def _certificate(tls: SSL.Connection, *, own: bool) -> dict[str, Any]:
    """The certificate that this end shows, or that it was shown."""
    try:
        found = tls.get_certificate(as_cryptography=True) if own else tls.get_peer_certificate(as_cryptography=True)
        if found is None:
            return {}
        return {"subject": slash_form(found.subject), "issuer": slash_form(found.issuer),
                "key-size": getattr(found.public_key(), "key_size", 0)}
    except UNREADABLE:  # a server whose authentication failed, and was to be ignored, may show anything
        return {}
