"""What a running device says of its policies and zones."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from nf.policy.match import AddressMatch
from nf.policy.policies import Policy

if TYPE_CHECKING:
    from nf.dataplane.central_point import CentralPointProcess

LOOKED_AT: Final = 500  # policies in one answer
DEFAULT_POLICY_INDEX: Final = 0


def policies(device: "CentralPointProcess", request: Mapping[str, Any]) -> Mapping[str, Any]:
    """Policies of `from-zone`, `to-zone` and `policy-name`, in look-up order; `next` goes back as `after` for more."""
    table, hits = device.first_path.policies, device.ledger.hits
    after = request.get("after")
    begin = after if isinstance(after, int) and after > 0 else 0
    portion = enumerate(table.policies[begin:begin + LOOKED_AT], begin + 1)
    found = [_policy(index, policy, hits[index]) for index, policy in portion if _is_meant(policy, request)]
    following = begin + LOOKED_AT if begin + LOOKED_AT < len(table.policies) else None
    return {"default": table.default.value, "default-hits": hits[DEFAULT_POLICY_INDEX], "policies": found,
            "next": following}


def zones(device: "CentralPointProcess", request: Mapping[str, Any]) -> Mapping[str, Any]:
    """All zones, or the one of that `zone`."""
    wanted = request.get("zone")
    return {"zones": [
        {"name": zone.name, "tcp-rst": zone.tcp_rst, "application-tracking": zone.application_tracking,
         "interfaces": zone.interfaces}
        for zone in device.first_path.zones.zones.values() if wanted in (None, zone.name)]}


def names(device: "CentralPointProcess", _: Mapping[str, Any]) -> Mapping[str, Any]:
    """Names that an operator may want to have completed."""
    path = device.first_path
    return {"zone": list(path.zones.zones), "interface": list(path.zones.interfaces),
            "policy": list(dict.fromkeys(policy.name for policy in path.policies.policies))}


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
        "applications": policy.application.names, "action": policy.action.value,
        "log": [word for word, on in (("at-create", policy.log_init), ("at-close", policy.log_close)) if on],
        "services": [*proxy, *services.others], "hits": hits}


def _addresses(match: AddressMatch) -> Mapping[str, Any]:
    return {"names": match.names, "excluded": match.negated}
