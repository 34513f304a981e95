"""What a client's first bytes tell of a session's application, for policies that wait for it."""

from dataclasses import replace

from nf.policy.unified import Known
from nf.protocols import applications
from nf.protocols.first_bytes import HTTP, identify, requested_host
from nf.tls.client_hello import ClientHello, NeedMore, parse

MOST = 1 << 15  # bytes; no ClientHello and no request line is longer
NOTHING_FOUND = Known(frozenset({applications.UNKNOWN}), final=True)
_SSH = b"SSH-"
_PROTOCOLS = {"HTTP": (applications.HTTP,), "HTTP/2": (applications.HTTP, applications.HTTP2)}


def of_hello(server_name: str | None) -> Known:
    """What a ClientHello tells; what is inside of TLS is still to be seen."""
    return Known(_behind(server_name) | {applications.SSL}, server_name)


def identified(data: bytes) -> Known | None:
    """What the client's first bytes tell, which is then all that is to be known; None while they do not tell.

    A ClientHello here is one that nobody decrypts.
    """
    found = parse(data)
    if isinstance(found, ClientHello):
        known: Known | None = of_hello(found.server_name)
    elif isinstance(found, NeedMore) and data:
        known = None
    else:
        known = _in_the_clear(data)
    if known is None and len(data) < MOST:
        return None
    if known is None or not known.applications:
        return NOTHING_FOUND if known is None else replace(NOTHING_FOUND, host=known.host)
    return replace(known, final=True)


def _in_the_clear(data: bytes) -> Known | None:
    if data.startswith(_SSH):
        return Known(frozenset({"junos:SSH"}))
    found = None if _SSH.startswith(data) else identify(data)
    if found is None:
        return None
    host = requested_host(data) if found.name == HTTP else ""
    if host is None:
        return None
    return Known(frozenset(_PROTOCOLS.get(found.name, ())) | _behind(host), host or None)


def _behind(host: str | None) -> frozenset[str]:
    """The application behind a server's name, with its groups."""
    name = applications.of_server(host)
    return frozenset() if name is None else frozenset({name, *applications.predefined()[name].groups})
