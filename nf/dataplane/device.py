"""The running device as answers to operators see it: its books, its workers, its clock, and what it runs by."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Protocol

from hwmodel import Chassis
from hwmodel.session import SpuId
from nf.dataplane.crew import Crew
from nf.dataplane.fetching import Errand
from nf.dataplane.inquiries import Inquiries
from nf.dataplane.learned_bypass import LearnedBypasses
from nf.dataplane.ledger import Ledger
from nf.dataplane.loop import Loop
from nf.flow.first_path import FirstPath
from nf.pki import PkiStore
from nf.policy.pki import CaProfile
from nf.policy.profile import GlobalConfig, InitiationProfile, SslProxyProfile
from nf.sinks import Sinks

if TYPE_CHECKING:
    from nf.dataplane.cluster import Cluster
    from nf.dataplane.fetcher import Fetcher
    from nf.dataplane.lending import Lending
    from nf.dataplane.screening import Screening


@dataclass(frozen=True, slots=True)
class About:
    """What the device knows of its configuration and its PKI directory beyond what it needs to run."""

    host_name: str = "srx"
    text: str = ""  # as it was written
    digest: str = ""
    profiles: Mapping[str, SslProxyProfile] = field(default_factory=dict)
    global_config: GlobalConfig = GlobalConfig()
    grades: Mapping[str, str] = field(default_factory=dict)  # of the profiles that policies name
    initiation_profiles: Mapping[str, InitiationProfile] = field(default_factory=dict)
    store: PkiStore | None = None
    local_logging: bool = True  # to files or standard output, not to syslog servers alone
    key_log: str = ""  # the file that sessions' keys are written to
    faults: tuple[str, ...] = ()  # what is made to fail
    ca_profiles: Mapping[str, CaProfile] = field(default_factory=dict)
    errands: tuple[Errand, ...] = ()  # files that are fetched
    tracing: str = ""  # the file that sessions' traces are written to


UNKNOWN: Final = About()


class Device(Protocol):
    """The central-point process; answers read all of it, and change the books when an operator clears them."""

    chassis: Chassis
    ledger: Ledger
    loop: Loop
    first_path: FirstPath
    about: About
    crew: Crew
    inquiries: Inquiries
    logs: Sinks
    learned_bypass: LearnedBypasses
    fetcher: "Fetcher"
    screening: "Screening"
    lending: "Lending"
    cluster: "Cluster | None"  # None where this is no node of one
    started: float  # of the loop's clock
    worker_of: dict[SpuId, int]
    places: dict[SpuId, dict[str, int]]

    def end_sessions(self, session_ids: Iterable[int]) -> None:
        """Have these sessions ended by their workers, which report them closed."""
