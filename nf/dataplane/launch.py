"""Puts a data plane together from a configuration and a PKI directory, and runs it."""

import sys
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import replace
from functools import partial
from ipaddress import ip_address
from pathlib import Path
from typing import Final

from hwmodel import Chassis, ModelError, PlatformError, load_platform
from nf.config.configuration import Configuration
from nf.dataplane import assembly, standard_error
from nf.dataplane.assembly import DEFAULT_PLATFORM, Assembly, LaunchError, Options, Source, describe, set_limits
from nf.dataplane.central_point import CentralPointProcess
from nf.dataplane.cluster import Cluster, Membership
from nf.dataplane.fabric import FabricError
from nf.dataplane.faults import Faults
from nf.dataplane.heartbeat import Heart
from nf.dataplane.plumbing import PlumbingError, plumbed
from nf.dataplane.resets import reset, resetting
from nf.dataplane.wiring import FixedWiring, TransparentLeg, TransparentWiring, Wiring, endpoint
from nf.policy.systems import ROOT_LOGICAL_SYSTEM
from nf.policy.zones import Interface, Zone
from nf.sinks import Rotation

__all__ = ["DEFAULT_PLATFORM", "FAILURES", "LaunchError", "Options", "Source", "describe", "options", "run_nf", "run_proxy"]

FIRST_TPROXY_PORT: Final = 52780
FAILURES: Final = (*assembly.FAILURES, PlatformError, ModelError, PlumbingError, FabricError)


def run_proxy(read: Callable[[], Source], options: Options, listen: tuple[str, int], connect: tuple[str, int],
              from_zone: str, to_zone: str, logical_system: str = ROOT_LOGICAL_SYSTEM) -> None:
    """Run the engine between one address and one server, without root; both zones are of one logical system or tenant."""
    try:
        ip_address(listen[0]), ip_address(connect[0])
    except ValueError as error:
        raise LaunchError(f"{error}; --listen and --connect take IP:PORT") from error

    def wire(configuration: Configuration) -> tuple[Configuration, Wiring]:
        configuration, inside = _interface_in(configuration, logical_system, from_zone)
        configuration, outside = _interface_in(configuration, logical_system, to_zone)
        return configuration, FixedWiring(listen, connect, inside, outside)

    standard_error.install()
    parts = Assembly(read, wire, options)
    _central_point(parts, options).run(f"srxnf: ready on {endpoint(listen)}, server {endpoint(connect)}", renewal=parts)


def run_nf(read: Callable[[], Source], options: Options, devices: Mapping[str, str],
           membership: Membership | None = None) -> None:
    """Run as a transparent network function; `devices` are network devices and the logical interfaces that they are.

    With a membership it is one node of a chassis cluster.
    """
    standard_error.install()
    parts = Assembly(read, partial(_transparent, devices), options, {name: device for device, name in devices.items()})
    legs, configuration = _legs(parts.source.configuration, devices), parts.source.configuration
    central_point = _central_point(parts, options)
    cluster = _cluster(membership, configuration, devices) if membership is not None else None
    with plumbed(legs), resetting() if cluster is not None else nullcontext():
        central_point.run(f"srxnf: ready on {', '.join(f'{leg.device} ({leg.interface.name})' for leg in legs)}",
                          Heart(legs, configuration.digest), parts, cluster)


def _cluster(membership: Membership, configuration: Configuration, devices: Mapping[str, str]) -> Cluster:
    if membership.device in devices:
        raise LaunchError(f"--fabric {membership.device}: is an interface too; the nodes' link is a device of its own, which "
                          "nobody else can send to")
    return Cluster(membership, configuration.cluster, devices, reset)


def _transparent(devices: Mapping[str, str], configuration: Configuration) -> tuple[Configuration, Wiring]:
    return configuration, TransparentWiring(_legs(configuration, devices), configuration.systems)


def _legs(configuration: Configuration, devices: Mapping[str, str]) -> tuple[TransparentLeg, ...]:
    legs, systems = [], configuration.systems
    mirrors = {profile.mirror.interface for profile in systems.profiles_in_use.values() if profile.mirror is not None}
    for index, (device, name) in enumerate(devices.items()):
        if name in mirrors and systems.zone_of(name) is None:
            continue  # nothing comes in by it
        interface = systems.interface(name)
        if interface is None or systems.zone_of(name) is None:
            raise LaunchError(f"{device}={name}: the configuration has no interface {name} in a security zone")
        legs.append(TransparentLeg(device, interface, FIRST_TPROXY_PORT + index))
    return tuple(legs)


def _central_point(parts: Assembly, options: Options) -> CentralPointProcess:
    chassis = Chassis(options.faults.of_platform(load_platform(options.platform)))
    flow_spus = sum(1 for spu in chassis.status(0.0) if spu.max_sessions)
    if not 1 <= options.workers <= flow_spus:
        raise LaunchError(f"--spus {options.workers}: platform {options.platform} has {flow_spus} SPU(s) that run flows; "
                          f"give --spus 1 to {flow_spus}, or another --platform")
    set_limits()
    options.faults.limit_files()
    sys.stderr.writelines(f"srxnf: WARNING: made to fail by --fault {words}\n" for words in options.faults.words)
    duties, about = parts.parts()
    return CentralPointProcess(chassis, duties, options.workers, options.control, about)


def _interface_in(configuration: Configuration, system_name: str, zone_name: str) -> tuple[Configuration, Interface]:
    """An interface of the zone; one is made up for a zone that has none, since no packet will ever name it."""
    system = configuration.systems.named(system_name)
    if system is None:
        known = ", ".join(each.name for each in configuration.systems.all if not each.is_root) or "none"
        raise LaunchError(f"the configuration has no logical system or tenant {system_name} (it has: {known})")
    zone = system.zone_map.zones.get(zone_name)
    if zone is None:
        known = ", ".join(system.zone_map.zones) or "none"
        where = system.words or "the configuration"
        raise LaunchError(f"{where} has no security zone {zone_name} (it has: {known})")
    if zone.interfaces:
        return configuration, system.zone_map.interfaces.get(zone.interfaces[0], Interface(zone.interfaces[0]))
    interface = Interface(f"{zone_name}.0" if system.is_root else f"{system_name}-{zone_name}.0")
    made_up: Zone = replace(zone, interfaces=(interface.name,))
    zones = {**system.zone_map.zones, zone_name: made_up}
    return configuration.with_system(replace(system, zone_map=replace(system.zone_map, zones=zones))), interface


def options(workers: int, platform: str, logs: list[Path] | None, control: Path | None,
            log_size: str = "100m", log_files: int = 3, key_log: Path | None = None,
            faults: list[str] | None = None, pcap: Path | None = None, pcap_over_ip: str = "") -> Options:
    """Options from a command line's words."""
    try:
        rotation = Rotation.read(log_size, log_files)
    except ValueError as error:
        raise LaunchError(f"--log-{error}") from error
    return Options(workers, platform or DEFAULT_PLATFORM, tuple(logs or ()), control, rotation, key_log,
                   Faults.read(faults or ()), pcap, _here_or(pcap_over_ip) if pcap_over_ip else None)


def _here_or(text: str) -> tuple[str, int]:
    """Address and port; a port alone is on the loopback."""
    address, _, port = text.rpartition(":")
    try:
        if 0 <= int(port) <= 65535:
            return str(ip_address(address.strip("[]") or "127.0.0.1")), int(port)
    except ValueError:
        pass
    raise LaunchError(f"--pcap-over-ip {text}: expected PORT or IP:PORT, such as 57012")
