"""What the modelled box spares its SPUs: Express Path for sessions that nobody reads, drop-flows for what was just denied."""

from typing import Final

from hwmodel import Chassis
from hwmodel.express_path import offloads
from nf.dataplane.duties import Duties
from nf.dataplane.ledger import Row
from nf.dataplane.messages import Closed, Progress
from nf.policy.policies import Action
from nf.sslproxy.reasons import Reason
from nf.sslproxy.states import State

_DENIED: Final = (("denied", Action.DENY.value), ("dropped", Reason.DENIED.value))  # outcome and reason of a session


class Shortcuts:
    """Tells the chassis of them, as policies and `security flow` have it."""

    def __init__(self, chassis: Chassis, duties: Duties) -> None:
        self._chassis = chassis
        self.renew(duties)

    def renew(self, duties: Duties) -> None:
        """Go by another configuration."""
        self._policies = duties.first_path.systems.policies
        self._offloads = offloads(self._chassis.platform, duties.flow)
        self._remembers = duties.flow.drop_flow_percent > 0

    def progressed(self, row: Row, progress: Progress) -> None:
        """A session that is relayed as it is may be left to the network processors; one in TLS of ours never is."""
        if not self._offloads or progress.state != State.RELAYING.value or progress.termination is not None:
            return
        index = row.opened.policy_index if row.opened is not None else 0
        if index <= 0 or self._policies[index - 1][1].services_offload:
            self._chassis.offload(row.session.id)

    def closed(self, closed: Closed, now: float) -> None:
        """More packets of a flow that has just been denied need not ask again."""
        if self._remembers and (closed.outcome, closed.reason) in _DENIED:
            session = self._chassis.session(closed.session_id)
            if session is not None:
                self._chassis.deny(session.c2s.five_tuple, now)
