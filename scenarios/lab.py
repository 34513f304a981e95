"""Raise the lab of a scenario inside namespaces of its own, send its visits, and look at everything."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, get_args

import topologies
from nf import config
from nf.config.configuration import Configuration
from nf.controller.cookies import describe as describe_cookie
from nf.pki import create_authority
from nf.pki.store import save_authority
from nf.policy.release import Release
from scenarios import captures, clients, daemons, decrypted, functions, network, origins, proxies, readings, switch
from scenarios.certificates import Identity, LabPki, lab_pki
from scenarios.network import Network
from scenarios.next_ca import make_next_ca, next_ca_file
from scenarios.observe import ClientView, FlowEntry, Observation, SpuRow
from scenarios.programs import SRXNF, START_SECONDS, LabError, Running, start
from scenarios.schema import CrlKind, Scenario, Step
from topologies.description import describe
from topologies.roles import legs

IDLE_SECONDS = 5.0  # patience with sessions that end
PROXY_CA, PROXY_CA_NAME = "ssl-proxy-ca", "SRX SSL proxy CA"  # certificate id for root-ca, and what clients see
ECDSA_CA, ECDSA_CA_NAME = "ssl-proxy-ecdsa-ca", "SRX SSL proxy ECDSA CA"  # a second one, where a profile names it
Say = Callable[[str], None]


@dataclass(slots=True)
class Lab:
    """A lab that is up: where its files are, its network, and the programs to end in order; `steps` exchanges these."""

    scenario: Scenario
    platform: str
    home: Path
    configuration: Configuration
    network: Network
    controller: Running
    nfs: dict[str, Running]  # by name; of a chassis cluster node 0 first
    further: dict[str, Running]  # SRXs that only paths lead through
    captures: tuple[Running, ...]
    daemons: list[Running]
    heard: int = 0  # how much of the controller's words the steps have listened to

    @property
    def control(self) -> Path:
        """The control socket of the network function that traffic is diverted to."""
        return functions.socket_of(self.home, self.network, functions.primary(self.home, self.network, self.nfs))


def raise_lab(scenario: Scenario, platform: str, home: Path, at: datetime, say: Say) -> Lab:
    """Build everything and return when the network function accepts and the switches carry their entries."""
    topo = topologies.load(scenario.topology, **scenario.parameters)
    configuration = read_configuration(scenario, scenario.junos)
    (home / "srx.conf").write_text(scenario.junos, encoding="utf-8")
    (home / "topology.toml").write_text(describe(topo, scenario.paths), encoding="utf-8")
    write_beside(home, scenario.beside)
    controller = start("controller", [*SRXNF, "controller", "--config", str(home / "srx.conf"), "--topology",
                                      str(home / "topology.toml"), "--listen", switch.CONTROLLER,
                                      "--junos-release", scenario.junos_release, "--log", str(home / "controller.jsonl")],
                       home / "controller.log")
    say("Open vSwitch and Mininet")
    net = network.build(topo)
    say("certificates and origin servers")
    _make_pki_and_origins(scenario, configuration, home, net, at)
    taken = tuple(captures.begin(scenario, home, net))
    asked = [daemons.begin(daemon, home, net.within(legs(topo)[0].nf)) for daemon in scenario.daemon]
    say("network function and controller")
    nfs = functions.start_all(scenario, platform, home, net)
    further = proxies.start_all(scenario, home, net)
    controller.wait_for("ready", START_SECONDS)
    switch.connect(net.switches)
    for nf in (*nfs.values(), *further.values()):
        nf.wait_for("ready", START_SECONDS)
    for name in net.switches:
        controller.wait_for(f"switch {name} ready", START_SECONDS)
    if len(nfs) > 1:
        controller.wait_for(" primary: ", START_SECONDS)
    for daemon, running in zip(scenario.daemon, asked, strict=True):
        daemons.await_afterwards(daemon, running)
    return Lab(scenario, platform, home, configuration, net, controller, nfs, further, taken, asked)


def read_configuration(scenario: Scenario, junos: str) -> Configuration:
    """A scenario's Junos text as the controller and the network function will read it."""
    try:
        return config.load(junos, f"{scenario.name}: junos", Release.parse(scenario.junos_release))
    except config.ConfigError as error:
        raise LabError(str(error)) from None


def write_beside(home: Path, files: Mapping[str, str]) -> None:
    """Put files for the network function in their place, each at once."""
    for name, text in files.items():
        file = home / name
        file.parent.mkdir(parents=True, exist_ok=True)
        new = file.with_name(f"{file.name}.new")
        new.write_bytes(origins.content(text))
        new.replace(file)


def anchors(home: Path) -> Mapping[str, Path]:
    """CA certificates that clients may trust."""
    return {"interception": home / f"pki/local/{PROXY_CA}.crt", "next interception": next_ca_file(home),
            "ECDSA interception": home / f"pki/local/{ECDSA_CA}.crt", "lab": home / "pki/ca/lab-root.crt"}


def _make_pki_and_origins(scenario: Scenario, configuration: Configuration, home: Path, net: Network, at: datetime) -> None:
    proxy = create_authority(PROXY_CA_NAME, scenario.root_ca, at=at)
    save_authority(home / "pki", PROXY_CA, proxy)
    if any(ECDSA_CA in profile.root_ca for profile in configuration.ssl_profiles.values()):
        save_authority(home / "pki", ECDSA_CA, create_authority(ECDSA_CA_NAME, "ecdsa", at=at))
    make_next_ca(scenario, proxy, home, at)
    pki = lab_pki(at, Identity(proxy.certificate, proxy.key))
    anchors(home)["lab"].write_bytes(pki.root.certificate_pem())
    _write_crls(scenario, configuration, home / "pki", pki)
    for host, own in origins.by_host(scenario.origin).items():
        origins.start_origins(host, own, pki, home / host, net.within(host), scenario.files)
    for origin in scenario.origin:
        if origin.protected_as:
            _give_to_the_box(origins.stem(origin, home / origin.host), home / "pki" / "local" / origin.protected_as)


