"""A scenario file as frozen facts."""

from typing import Literal
from urllib.parse import urlsplit

import msgspec

from scenarios.wanted import (
    Count,
    Fact,
    FlowCount,
    Kept,
    LogLine,
    OriginSees,
    Passed,
    Read,
    Said,
    Shown,
    SpuCount,
    TraceLine,
    VisitSees,
)

TrustAnchor = Literal["interception", "next interception", "ECDSA interception", "lab"]
CertificateKind = Literal[
    "good", "rsa", "p384", "wildcard", "intermediate", "untrusted", "self-signed", "impostor", "own-ca", "bad-signature",
    "no-intermediate", "intermediate-not-a-ca", "intermediate-may-not-sign", "intermediate-expired", "name-constrained",
    "expired", "not-yet-valid", "revoked", "held", "wrong-name", "wildcard-too-deep", "common-name-only", "client-only",
    "unknown-critical", "must-staple", "version-1", "sha1", "rsa-1024"]
CrlKind = Literal["fresh", "expired", "foreign"]  # a CRL that another CA has signed
StapleKind = Literal["good", "revoked", "expired"]
TlsVersion = Literal["1.0", "1.1", "1.2", "1.3"]
Protocol = Literal["TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"]
Step = Literal["kill nf", "await nf down", "start nf", "restart nf", "restart switch", "restart controller", "commit",
               "rollback", "change files", "kill daemons", "start daemons", "wait", "kill worker",
               "await moved", "unplug wires", "plug wires", "end further", "await failover", "request failover"]
STARTTLS = ("smtp", "imap", "pop3", "ftp")  # protocols in which TLS begins in mid-talk
BY_S_CLIENT = ("tls", *STARTTLS)
_PORTS = {"http": 80, "smtp": 25, "imap": 143, "pop3": 110, "ftp": 21}


class Origin(Fact, frozen=True):
    """A server for one name: nginx with files, `openssl s_server` that sends each line back reversed, `scenarios.quic`, a
    server of `scenarios.upgrades`, one of `scenarios.transfers` (mail, files), or that of `scenarios.half_close`.

    A name may be an IP address, which the certificate then has instead of a name.
    """

    name: str
    host: str = "server1"
    port: int = 443
    program: Literal["nginx", "openssl", "quic", "smtp", "imap", "pop3", "ftp", "websocket", "cut-off", "mail",
                     "files", "half-close"] = "nginx"
    tls: bool = True
    certificate: CertificateKind = "good"
    staple: Literal["none", StapleKind] = "none"  # the OCSP response that nginx sends
    bytes_a_second: int = 0  # that nginx sends at most, 0 is as fast as it can
    http2: bool = False  # of the port, as the next two
    protocols: tuple[Protocol, ...] = ("TLSv1.2", "TLSv1.3")
    ciphers: str = ""  # OpenSSL's list for TLS 1.2 and older
    client_certificate: Literal["none", "optional", "required"] = "none"  # that nginx asks for
    protected_as: str = ""  # the certificate id under which the SRX has its certificate and key
    sees: OriginSees = OriginSees()


class Daemon(Fact, frozen=True):
    """A program that the network function asks, on its host: one of `scenarios.daemons`, started before it."""

    program: str
    options: dict[str, str] = msgspec.field(default_factory=dict)  # the program's own
    says: tuple[Said, ...] = ()


