"""Puts a data plane together from a configuration and a PKI directory, and runs it."""

import resource
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from ipaddress import ip_address
from pathlib import Path
from typing import Final

from hwmodel import Chassis, ModelError, PlatformError, load_platform
from nf import services
from nf.config.configuration import Configuration
from nf.dataplane.answers import About
from nf.dataplane.central_point import CentralPointProcess
from nf.dataplane.certificates import SslEngine
from nf.dataplane.credentials import ProfileError, credentials
from nf.dataplane.heartbeat import Heart
from nf.dataplane.key_log import KeyLog, KeyLogError
from nf.dataplane.plumbing import PlumbingError, plumbed
from nf.dataplane.tracing import tracer
from nf.dataplane.wiring import FixedWiring, TransparentLeg, TransparentWiring, Wiring, endpoint
from nf.dataplane.worker import Duties
from nf.flow.first_path import FirstPath
from nf.pki import PkiError, PkiStore
from nf.policy.zones import Interface, Zone
from nf.sinks import Rotation, Sinks, StreamError
from nf.sinks.targets import targets

FIRST_TPROXY_PORT: Final = 52780
DEFAULT_PLATFORM: Final = "srx5400-2spc2"


class LaunchError(Exception):
    """What was asked for cannot be run; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Options:
    """How to run: worker processes, platform, log files (none is standard output), control socket, configuration text,
    when log files are turned over, and the file that gets the keys of sessions.
    """

    workers: int
    platform: str = DEFAULT_PLATFORM
    logs: tuple[Path, ...] = ()
    control: Path | None = None
    text: str = ""
    rotation: Rotation = Rotation()
    key_log: Path | None = None


def run_proxy(configuration: Configuration, store: PkiStore, options: Options, listen: tuple[str, int],
              connect: tuple[str, int], from_zone: str, to_zone: str) -> None:
    """Run the engine between one address and one server, without root."""
    configuration, inside = _interface_in(configuration, from_zone)
    configuration, outside = _interface_in(configuration, to_zone)
    try:
        ip_address(listen[0]), ip_address(connect[0])
    except ValueError as error:
        raise LaunchError(f"{error}; --listen and --connect take IP:PORT") from error
    wiring = FixedWiring(listen, connect, inside, outside)
    where = f"srxnf: ready on {endpoint(listen)}, server {endpoint(connect)}"
    _central_point(configuration, store, options, wiring).run(where)


def run_nf(configuration: Configuration, store: PkiStore, options: Options, devices: Mapping[str, str]) -> None:
    """Run as a transparent network function; `devices` are network devices and the logical interfaces that they are."""
    legs, systems = [], configuration.systems
    for index, (device, name) in enumerate(devices.items()):
        interface = systems.interface(name)
        if interface is None or systems.zone_of(name) is None:
            raise LaunchError(f"{device}={name}: the configuration has no interface {name} in a security zone")
        legs.append(TransparentLeg(device, interface, FIRST_TPROXY_PORT + index))
    wiring = TransparentWiring(tuple(legs), systems)
    central_point = _central_point(configuration, store, options, wiring)
    with plumbed(legs):
        central_point.run(f"srxnf: ready on {', '.join(f'{leg.device} ({leg.interface.name})' for leg in legs)}",
                          Heart(legs, configuration.digest))


def _central_point(configuration: Configuration, store: PkiStore, options: Options, wiring: Wiring) -> CentralPointProcess:
    chassis = Chassis(load_platform(options.platform))
    flow_spus = sum(1 for spu in chassis.status(0.0) if spu.max_sessions)
    if not 1 <= options.workers <= flow_spus:
        raise LaunchError(f"--spus {options.workers}: platform {options.platform} has {flow_spus} SPU(s) that run flows; "
                          f"give --spus 1 to {flow_spus}, or another --platform")
    _raise_file_limit()
    first_path = FirstPath(configuration.systems, tuple(services.load(name) for name in services.available()),
                           configuration.non_ssl_threshold)
    keys = _key_log(options)
    engines = _engines(configuration, store, options.platform, keys)
    about = _about(configuration, store, options, engines)
    traces = tracer(configuration.tracing, about.profiles, options.logs[0].parent if options.logs else Path())
    if traces is not None:
        traces.configured(about.profiles)
        about = replace(about, tracing=str(traces.path))
    duties = Duties(first_path, engines, wiring, _sinks(configuration, store, options), traces)
    return CentralPointProcess(chassis, duties, options.workers, options.control, about)


def _key_log(options: Options) -> KeyLog | None:
    if options.key_log is None:
        return None
    keys = KeyLog(options.key_log)
    sys.stderr.write(f"srxnf: {keys.warning}\n")
    return keys


def _about(configuration: Configuration, store: PkiStore, options: Options, engines: Mapping[str, SslEngine]) -> About:
    profiles = {one.key: one for system in configuration.systems.all for one in system.ssl_profiles.values()}
    return About(configuration.host_name, options.text, configuration.digest, profiles, configuration.ssl_global,
                 {name: engine.grade.value for name, engine in engines.items()},
                 initiation_profiles=configuration.initiation_profiles, store=store, key_log=str(options.key_log or ""))


def _sinks(configuration: Configuration, store: PkiStore, options: Options) -> Sinks:
    streams = targets(configuration.security_log, configuration.initiation_profiles, store)
    return Sinks(configuration.host_name, options.logs, options.rotation, streams)


def _engines(configuration: Configuration, store: PkiStore, platform: str, keys: KeyLog | None) -> dict[str, SslEngine]:
    return {key: SslEngine(credentials(profile, configuration.ssl_global, store, platform),
                           None if keys is None else keys.attach)
            for key, profile in configuration.systems.profiles_in_use.items()}


def _interface_in(configuration: Configuration, zone_name: str) -> tuple[Configuration, Interface]:
    """An interface of the zone; one is made up for a zone that has none, since no packet will ever name it."""
    zone = configuration.zone_map.zones.get(zone_name)
    if zone is None:
        known = ", ".join(configuration.zone_map.zones) or "none"
        raise LaunchError(f"the configuration has no security zone {zone_name} (it has: {known})")
    if zone.interfaces:
        return configuration, configuration.zone_map.interfaces.get(zone.interfaces[0], Interface(zone.interfaces[0]))
    interface = Interface(f"{zone_name}.0")
    made_up: Zone = replace(zone, interfaces=(interface.name,))
    zones = {**configuration.zone_map.zones, zone_name: made_up}
    return replace(configuration, zone_map=replace(configuration.zone_map, zones=zones)), interface


def _raise_file_limit() -> None:
    """Two descriptors a session: take as many as the system allows."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


FAILURES: Final = (LaunchError, PkiError, ProfileError, PlatformError, ModelError, PlumbingError, StreamError, KeyLogError,
                   OSError)


def options(workers: int, platform: str, logs: list[Path] | None, control: Path | None, text: str = "",
            log_size: str = "100m", log_files: int = 3, key_log: Path | None = None) -> Options:
    """Options from a command line's words."""
    try:
        rotation = Rotation.read(log_size, log_files)
    except ValueError as error:
        raise LaunchError(f"--log-{error}") from error
    return Options(workers, platform or DEFAULT_PLATFORM, tuple(logs or ()), control, text, rotation, key_log)


def describe(error: BaseException) -> str:
    """One line for an operator."""
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    return str(error)
