"""Remarks on what an operator expects of a policy and will not see: only diverted sessions are inspected and logged."""

from collections.abc import Collection, Iterable

from nf.config.build_policies import Written
from nf.config.errors import Findings
from nf.policy.policies import Action, Policy
from nf.policy.zones import Zone


def note_coverage(policies: Iterable[Written], zones: Iterable[Zone], routed: Collection[str], findings: Findings) -> None:
    """Remark on permits without services that ask for logs, and on proxied ones in which no service is interested.

    `routed` are the zones from which sessions are routed by application.
    """
    tracked_zones = {zone.name for zone in zones if zone.application_tracking}
    for written in policies:
        policy = written.policy
        tracked = _is_tracked(policy, tracked_zones)
        if policy.action is not Action.PERMIT:
            continue
        seen = bool(policy.services) or policy.is_open
        if not seen and (policy.log_init or policy.log_close):
            findings.remark(written.statement, f"policy {policy.name} then log",
                            "no session log: without application-services its sessions stay in the switch")
        if not seen and tracked:
            findings.remark(written.statement, f"policy {policy.name}",
                            "AppTrack does not see it: without application-services its sessions stay in the switch")
        moved = any(zone in routed for zone in policy.from_zones or routed)
        if not seen and moved:
            findings.remark(written.statement, f"policy {policy.name}",
                            "not routed by application: without application-services its sessions stay in the switch")
        if policy.services and written.statement.has("then", "permit", "services-offload"):
            findings.remark(written.statement, f"policy {policy.name} then permit services-offload",
                            "holds for what no service reads: sessions that are decrypted or inspected stay on their SPU")
        if policy.services.ssl_proxy and not policy.services.others and not tracked and not moved:
            findings.remark(written.statement, f"policy {policy.name} then permit application-services ssl-proxy",
                            "no service is interested in the plaintext and no zone has application-tracking: "
                            "its sessions are bypassed")


def note_limits(policies: Iterable[Written], zones: Collection[Zone], findings: Findings) -> None:
    """Remark on permits without services from zones whose screen limits sessions."""
    limited = {zone.name: zone.screen.name for zone in zones if zone.screen is not None and zone.screen.limits}
    for written in policies:
        policy = written.policy
        screens = [limited[zone] for zone in policy.from_zones or limited if zone in limited]
        if screens and policy.action is Action.PERMIT and not policy.services and not policy.is_open:
            findings.remark(written.statement, f"policy {policy.name}",
                            f"screen {screens[0]} does not count its sessions: without application-services they stay in "
                            "the switch")


def note_profile_conflicts(policies: Iterable[Written], default_profile: str | None, findings: Findings) -> None:
    """Remark where sessions that several policies may cover could be given several profiles, and there is no default one."""
    written = list(policies)
    first_open = next((each for each in written if each.policy.is_open), None)
    named = {each.policy.services.ssl_proxy_profile for each in written if each.policy.services.ssl_proxy_profile}
    if first_open is not None and len(named) > 1 and default_profile is None:
        findings.remark(first_open.statement, f"policy {first_open.policy.name}",
                        "policies name several SSL proxy profiles: TLS sessions that several of them may cover are dropped "
                        "without 'security ngfw default-profile ssl-proxy'")


def _is_tracked(policy: Policy, tracked: set[str]) -> bool:
    """Whether AppTrack watches some session of the policy; a side without zones stands for every zone."""
    return any(not tracked.isdisjoint(side or tracked) for side in (policy.from_zones, policy.to_zones))
