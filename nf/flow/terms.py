"""What a policy means for every session of one client with one port of a server: worked out once for all of them."""

from dataclasses import dataclass

from nf.log.records import NO_SERVICE_NAME
from nf.policy.policies import Policy
from nf.policy.profile import NonSslThreshold, SslProxyProfile
from nf.policy.systems import LogicalSystem
from nf.policy.url_categories import UrlCategory
from nf.policy.zones import Zone
from nf.services import Engaged
from nf.sslproxy.plan import Timeouts
from nf.sslproxy.reasons import Reason


@dataclass(frozen=True, slots=True)
class Terms:
    """Where such sessions come from and go to, the policy (None: the default action denies), and what follows from it."""

    system: LogicalSystem
    source: Zone
    destination: Zone
    hosts: tuple[str, str]  # both addresses, as messages have them
    policy: Policy | None
    policy_name: str
    is_open: bool = False  # the policy waits for what no first packet tells
    service_name: str = NO_SERVICE_NAME
    profile: SslProxyProfile | None = None
    bypass: Reason | None = None  # why TLS is not to be intercepted, though somebody wants the plaintext
    exempt: tuple[UrlCategory, ...] = ()
    threshold: NonSslThreshold = NonSslThreshold()
    timeouts: Timeouts = Timeouts()
    services: tuple[Engaged, ...] = ()  # that may be active
