"""A controller that runs, in the test's own process, and what it has to say."""

import threading
from dataclasses import replace
from queue import Queue

from nf.controller.launch import Controller
from nf.controller.steering import wanted
from nf.controller.topology import Topology
from nf.log.records import LogRecord
from nf.policy.policies import Action
from tests.controller.networks import PROXIED, TWO, applications, configuration, policy, tcp_term
from tests.controller.openflow_switch import OpenFlowSwitch

REFUSING = replace(policy("no-telnet", Action.REJECT, application=applications(tcp_term(23))), log_init=True)
WEB = policy("web", services=PROXIED, application=applications(tcp_term(443)))
CONFIG = replace(configuration([WEB, REFUSING]), digest="ab" * 32)
WANTED = wanted(CONFIG, TWO)
COUNT = {switch.dpid: len(WANTED.entries(switch.dpid, "srx1")) for switch in TWO.switches}
S1_PORTS = (1, 4, 11, 20)


class Running:
    """A controller in a thread of its own, and what it has to say."""

    def __init__(self, topology: Topology = TWO) -> None:
        self.lines: Queue[str] = Queue()
        self.switches: list[OpenFlowSwitch] = []
        self.logged: Queue[LogRecord] = Queue()
        self.controller = Controller(CONFIG, topology, self._log, "127.0.0.1:0", self.lines.put)
        self.thread = threading.Thread(target=self.controller.serve, daemon=True)
        self.thread.start()
        self.says(f"ready: OpenFlow 1.3 on 127.0.0.1:{self.controller.address[1]}")

    def _log(self, records: tuple[LogRecord, ...]) -> None:
        for record in records:
            self.logged.put(record)

    def says(self, line: str) -> None:
        assert self.lines.get(timeout=10) == line

    def rest(self) -> list[str]:
        """What it has said beyond what the test has listened to."""
        return [self.lines.get() for _ in range(self.lines.qsize())]

    def switch(self, dpid: int, *ports: int) -> OpenFlowSwitch:
        self.switches.append(OpenFlowSwitch(self.controller.address, dpid, ports))
        return self.switches[-1]
