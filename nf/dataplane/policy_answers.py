"""What a running device says of its policies and zones."""

from collections.abc import Mapping
from typing import Any, Final

from nf.dataplane.device import Device
from nf.dataplane.selection import EVERY, RequestError
from nf.policy.match import AddressMatch
from nf.policy.policies import Policy
from nf.policy.systems import ROOT_LOGICAL_SYSTEM, LogicalSystem

LOOKED_AT: Final = 500  # policies in one answer


def policies(device: Device, request: Mapping[str, Any]) -> Mapping[str, Any]:
    """Policies of `from-zone`, `to-zone` and `policy-name`, in look-up order; `next` goes back as `after` for more."""
    table, hits, chosen = device.first_path.systems.policies, device.ledger.hits, _systems(device, request)
    after = request.get("after")
    begin = after if isinstance(after, int) and after > 0 else 0
    portion = enumerate(table[begin:begin + LOOKED_AT], begin + 1)
    found = [{**_policy(index, policy, hits[index]), **_system(system)} for index, (system, policy) in portion
             if system.name in chosen and _is_meant(policy, request)]
    following = begin + LOOKED_AT if begin + LOOKED_AT < len(table) else None
    defaults = [{**_system(system), "default": system.policies.default.value, "default-hits": hits[-place]}
                for place, system in enumerate(device.first_path.systems.all) if system.name in chosen]
    return {"systems": defaults, "policies": found, "next": following}


def zones(device: Device, request: Mapping[str, Any]) -> Mapping[str, Any]:
    """All zones, or the one of that `zone`."""
    wanted = request.get("zone")
    return {"zones": [
        {"name": zone.name, "tcp-rst": zone.tcp_rst, "application-tracking": zone.application_tracking,
         "interfaces": zone.interfaces, **_system(system)}
        for system in _systems(device, request).values()
        for zone in system.zone_map.zones.values() if wanted in (None, zone.name)]}


def names(device: Device, _: Mapping[str, Any]) -> Mapping[str, Any]:
    """Names that an operator may want to have completed."""
    systems = device.first_path.systems
    return {"zone": list(dict.fromkeys(zone for system in systems.all for zone in system.zone_map.zones)),
            "interface": [name for system in systems.all for name in system.zone_map.interfaces],
            "policy": list(dict.fromkeys(policy.name for _, policy in systems.policies)),
            "profile": list(device.about.profiles), "certificate": [] if device.about.store is None else [
                *device.about.store.local, *device.about.store.ca_profiles],
            "logical-system": [EVERY, *(system.name for system in systems.all if system.kind == "logical-system")],
            "tenant": [system.name for system in systems.all if system.kind == "tenant"]}


def _systems(device: Device, request: Mapping[str, Any]) -> Mapping[str, LogicalSystem]:
    """The logical system or tenant of that name, all of them, the box itself without one; RequestError if there is none."""
    name = request.get("logical-system", ROOT_LOGICAL_SYSTEM)
    found = {system.name: system for system in device.first_path.systems.all if name in (EVERY, system.name)}
    if not found:
        raise RequestError(f"no logical system or tenant {name}")
    return found


def _system(system: LogicalSystem) -> Mapping[str, Any]:
    return {"logical-system": system.name, "kind": system.kind}


def _is_meant(policy: Policy, request: Mapping[str, Any]) -> bool:
    from_zone, to_zone, name = (request.get(word) for word in ("from-zone", "to-zone", "policy-name"))
    return ((from_zone is None or from_zone in policy.from_zones) and (to_zone is None or to_zone in policy.to_zones)
            and name in (None, policy.name))


def _policy(index: int, policy: Policy, hits: int) -> Mapping[str, Any]:
    services = policy.services
    proxy = (("ssl-proxy", services.ssl_proxy_profile or ""),) if services.ssl_proxy else ()
    return {
        "index": index, "name": policy.name, "global": policy.is_global, "from-zones": policy.from_zones,
        "to-zones": policy.to_zones, "source": _addresses(policy.source), "destination": _addresses(policy.destination),
        "applications": policy.application.names, "dynamic-applications": policy.dynamic_applications,
        "url-categories": policy.url_categories, "action": policy.action.value,
        "log": [word for word, on in (("at-create", policy.log_init), ("at-close", policy.log_close)) if on],
        "services": [*proxy, *services.others], "hits": hits}


def _addresses(match: AddressMatch) -> Mapping[str, Any]:
    return {"names": match.names, "excluded": match.negated}
