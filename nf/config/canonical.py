"""The digest of a configuration's meaning: the same for texts that differ only in form, comments or idle order."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import Enum

from nf.config.configuration import Configuration
from nf.policy.match import AddressMatch
from nf.policy.policies import Policy, PolicyTable
from nf.policy.zones import Zone, ZoneMap

_NOT_MEANT = frozenset({"warnings", "digest", "features"})  # the last is for simulations alone


def digest(configuration: Configuration) -> str:
    """SHA-256 over the canonical form, in hexadecimal."""
    canonical = json.dumps(_plain(configuration), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def _plain(value: object) -> object:
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, frozenset | tuple):
        return [_plain(inner) for inner in (value if isinstance(value, tuple) else sorted(value))]
    if is_dataclass(value):
        return {field.name: _in_order(value, field.name) for field in fields(value) if field.name not in _NOT_MEANT}
    return str(value)  # addresses and networks


def _in_order(owner: object, name: str) -> object:
    """One field of a record, sorted where the order of the text has no meaning."""
    value = getattr(owner, name)
    match owner, name:
        case ((AddressMatch(), "names") | (Zone(), "interfaces") | (ZoneMap(), "routes")
              | (Policy(), "from_zones" | "to_zones")):
            return sorted((_plain(inner) for inner in value), key=str)
        case PolicyTable(), "policies":
            return [_plain(policy) for policy in sorted(value, key=_pair)]
    return _plain(value)


def _pair(policy: Policy) -> tuple[bool, tuple[str, ...], tuple[str, ...]]:
    """Policies keep their order within a pair of zones, and so do the global ones; the pairs have none."""
    return (True, (), ()) if policy.is_global else (False, policy.from_zones, policy.to_zones)