def _give_to_the_box(origin: Path, local: Path) -> None:
    for suffix in (".crt", ".key"):
        target = Path(f"{local}{suffix}")
        target.touch(mode=0o600)
        target.write_bytes(Path(f"{origin}{suffix}").read_bytes())


def _write_crls(scenario: Scenario, configuration: Configuration, directory: Path, pki: LabPki) -> None:
    """CA profiles beside lab-root are the same CA with a CRL: crl-fresh, crl-expired, crl-foreign."""
    names = [origin.name for origin in scenario.origin if origin.certificate in {"revoked", "held"}]
    for kind in get_args(CrlKind):
        profile = f"crl-{kind}"
        if profile in configuration.ca_profiles:
            (directory / "ca" / f"{profile}.crt").write_bytes(pki.root.certificate_pem())
            (directory / "crl" / f"{profile}.crl").write_bytes(pki.crl(names, kind))


def visit_all(lab: Lab, say: Say, take: Callable[[Lab, Step], None]) -> tuple[ClientView, ...]:
    """Make every visit in the order of the scenario, one attempt after the other; `take` takes the steps between."""
    views = []
    by_name = {origin.name: origin.host for origin in lab.scenario.origin}
    for visit in lab.scenario.visit:
        _take_all(lab, visit.before, say, take)
        if visit.idle_before:
            _await_idle(lab)
        say(f"visit {visit.name}: {visit.client} to {visit.url}" + (f", {visit.times} times" * (visit.times > 1)))
        trusted = clients.anchors_file(visit, anchors(lab.home), lab.home)
        address = lab.network.address(by_name[visit.target[0]], ipv6=visit.ipv6)
        meanwhile = partial(_take_all, lab, visit.during, say, take)
        views += [clients.visit_once(visit, address, trusted, lab.home, lab.network.within(visit.client), meanwhile)
                  for _ in range(visit.times)]
    return tuple(views)


def _take_all(lab: Lab, steps: tuple[Step, ...], say: Say, take: Callable[[Lab, Step], None]) -> None:
    for step in steps:
        say(step)
        take(lab, step)


def _await_idle(lab: Lab) -> None:
    """Return once the network function has no session left, or when patience with it ends."""
    deadline = time.monotonic() + IDLE_SECONDS
    while any(row.current for row in spu_rows(lab)) and time.monotonic() < deadline:
        time.sleep(0.02)


def observe(lab: Lab, views: tuple[ClientView, ...], spus: tuple[SpuRow, ...]) -> Observation:
    """Everything there is to see now."""
    access = (lab.home / host / origins.ACCESS_LOG for host in origins.by_host(lab.scenario.origin))
    return Observation(
        scenario=lab.scenario.name, platform=lab.platform, clients=views, spus=spus, served=origins.served(lab.scenario.files),
        connections=captures.connections(lab.home, lab.network) if lab.scenario.kept else (),
        passages=captures.passages(lab.scenario, lab.home, lab.network),
        servers=tuple(view for file in access if file.exists() for view in readings.access_log(file.read_text())),
        log=log_lines(lab), flows=flow_entries(lab), counters=ask_nf(lab, "statistics")["counters"],
        shown=_shown(lab), said=tuple(lab.controller.said().splitlines()),
        daemons=tuple(tuple(daemon.said().splitlines()) for daemon in lab.daemons), trace=decrypted.trace(lab.home),
        read=decrypted.read(lab.home, [leg.device for leg in legs(lab.network.topo)]) if lab.scenario.read else ())


def log_lines(lab: Lab) -> tuple[dict[str, Any], ...]:
    """What the network function and, of what it denies, the controller have logged so far, by time."""
    logs = (*functions.logs(lab.home, lab.network), lab.home / "controller.jsonl", *proxies.logs(lab.home, lab.network))
    lines = (line for log in logs if log.exists() for line in readings.json_lines(log.read_text("utf-8")))
    return tuple(sorted(lines, key=lambda line: str(line["time"])))


def flow_entries(lab: Lab) -> tuple[FlowEntry, ...]:
    """The flow entries of every switch, each with the policy and purpose that its cookie stands for."""
    switch.settle_counters()
    return tuple(entry for name in lab.network.switches
                 for entry in readings.flow_entries(name, switch.dump_flows(name),
                                                    lambda cookie: describe_cookie(cookie, lab.configuration)))


def spu_rows(lab: Lab) -> tuple[SpuRow, ...]:
    """The SPUs, asked on the network function's control socket."""
    return readings.spu_rows(ask_nf(lab, "monitoring"))


def ask_nf(lab: Lab, what: str) -> dict[str, Any]:
    """What the network function that traffic is diverted to shows of this."""
    return functions.asked(lab.home, lab.network, lab.nfs, what)


def _shown(lab: Lab) -> tuple[tuple[str, ...], ...]:
    """What operators' commands say that the scenario asks for."""
    return tuple(tuple(functions.operate(lab.home, lab.network, wanted.on, wanted.command).splitlines())
                 for wanted in lab.scenario.shown)
