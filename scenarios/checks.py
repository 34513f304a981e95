"""What a scenario says that does not fit together: each fault as the key it stands at, and what was expected there."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import topologies
from hwmodel.platform import available as platforms
from nf.policy.release import Release
from scenarios.schema import Origin, Scenario, Visit
from topologies.roles import Role, functions, stations, wires


def faults(scenario: Scenario) -> Iterator[str]:
    """Every fault, in the order of the file's parts."""
    yield from _hosts(scenario)
    yield from _origins(scenario)
    yield from _visits(scenario)
    if scenario.kept and not scenario.capture:
        yield "`kept`: expected `capture = true`, since captures are looked at"
    if scenario.read and not scenario.capture:
        yield "`read`: expected `capture = true`, since captures are looked at"
    yield from _platform(scenario)
    try:
        Release.parse(scenario.junos_release)
    except ValueError as error:
        yield f"`junos-release`: {error}"


def _hosts(scenario: Scenario) -> Iterator[str]:
    try:
        topo = topologies.load(scenario.topology, **scenario.parameters)
    except topologies.TopologyError as error:
        yield f"`topology`: {error}"
        return
    passages = (*topo.switches(), *(wire.name for wire in wires(topo)), *(it.name for it in functions(topo, Role.PROXY)))
    switches = [*((f"flow[{n}].switch", count.switch, tuple(topo.switches())) for n, count in enumerate(scenario.flow)
                  if count.switch is not None),
                *((f"passed[{n}].switch", wanted.switch, passages) for n, wanted in enumerate(scenario.passed))]
    for key, switch, there in switches:
        if switch not in there:
            yield f"`{key}`: no switch is called '{switch}'; there are: {', '.join(there)}"
    further = {function.name for function in functions(topo, Role.PROXY)}
    for name in sorted(further ^ set(scenario.further)):
        yield (f"`further`: expected the configuration of '{name}'" if name in further else
               f"`further.{name}`: no SRX that only paths lead through is called so")
    places = [*((f"origin[{n}].host", entry.host, Role.SERVER) for n, entry in enumerate(scenario.origin)),
              *((f"passed[{n}].server", wanted.server, Role.SERVER) for n, wanted in enumerate(scenario.passed)),
              *((f"visit[{n}].client", entry.client, Role.CLIENT) for n, entry in enumerate(scenario.visit))]
    nodes = [function.name for function in functions(topo)]
    for number, wanted in enumerate(scenario.shown):
        if wanted.on not in nodes:
            yield f"`shown[{number}].on`: no network function is called '{wanted.on}'; there are: {', '.join(nodes)}"
    if len(nodes) < 2 and any(step.endswith("failover") for visit in scenario.visit for step in (*visit.before, *visit.during)):
        yield "`visit`: a failover takes a topology with two network functions, such as `cluster`"
    for key, host, role in places:
        names = [station.name for station in stations(topo) if station.role is role]
        if host not in names:
            yield f"`{key}`: no {role} is called '{host}'; there are: {', '.join(names)}"


def _origins(scenario: Scenario) -> Iterator[str]:
    ports: dict[tuple[str, int, bool], Origin] = {}
    for number, entry in enumerate(scenario.origin):
        first = ports.setdefault((entry.host, entry.port, entry.program == "quic"), entry)
        if (first.tls, first.http2, first.protocols, first.ciphers, first.program) != (
                entry.tls, entry.http2, entry.protocols, entry.ciphers, entry.program):
            yield (f"`origin[{number}]`: {entry.name} shares port {entry.port} with {first.name}: "
                   "tls, http2, protocols, ciphers and program must be the same")


def _visits(scenario: Scenario) -> Iterator[str]:
    programs = {(entry.name, entry.port): entry.program for entry in scenario.origin}
    targets = set(programs)
    names = [visit.name for visit in scenario.visit]
    for number, visit in enumerate(scenario.visit):
        if visit.name in names[:number]:
            yield f"`visit[{number}].name`: '{visit.name}' is the name of an earlier visit"
        if urlsplit(visit.url).scheme not in visit.schemes:
            wanted = " or ".join(", ".join(visit.schemes).rsplit(", ", 1))
            yield f"`visit[{number}].url`: expected {wanted}, got '{visit.url}'"
        if visit.target in programs and (urlsplit(visit.url).scheme == "quic") is not (programs[visit.target] == "quic"):
            yield f"`visit[{number}].url`: quic goes to an origin whose program is quic, got '{visit.url}'"
        if visit.target not in targets:
            yield f"`visit[{number}].url`: no origin is {visit.target[0]} port {visit.target[1]}"
        yield from _steps(scenario, f"visit[{number}]", visit)


def _steps(scenario: Scenario, key: str, visit: Visit) -> Iterator[str]:
    if visit.oldest > visit.tls_max:
        yield f"`{key}.tls-min`: expected {visit.tls_max} or older, as `tls-max` says, got '{visit.oldest}'"
    if visit.renegotiate and not visit.by_s_client:
        yield f"`{key}.renegotiate`: expected only where the url is tls, got '{visit.url}'"
    if not visit.server_name and not visit.by_s_client:
        yield f"`{key}.server-name`: a client does without only where the url is tls, got '{visit.url}'"
    if visit.resume and (urlsplit(visit.url).scheme != "https" or visit.requests == 1):
        yield f"`{key}.resume`: expected an https url and `requests` of 2 or more"
    if visit.during and visit.by_program and not visit.hold:
        yield f"`{key}.during`: of many sessions, expected only with `hold`"
    if "commit" in (*visit.before, *visit.during) and not scenario.junos_commit:
        yield f"`{key}`: commit without `junos-commit`"


def _platform(scenario: Scenario) -> Iterator[str]:
    name = scenario.platform
    if scenario.platform_file and (name in platforms() or not name.replace("-", "").isalnum()):
        yield f"`platform`: expected a name of its own for the platform of `platform-file`, got '{name}'"
