"""What every worker needs to do its work."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from hwmodel import FlowSettings
from nf.dataplane.bulletins import Board
from nf.dataplane.certificates import SslEngine
from nf.dataplane.daemons import Contexts, no_tls
from nf.dataplane.faults import NONE, Faults
from nf.dataplane.mirror import Mirrors
from nf.dataplane.tracing import Tracer
from nf.dataplane.wiring import Wiring
from nf.flow.first_path import FirstPath
from nf.sinks import Sinks
from nf.sinks.pcap_over_ip import PcapOverIp
from nf.sslproxy.learned import Lessons


@dataclass(frozen=True, slots=True)
class Duties:
    """What every worker needs, made once before they fork."""

    first_path: FirstPath
    engines: Mapping[str, SslEngine]
    wiring: Wiring
    sinks: Sinks
    tracer: Tracer | None = None
    contexts: Contexts = no_tls
    flow: FlowSettings = FlowSettings()  # the chassis'
    board: Board = field(default_factory=Board)  # likewise
    lessons: Lessons = field(default_factory=Lessons)  # the central point's; each worker goes on with a copy
    faults: Faults = NONE
    mirrors: Mirrors | None = None
    pcap_over_ip: PcapOverIp | None = None