class Visit(Fact, frozen=True):
    """A client fetches an address so many times, by curl (http, https) or `openssl s_client` (tls, and the
    protocols in which TLS begins later), or knocks (quic).

    With `sessions` above 1 one program opens that many TLS sessions, each with one request: `at_once` of them at a
    time, or, to `hold` them, one by one, all kept open until each that was answered has been answered once more.
    """

    name: str
    url: str
    client: str = "client1"
    ipv6: bool = False  # it goes to the origin's IPv6 address
    times: Count = 1
    requests: Count = 1  # that curl sends over one connection
    sessions: Count = 1
    at_once: Count = 16
    hold: bool = False
    half_close: bool = False  # ends its own direction behind the request, by close_notify or FIN, and reads on
    idle_before: bool = False  # begins once the network function has no session left
    trusts: tuple[TrustAnchor, ...] = ("interception",)
    verify: bool = True  # else the client says what is wrong with a certificate, and goes on
    http2: bool = False
    tls_max: TlsVersion = "1.3"
    tls_min: TlsVersion | None = None  # 1.2, or tls-max where that is older
    ciphers: str = ""  # OpenSSL's list for TLS 1.2 and older
    server_name: bool = True  # in the ClientHello; s_client can do without
    resume: bool = False  # curl's last request comes over a connection of its own, with the session of the one before
    say: str = "hello"  # the line that s_client sends
    timeout: float = 8.0  # seconds
    before: tuple[Step, ...] = ()  # what happens to the lab before it
    by: Literal["", "curl"] = ""  # for smtp and ftp: curl, in the clear; what it uploads is a mail, or a file
    sender: str = "alice@example.test"  # of that mail
    upload: str = ""  # what curl sends with a request, as `--data-binary` takes it
    headers: tuple[str, ...] = ()  # that curl sends beside its own
    renegotiate: bool = False  # s_client does, between its line and the same line once more
    # between a line that s_client sends and the same line once more, in curl's download, or while sessions are held
    during: tuple[Step, ...] = ()
    sees: VisitSees = VisitSees()

    @property
    def by_program(self) -> bool:
        """Whether it takes the program of many sessions."""
        return self.sessions > 1 or self.hold

    @property
    def by_s_client(self) -> bool:
        """Whether it takes `openssl s_client`."""
        return not self.by and urlsplit(self.url).scheme in BY_S_CLIENT

    @property
    def oldest(self) -> TlsVersion:
        """The oldest TLS version that the client offers."""
        return self.tls_min or min("1.2", self.tls_max)

    @property
    def cipher_list(self) -> str:
        """What the client is told of ciphers: versions before 1.2 sign with SHA-1, which OpenSSL must be told to do."""
        return self.ciphers or ("DEFAULT@SECLEVEL=0" if self.oldest < "1.2" else "")

    @property
    def schemes(self) -> tuple[str, ...]:
        """Those of the URLs that it may have."""
        if self.by_program:
            return ("https",)
        if self.by:
            return ("smtp", "ftp")
        if self.half_close:
            return ("http", "https")
        return ("http", "https") if self.requests > 1 else ("http", "https", "quic", *BY_S_CLIENT)

    @property
    def target(self) -> tuple[str, int]:
        """Name and port of the origin."""
        parts = urlsplit(self.url)
        return parts.hostname or "", parts.port or _PORTS.get(parts.scheme, 443)


class Scenario(Fact, frozen=True):
    """One experiment; `name` is the file's."""

    name: str
    title: str
    junos: str
    origin: tuple[Origin, ...]
    visit: tuple[Visit, ...]
    story: str = ""
    topology: str = "inline"
    parameters: dict[str, int] = msgspec.field(default_factory=dict)
    paths: dict[str, tuple[str, ...]] = msgspec.field(default_factory=dict)  # routing instance -> what its sessions go by
    further: dict[str, str] = msgspec.field(default_factory=dict)  # the configurations of SRXs that only paths lead through
    platform: str = "srx5400-2spc2"
    platform_file: str = ""  # the text of a platform of its own, which `platform` then names
    junos_release: str = "24.4"
    root_ca: Literal["rsa", "ecdsa"] = "rsa"  # the key of the network function's CA
    spus: int = 2  # worker processes
    faults: tuple[str, ...] = ()  # that the network function is to make, as `--fault` takes them
    pcap_over_ip: int = 0  # the port where it gives its plaintext to whoever connects
    capture: bool = False
    log: tuple[LogLine, ...] = ()
    kept: tuple[Kept, ...] = ()
    passed: tuple[Passed, ...] = ()
    read: tuple[Read, ...] = ()
    trace: tuple[TraceLine, ...] = ()
    flow: tuple[FlowCount, ...] = ()
    said: tuple[Said, ...] = ()
    shown: tuple[Shown, ...] = ()
    files: dict[str, str] = msgspec.field(default_factory=dict)  # that nginx serves, by path; see `origins.content`
    beside: dict[str, str] = msgspec.field(default_factory=dict)  # files for the network function, in /run/srxnf, likewise
    beside_changed: dict[str, str] = msgspec.field(default_factory=dict)  # what some of them become by the step `change files`
    daemon: tuple[Daemon, ...] = ()
    devices: dict[str, str] = msgspec.field(default_factory=dict)  # the network function's, beside its legs: what each is
    junos_commit: str = ""  # the configuration that the step `commit` puts in place, until `rollback`, for programs that start
    sessions: SpuCount = SpuCount()
    counters: dict[str, int] = msgspec.field(default_factory=dict)  # the network function's, by name
