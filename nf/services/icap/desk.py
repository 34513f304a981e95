"""What the exchanges of one session have in common: its profile, its ends, the numbers of its asks."""

from dataclasses import dataclass, field
from itertools import count
from typing import Final

from nf.policy.icap import IcapProfile, IcapServer, path
from nf.protocols import icap
from nf.protocols.icap_options import Options
from nf.services.asking import Ask, Peer
from nf.services.icap.message import Message
from nf.services.icap.standing import Standing

_AGENT: Final = ("User-Agent", "srxnf")


@dataclass(slots=True)
class Desk:
    """`now` is that of the event at hand."""

    profile: IcapProfile
    standing: Standing
    client: str
    server: str
    now: float = 0.0
    scheme: str = "http"  # https, once the session's plaintext comes out of TLS
    numbers: "count[int]" = field(default_factory=count)
    asks: list[Ask] = field(default_factory=list)  # since the last event

    def note(self, server: IcapServer | None, what: str) -> None:
        """Count something."""
        self.standing.counters[self.profile.name, server.name if server else "", what] += 1

    def peer(self, server: IcapServer, options: Options | None = None) -> Peer:
        """How the data plane reaches a server."""
        most = server.sockets if options is None or not options.most else min(server.sockets, options.most)
        host = self.standing.addresses.get(server.host, server.host)
        if not server.tls:
            return Peer("tcp", host, server.port, most=most)
        return Peer("tls", host, server.port, server.trusted, server.host, server.certificate, server.verify, most)

    def options_request(self, server: IcapServer, method: str) -> bytes:
        """OPTIONS for the service that this method has on a server."""
        return icap.request("OPTIONS", server.uri(path(server, method)), server.authority,
                            (_AGENT, *self._credentials(server)))

    def message_request(self, server: IcapServer, message: Message, allow: str, preview: int | None) -> bytes:
        """The head of a REQMOD or RESPMOD request."""
        body = f"{message.method[:3].lower()}-body" if message.has_content else "null-body"
        said = [("Allow", allow)] if allow else []
        if preview is not None:
            said.append(("Preview", str(preview)))
        ends = [("X-Client-IP", self.client), ("X-Server-IP", self.server)]
        return icap.request(message.method, server.uri(path(server, message.method)), server.authority,
                            (_AGENT, *self._credentials(server), *said, *ends), http=message.heads(), body=body)

    def _credentials(self, server: IcapServer) -> list[tuple[str, str]]:
        if not server.authorization:
            return []
        name = "Proxy-Authorization" if server in self.standing.credentialled else "Authorization"
        return [(name, server.authorization)]
