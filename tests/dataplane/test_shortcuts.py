"""Which live sessions the modelled network processors finish by themselves, and which denied flows are remembered."""

from types import SimpleNamespace
from typing import Any

import pytest

from hwmodel import Chassis, FirstPath, Refusal, Refused, load_platform
from hwmodel.session import Packet, Session
from nf.config import load
from nf.dataplane.ledger import Row
from nf.dataplane.messages import Agreed, Closed, Opened, Progress
from nf.dataplane.shortcuts import Shortcuts
from nf.policy.release import Release
from tests.helpers.running_proxy import CONFIGURATION
from tests.hwmodel.hardware import flow

TLS = Agreed("TLSv1.3", "TLS_AES_256_GCM_SHA384", "")


def told(state: str = "relaying", termination: Agreed | None = None) -> Progress:
    return Progress(1, 1, 1, 1, 1, 0, 1.0, 1.0, state, "", "", "", termination=termination)


class Box:
    """A chassis with Express Path, one session of the first policy, and what a configuration makes of both."""

    def __init__(self, text: str, platform: str = "srx4600") -> None:
        found = load(text, "t")
        duties: Any = SimpleNamespace(flow=found.flow, first_path=SimpleNamespace(systems=found.systems))
        self.chassis = Chassis(load_platform(platform), settings=found.flow)
        self.shortcuts = Shortcuts(self.chassis, duties)
        placement = self.chassis.receive(Packet(flow()), 0.0)
        assert isinstance(placement, FirstPath)
        self.session: Session = placement.session
        self.row = Row(self.session, 0.0, 1, Opened(self.session.id, "inspect", "trust", "untrust", "", 1))

    def offloaded(self, *progress: Progress) -> int:
        for each in progress:
            self.shortcuts.progressed(self.row, each)
        return self.chassis.offloaded().total()

    def denied(self, outcome: str, reason: str) -> bool:
        self.shortcuts.closed(Closed(self.session.id, outcome, reason), 1.0)
        self.chassis.close(self.session.id, 1.0)
        return self.chassis.receive(Packet(flow()), 2.0) == Refused(Refusal.DROP_FLOW, self.session.spu)


def saying(word: str) -> str:
    return CONFIGURATION.replace("permit {", f"permit {{ {word};")


def test_who_is_relayed_unread_is_offloaded_once_and_for_all() -> None:
    assert Box(CONFIGURATION).offloaded(told("plain")) == 0
    assert Box(CONFIGURATION).offloaded(told(termination=TLS)) == 0
    assert Box(CONFIGURATION).offloaded(told(), told()) == 1


@pytest.mark.parametrize(("text", "platform"), [
    (saying("no-services-offload"), "srx4600"), (CONFIGURATION, "srx1600"),
    (CONFIGURATION + "security { forwarding-options { services-offload { disable; } } }", "srx4600")])
def test_a_policy_a_statement_or_the_platform_may_keep_it_on_its_spu(text: str, platform: str) -> None:
    assert Box(text, platform).offloaded(told()) == 0


def test_a_denied_flow_is_remembered_only_with_drop_flow() -> None:
    remembering = CONFIGURATION + "security { flow { drop-flow { timeout 30; } } }"
    assert Box(remembering).denied("denied", "deny")
    assert Box(remembering).denied("dropped", "denied-by-policy")
    assert not Box(remembering).denied("denied", "reject")
    assert not Box(CONFIGURATION).denied("denied", "deny")


def test_before_21_2_a_policy_has_to_ask() -> None:
    assert not load(CONFIGURATION, "t", Release(20, 4)).policies.policies[0].services_offload
    assert load(saying("services-offload"), "t", Release(20, 4)).policies.policies[0].services_offload
