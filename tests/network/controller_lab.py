"""A private Open vSwitch with the real controller in front of it, in namespaces that end with the test."""

import re
import subprocess
import sys
from pathlib import Path

from nf.config import load as load_configuration
from nf.controller.render import ovs_name, value_text
from nf.controller.topology import Leg
from tests.controller.fake_switch import Packet

ROOT = Path(__file__).parents[2]


class Lab:
    """A shell in namespaces of its own, with a private Open vSwitch; all of it ends with the shell."""

    START = """ip link set lo up; mount -t tmpfs none /run; mkdir /run/ovs; cd /run/ovs
export OVS_RUNDIR=/run/ovs OVS_DBDIR=/run/ovs OVS_LOGDIR=/run/ovs OVS_SYSCONFDIR=/run/ovs
ovsdb-tool create conf.db /usr/share/openvswitch/vswitch.ovsschema
ovsdb-server conf.db --remote=punix:/run/ovs/db.sock --pidfile --log-file --detach --no-chdir
ovs-vsctl --no-wait init
ovs-vswitchd unix:/run/ovs/db.sock --pidfile --log-file --detach --no-chdir
for i in 1 2 3 4 11 12 13; do ip link add p$i up type veth peer name q$i; ip link set q$i up; done"""
    BRIDGE = """ovs-vsctl --if-exists del-br s1 -- add-br s1 -- set bridge s1 datapath_type=netdev \
protocols=OpenFlow13 fail_mode=secure other-config:datapath-id=0000000000000001 $(for i in 1 2 3 4 11 12 13; do
echo -- add-port s1 p$i -- set interface p$i ofport_request=$i; done)
ovs-vsctl set-controller s1 tcp:127.0.0.1:6653 -- set controller s1 connection-mode=out-of-band"""

    def __init__(self, directory: Path, topology: str) -> None:
        self.directory, self.topology, self.starts = directory, topology, 0
        self.shell = subprocess.Popen(
            ["unshare", "--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc", "bash"], text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=ROOT)
        self.run(self.START)
        self.run(f"cd {ROOT}")
        self.run(self.BRIDGE)

    HEART = """import contextlib, socket, sys, time
from nf.protocols.heartbeat import Heartbeat, write
legs = dict(word.split("=") for word in sys.argv[2:])
frames = {device: write(Heartbeat(name, bytes.fromhex(sys.argv[1]), 0), bytes(6)) for device, name in legs.items()}
sockets = {device: socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0) for device in legs}
for device in legs: sockets[device].bind((device, 0))
while True:
    for device in legs:
        with contextlib.suppress(OSError): sockets[device].send(frames[device])  # one that is down is silent
    time.sleep(1)"""

    def beat(self, junos: str, *legs: Leg) -> None:
        """A network function's heartbeats from these legs, from now on."""
        digest = load_configuration(junos, "junos").digest
        (self.directory / "heart.py").write_text(self.HEART)
        words = " ".join(f"q{leg.place.port}={leg.interface}" for leg in legs)
        self.run(f"PYTHONPATH={ROOT} {sys.executable} {self.directory}/heart.py {digest} {words} & heart=$!")

    def run(self, command: str) -> str:
        """A command's output; it must succeed."""
        self.shell.stdin.write(f"{{ {command}\n}} </dev/null 2>&1; echo \"\n=== $?\"\n")
        self.shell.stdin.flush()
        lines = []
        for line in self.shell.stdout:
            if line.startswith("=== "):
                assert line == "=== 0\n", (command, "".join(lines))
                return "".join(lines).rstrip("\n")
            lines.append(line)
        raise AssertionError(f"the shell has ended: {''.join(lines)}")

    def start(self, junos: str) -> None:
        """A controller with this configuration, until its switch is ready."""
        self.starts += 1
        (self.directory / "srx.conf").write_text(junos)
        (self.directory / "topology.toml").write_text(self.topology)
        self.run(f"{self.command()} 2>{self.said()} & controller=$!")
        self.wait(f"grep -q 's1 ready' {self.said()}")

    def said(self) -> Path:
        """What the controller has said."""
        return self.directory / f"controller{self.starts}.log"

    def wait(self, condition: str) -> None:
        """Until a command succeeds, for 20 seconds at most."""
        self.run(f"for i in $(seq 400); do {condition} && break; sleep 0.05; done\n"
                 f"{condition} || {{ cat {self.said()}; false; }}")

    def command(self) -> str:
        """The controller's command line."""
        code = "import typer; from nf.cli.controller import controller; typer.run(controller)"
        return (f"{sys.executable} -c '{code}' --config {self.directory}/srx.conf "
                f"--topology {self.directory}/topology.toml --log {self.directory}/denied.jsonl")

    def stop(self, signal: str) -> None:
        """End the controller."""
        expected = 0 if signal == "TERM" else 137
        self.run(f"kill -{signal} $controller; wait $controller; test $? = {expected}")

    def differences(self) -> str:
        """How the switch's entries differ from those that the controller prints for its present configuration."""
        entries = self.directory / "entries.txt"
        self.run(f"{self.command()} --print-entries > {entries}")
        return self.run(f"ovs-ofctl -O OpenFlow13 diff-flows s1 {entries} || true")

    def send(self, interface: str, frame: str) -> None:
        """Send a frame, in hexadecimal, from what is plugged in at a port."""
        code = f'import socket; s=socket.socket(17, 3); s.bind(("{interface}", 0)); s.send(bytes.fromhex("{frame}"))'
        self.run(f"{sys.executable} -c '{code}'")

    def trace_frame(self, in_port: int, frame: bytes) -> list[int]:
        """The ports that a frame leaves by."""
        text = self.run(f"ovs-appctl ofproto/trace s1 in_port={in_port} {frame.hex()}")
        found = re.findall(r"^ +output:(\d+)\n(?! +>> skipping output to input port)", text, re.MULTILINE)
        return [int(port) for port in found]

    def trace(self, in_port: int, sent: Packet) -> list[tuple[int, int, int]]:
        """Port and MAC addresses of every copy of the packet that leaves the switch."""
        fields = ",".join(f"{ovs_name(name)}={value_text(name, value)}" for name, value in sent.items())
        text = self.run(f"ovs-appctl ofproto/trace s1 in_port={in_port},{fields}")
        ports = re.findall(r"^ +output:(\d+)\n(?! +>> skipping output to input port)", text, re.MULTILINE)
        final = re.search(r"^Final flow: .*dl_src=([0-9a-f:]+),dl_dst=([0-9a-f:]+)", text, re.MULTILINE)
        if final is None:  # "unchanged"
            return [(int(port), sent["eth_src"], sent["eth_dst"]) for port in ports]
        source, destination = (int(mac.replace(":", ""), 16) for mac in final.groups())
        return [(int(port), source, destination) for port in ports]
