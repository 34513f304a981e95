"""The box as a TLS client for its own needs (Junos: `services ssl initiation profile`): whom it trusts, what it shows."""

import ssl
from typing import Protocol

from nf.pki import PkiStore


class Terms(Protocol):
    """Whom to trust and what to show."""

    @property
    def trusted(self) -> tuple[str, ...]:
        """CA profiles."""

    @property
    def certificate(self) -> str:
        """The local certificate to show, empty for none."""

    @property
    def verify(self) -> bool:
        """Whether the server has to be vouched for."""


def client_context(store: PkiStore, terms: Terms) -> ssl.SSLContext:
    """TLS 1.2 at least, names verified; ValueError where nobody is trusted who could vouch, PkiError for what is not there."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN  # a CA profile may hold an intermediate alone
    anchors = store.anchors(terms.trusted) if terms.trusted else ()
    if not terms.verify:
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    elif not anchors:
        raise ValueError("no trusted-ca, so no server could be authenticated")
    if anchors:
        context.load_verify_locations(cadata=b"".join(anchors))
    if terms.certificate:
        store.authority(terms.certificate)
        certificate = store.directory / "local" / f"{terms.certificate}.crt"
        context.load_cert_chain(certificate, certificate.with_suffix(".key"))
    return context
