"""What the policy wants of one session: the first path writes it, the state machine follows it."""

from collections.abc import Callable
from dataclasses import dataclass

from msgspec import Struct

from nf.log.records import LogRecord, SessionFacts
from nf.policy.profile import NonSslThreshold, SslProxyProfile
from nf.policy.url_categories import UrlCategory
from nf.sslproxy.reasons import Reason


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds; `silence` is how long a client may say nothing before the server is connected all the same."""

    silence: float = 0.2
    connect: float = 10.0
    handshake: float = 20.0
    idle: float = 1800.0
    half_closed: float = 150.0  # that one way may be silent once the other has ended


class Plan(Struct, frozen=True):
    """What the policy wants of a session: a profile to decrypt under, or the reason why there is none."""

    facts: SessionFacts
    profile: SslProxyProfile | None = None
    bypass: Reason | None = None
    threshold: NonSslThreshold = NonSslThreshold()
    timeouts: Timeouts = Timeouts()
    exempt: tuple[UrlCategory, ...] = ()  # the profile's `whitelist-url-categories`
    disable_http2: bool = False  # of the policy
    rejects: bool = False  # the policy rejects the session once its client can be told so over TLS
    records: tuple[LogRecord, ...] = ()  # what deciding it has to log
    refused: Reason | None = None  # why the session may neither be decrypted nor passed on
    decide: "Callable[[str | None], Plan] | None" = None  # the plan once the server's name is known, or that there is none

    @property
    def decrypts(self) -> bool:
        """Whether TLS is to be intercepted."""
        return self.profile is not None and self.bypass is None

    def decided(self, server_name: str | None) -> "Plan":
        """The plan for a TLS server of this name, None where the client gives none."""
        return self if self.decide is None else self.decide(server_name)

    def exempting(self, server_name: str | None) -> UrlCategory | None:
        """The category for which a server of this name is not to be decrypted."""
        return None if server_name is None else next((one for one in self.exempt if one.covers(server_name)), None)
