"""UTM (Junos: `security utm`): what policies and profiles say of web pages, content, viruses and spam.

Profiles hold what `default-configuration` adds to them. What a policy names for a protocol stands under the protocol's
word of the configuration: http, ftp-upload, ftp-download, smtp, pop3, imap.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from nf.policy.url_categories import UrlCategory

WebAction = Literal["permit", "log-and-permit", "block", "quarantine"]
Fallback = Literal["permit", "log-and-permit", "block"]
Forwarding = Literal["continuous", "hold", "inline-tap"]
SpamAction = Literal["block", "tag-header", "tag-subject"]
ContentAction = Literal["no-action", "block", "close-client", "close-server", "close-client-and-server"]

REPUTATIONS = ("very-safe", "moderately-safe", "fairly-safe", "suspicious", "harmful")


@dataclass(frozen=True, slots=True)
class Notice:
    """What a client is told beside its protocol's own word of refusal: a text, a whole page, or another address."""

    text: str = ""
    page: str = ""  # HTML
    location: str = ""


@dataclass(frozen=True, slots=True)
class CategoryAction:
    """`category` of a web filtering profile; `patterns` is None for a predefined one."""

    name: str
    action: WebAction | None = None  # None: nothing but a reputation decides
    patterns: UrlCategory | None = None
    notice: Notice = Notice()


@dataclass(frozen=True, slots=True)
class Reputation:
    """What the numbers of a site's reputation mean, and what happens to a site of each kind."""

    thresholds: tuple[int, int, int, int] = (90, 80, 70, 60)  # the least of all but the last kind
    actions: Mapping[str, WebAction] = field(default_factory=dict)

    def kind(self, value: int) -> str:
        """The kind of a reputation from 0 to 100.

        >>> Reputation().kind(79)
        'fairly-safe'
        """
        *above, lowest = REPUTATIONS
        return next((kind for kind, least in zip(above, self.thresholds, strict=True) if value >= least), lowest)


@dataclass(frozen=True, slots=True)
class WebFiltering:
    """A web filtering profile; those that use Juniper's cloud on the device are given a local table here."""

    name: str
    engine: str
    categories: tuple[CategoryAction, ...] = ()
    default: WebAction = "permit"
    whitelist: UrlCategory | None = None
    blacklist: UrlCategory | None = None
    reputation: Reputation | None = None  # None where the engine has no table
    table: str = ""  # the operator's own, a path
    fallback: Fallback = "block"  # where the table cannot be read
    notice: Notice = Notice()


@dataclass(frozen=True, slots=True)
class MimeTypes:
    """A list of MIME types or beginnings of some (`video/`), and the exceptions from it."""

    patterns: tuple[str, ...] = ()
    exceptions: tuple[str, ...] = ()

    def covers(self, mime: str) -> bool:
        """Whether a type is in it.

        >>> MimeTypes(("video/",), ("video/quicktime",)).covers("video/quicktime")
        False
        """
        return mime.startswith(self.patterns) and not mime.startswith(self.exceptions)


@dataclass(frozen=True, slots=True)
class ContentFiltering:
    """A content filtering profile: what may not pass by command, file name, declared type or kind of content."""

    name: str
    permitted: frozenset[str] = frozenset()  # commands that pass though they are blocked
    blocked: frozenset[str] = frozenset()
    extensions: frozenset[str] = frozenset()
    mimes: MimeTypes = MimeTypes()
    kinds: frozenset[str] = frozenset()  # activex, java-applet, exe, zip, http-cookie
    notice: Notice | None = None  # None: the protocol's own word alone


@dataclass(frozen=True, slots=True)
class ContentRule:
    """A rule about files by what they really are; empty conditions fit everything."""

    name: str  # rule-set and rule
    applications: frozenset[str] = frozenset()  # in upper case
    direction: Literal["upload", "download", "any"] = "any"
    file_types: frozenset[str] = frozenset()
    action: ContentAction = "no-action"
    log: bool = False
    notice: Notice | None = None


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a daemon listens."""

    transport: Literal["unix", "tcp", "udp"]
    host: str
    port: int = 0


CLAMD = Endpoint("unix", "/run/clamav/clamd.ctl")  # Debian's

AV_FAULTS = ("default", "content-size", "engine-not-ready", "timeout", "out-of-resources", "too-many-requests",
             "decompress-err", "server-connection-err")


@dataclass(frozen=True, slots=True)
class AntiVirus:
    """An antivirus profile; whatever engine it names, clamd is asked."""

    name: str
    clamd: Endpoint = CLAMD
    fallback: Mapping[str, Fallback] = field(default_factory=dict)  # by reason, some of AV_FAULTS
    size_limit: int = 10_000  # KB, Junos's for its first engine
    timeout: int = 180  # seconds from the end of a file to the verdict
    trickling: int = 0  # seconds between the drops of a file that is held; 0 is none
    forwarding: Forwarding = "continuous"
    passed: MimeTypes = MimeTypes()  # not scanned
    url_whitelist: UrlCategory | None = None
    virus_notice: Notice | None = None  # None: the protocol's own word alone
    fallback_notice: Notice | None = None

    def falls_back(self, fault: str) -> Fallback:
        """What happens to a file that could not be scanned for this reason; without a word on it, it is blocked."""
        return self.fallback.get(fault) or self.fallback.get("default", "block")


@dataclass(frozen=True, slots=True)
class AntiSpam:
    """An anti-spam profile: a zone of an SBL and who is asked for it, and the senders that are known here."""

    name: str
    zone: str = ""  # nobody is asked without one
    resolver: Endpoint | None = None
    action: SpamAction = "tag-subject"
    tag: str = "***SPAM***"
    whitelist: tuple[str, ...] = ()  # addresses, domains and mail addresses, with `*` and `?`
    blacklist: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class UtmPolicy:
    """`utm-policy`: the profiles by protocol."""

    name: str
    web: WebFiltering | None = None
    content: Mapping[str, ContentFiltering] = field(default_factory=dict)
    rules: tuple[ContentRule, ...] = ()
    antivirus: Mapping[str, AntiVirus] = field(default_factory=dict)
    spam: AntiSpam | None = None
    limit: int | None = None  # sessions of a client at a time, None where there is no limit
    over_limit: Literal["log-and-permit", "block"] = "block"

    @property
    def scans_ftp(self) -> bool:
        """Whether what FTP's files hold matters, which come in connections of their own."""
        return any(word.startswith("ftp-") for word in self.antivirus) or any(
            not rule.applications or "FTP" in rule.applications for rule in self.rules)

    @property
    def has_work(self) -> bool:
        """Whether there is anything that it does."""
        return bool(self.web or self.content or self.rules or self.antivirus or self.spam or self.limit is not None)
