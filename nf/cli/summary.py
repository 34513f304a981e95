"""What a configuration says, as plain data for machines and as lines for people: of the box, and of each system in it."""

from collections.abc import Iterator, Mapping
from typing import Any

from nf.config import Configuration
from nf.controller.verdicts import diverts
from nf.policy.policies import Policy
from nf.policy.profile import SslProxyProfile
from nf.policy.systems import LogicalSystem
from nf.tls.grade import profile_grade
from nf.tls.settings import tls_settings
from nf.tls.suites import library


def summary(configuration: Configuration) -> dict[str, Any]:
    """The whole configuration."""
    return {
        "host_name": configuration.host_name,
        "digest": configuration.digest,
        "junos_release": str(configuration.release),
        **_system(configuration.systems.root),
        "ca_profiles": list(configuration.ca_profiles),
        "url_categories": {name: list(category.patterns) for name, category in configuration.url_categories.items()},
        "log_streams": {stream.name: f"{stream.transport} {stream.host or stream.file} {stream.port}"
                        for stream in configuration.security_log.streams},
        "logical_systems": {name: _system(system) for name, system in configuration.logical_systems.items()},
        "tenants": {name: _system(system) for name, system in configuration.tenants.items()},
        "remarks": [{"line": remark.line, "statement": remark.statement, "message": remark.message}
                    for remark in configuration.warnings],
    }


def lines(found: Mapping[str, Any]) -> Iterator[str]:
    """A summary for people, without its remarks."""
    yield f"host-name     {found['host_name']}"
    yield from _lines(found)
    for kind in ("logical_systems", "tenants"):
        for name, inner in found[kind].items():
            yield f"{kind[:-1].replace('_', '-'):<13} {name}:"
            yield from (f"  {line}" for line in _lines(inner))


def _system(system: LogicalSystem) -> dict[str, Any]:
    own = "" if system.is_root else system.name
    return {
        "zones": {zone.name: {"interfaces": list(zone.interfaces), "application_tracking": zone.application_tracking}
                  for zone in system.zone_map.zones.values()},
        "policies": [_policy(policy) for policy in system.policies.policies],
        "default_policy": system.policies.default.value,
        "ssl_profiles": {profile.name: {"kind": "forward" if profile.root_ca else "reverse", "grade": _grade(profile),
                                        "certificates": list(profile.root_ca or profile.server_certificate),
                                        "trusted_ca": list(profile.trusted_ca)}
                         for profile in system.ssl_profiles.values() if profile.logical_system == own},
        "default_ssl_profile": system.default_ssl_profile,
    }


def _policy(policy: Policy) -> dict[str, Any]:
    return {"name": policy.name, "from": list(policy.from_zones), "to": list(policy.to_zones),
            "global": policy.is_global, "source": list(policy.source.names),
            "destination": list(policy.destination.names), "application": list(policy.application.names),
            "action": policy.action.value, "ssl_proxy": policy.services.ssl_proxy_profile,
            "services": [name for name, _ in policy.services.others], "diverted": diverts(policy),
            "conditions": {word: list(names) for word, names in policy.conditions},
            "fail_mode": policy.fail_mode.value}


def _grade(profile: SslProxyProfile) -> str | None:
    """How good its TLS is, A to F; None for one that cannot start."""
    settings = tls_settings(profile, library())
    return None if settings.problem else profile_grade(settings, authenticates=profile.authenticates).value


def _lines(system: Mapping[str, Any]) -> Iterator[str]:
    for name, zone in system["zones"].items():
        tracking = ", application-tracking" if zone["application_tracking"] else ""
        yield f"zone          {name}: {' '.join(zone['interfaces']) or 'no interfaces'}{tracking}"
    for policy in system["policies"]:
        pair = "global " if policy["global"] else ""
        pair += f"{' '.join(policy['from']) or 'any'} -> {' '.join(policy['to']) or 'any'}"
        yield f"policy        {pair}: {policy['name']}: {_treatment(policy)}"
    yield f"default       {system['default_policy']}"
    for name, profile in system["ssl_profiles"].items():
        yield (f"ssl profile   {name}: {profile['kind']} proxy, {' '.join(profile['certificates'])}, "
               f"{'grade ' + profile['grade'] if profile['grade'] else 'cannot start'}")


def _treatment(policy: Mapping[str, Any]) -> str:
    proxy = [f"ssl-proxy {policy['ssl_proxy']}"] if policy["ssl_proxy"] else []
    conditions = [f"{word} {' '.join(names)}" for word, names in policy["conditions"].items()]
    what = " ".join([*policy["application"], *conditions, policy["action"]])
    why = ", ".join([*proxy, *policy["services"]]) or ("for its application" if conditions else "ssl-proxy")
    return f"{what}, diverted: {why}" if policy["diverted"] else what
