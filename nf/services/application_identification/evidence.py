"""What has been seen of one session that may tell its application: first bytes of either side, TLS, a request."""

from enum import Enum
from urllib.parse import unquote_to_bytes

from msgspec import Struct

from hwmodel.session import Direction, FiveTuple
from nf.policy.appid import Member
from nf.protocols.items import Request


class Fit(Enum):
    """Whether something is so, as far as has been seen."""

    YES = "yes"
    NO = "no"
    MAYBE = "maybe"


class Evidence(Struct):
    """Grows while the session goes on; `carrier` is the protocol that its bytes speak, once that is known."""

    flow: FiveTuple
    limit: int  # bytes of each direction that are looked at
    heads: dict[Direction, bytes]
    encrypted: bool = False  # in TLS, decrypted or not
    server_name: str | None = None
    alpn: bytes = b""
    chain: tuple[bytes, ...] = ()
    carrier: str | None = None
    is_http: bool = False
    request: Request | None = None
    greeted: bool = False  # the ClientHello has been seen, or that there is none

    def stream(self, direction: Direction, depth: int | None) -> tuple[bytes, bool]:
        """The first bytes of a direction, and whether there will be no more of them."""
        most = min(depth or self.limit, self.limit)
        data = self.heads[direction][:most]
        return data, len(data) >= most

    def held(self, member: Member) -> tuple[bytes, bool] | None:
        """What a context holds, up to the member's depth; None where it will not be there, (b"", False) before it is."""
        name = member.context
        if name == "ssl-server-name":
            return (_text(self.server_name), True) if self.server_name else None if self.greeted else (b"", False)
        if not name.startswith("http-") or member.direction == "server-to-client":
            return None
        if self.request is None:
            return (b"", False) if self.is_http or self.carrier is None else None
        found = _of_request(name, self.request)
        return None if found is None else (found[:member.depth], True)


def _of_request(context: str, request: Request) -> bytes | None:
    """What a request's context holds, None where this request has none."""
    if context == "http-header-host":
        return _text(request.host)
    if context.startswith("http-header-"):
        name = context.removeprefix("http-header-")
        return next((_text(value) for key, value in request.headers if key == name), None)
    if context.startswith(("http-get-", "http-post-")) and request.method.lower() != context.split("-")[1]:
        return None
    path, _, query = request.path.partition("?")
    return unquote_to_bytes(f"{path}?{query}" if "param" in context and query else path)


def _text(text: str | None) -> bytes:
    return (text or "").encode("latin-1", "replace")
