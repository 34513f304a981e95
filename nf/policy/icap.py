"""ICAP service redirect (Junos: `services icap-redirect`), with the grammar's own names and defaults."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Fallback = Literal["permit", "log-permit", "block"]


@dataclass(frozen=True, slots=True)
class IcapServer:
    """`server`: where messages are sent to, and how it is spoken to."""

    name: str
    host: str
    port: int = 1344
    reqmod_uri: str = ""
    respmod_uri: str = ""
    sockets: int = 8  # connections at a time, of one worker
    authorization: str = ""  # value of the header, its type and the credentials
    tls: bool = False
    trusted: tuple[str, ...] = ()  # CA profiles that may vouch for it, with tls
    certificate: str = ""  # local certificate that it is shown, with tls
    verify: bool = True  # its certificate, with tls

    def uri(self, path: str) -> str:
        """A service of it as ICAP writes it (RFC 3507 §4.2)."""
        return path if "://" in path else f"icap://{self.authority}/{path.lstrip('/')}"

    @property
    def authority(self) -> str:
        """Host and port."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class FallbackOption:
    """`fallback-option`: what becomes of a message that no server has judged."""

    timeout: Fallback = "permit"
    connectivity: Fallback = "permit"
    default_action: Fallback = "permit"


@dataclass(frozen=True, slots=True)
class IcapProfile:
    """`profile`: servers in the order in which they are tried; `timeout` in seconds."""

    name: str
    servers: tuple[IcapServer, ...] = ()
    redirect_request: bool = False
    redirect_response: bool = False
    fallback: FallbackOption = FallbackOption()
    timeout: float = 0.5

    def serving(self, method: str) -> tuple[IcapServer, ...]:
        """The servers that have a service for REQMOD or RESPMOD, where the profile redirects these at all."""
        wanted = self.redirect_request if method == "REQMOD" else self.redirect_response
        return tuple(server for server in self.servers if path(server, method)) if wanted else ()


@dataclass(frozen=True, slots=True)
class IcapRedirect:
    """`services icap-redirect`: profiles by name."""

    profiles: Mapping[str, IcapProfile] = field(default_factory=dict)


def path(server: IcapServer, method: str) -> str:
    """The service of a server for REQMOD or RESPMOD, empty where it has none."""
    return server.reqmod_uri if method == "REQMOD" else server.respmod_uri
