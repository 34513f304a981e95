"""The tree of statements to one Configuration: each area is built by its own module; here they meet."""

from dataclasses import replace

from nf.config.build_applications import applications
from nf.config.build_books import address_books
from nf.config.build_policies import Policies
from nf.config.build_ssl import app_tracking, ca_profiles, non_ssl_threshold, ssl_profiles
from nf.config.build_zones import zone_map
from nf.config.canonical import digest
from nf.config.configuration import Configuration
from nf.config.coverage import note_coverage
from nf.config.effects import without_effect
from nf.config.errors import Findings
from nf.config.tree import Statement, ends
from nf.policy.policies import PolicyTable

_AS_WRITTEN = (  # the grammar's spelling, the operator's
    ("interfaces interface ", "interfaces "),
    ("security policies policy policy ", "security policies policy "),
)


def build(root: Statement, findings: Findings) -> Configuration:
    """What the statements mean; raises ConfigError with every mistake found, names that lead nowhere included."""
    zones = zone_map(root, findings)
    books = address_books(root, findings)
    cas = ca_profiles(root)
    profiles = ssl_profiles(root, books, cas, findings)
    policies = Policies(zones.zones, books, applications(root, findings), profiles, findings)
    written = list(policies.written(root))
    findings.raise_errors()
    tracking = app_tracking(root)
    note_coverage(written, () if tracking.disable else zones.zones.values(), findings)
    note_without_effect(root, findings)
    configuration = Configuration(
        host_name=root.value("system", "host-name") or Configuration().host_name,
        zone_map=zones,
        policies=PolicyTable(tuple(each.policy for each in written), policies.default(root)),
        ssl_profiles=profiles,
        ca_profiles=cas,
        non_ssl_threshold=non_ssl_threshold(root),
        app_tracking=tracking,
        warnings=findings.all_remarks())
    return replace(configuration, digest=digest(configuration))


def note_without_effect(root: Statement, findings: Findings) -> None:
    """Count every statement that Junos knows and that changes nothing here."""
    for statement in ends(root):
        kind = without_effect(statement.word.path) if statement.word else None
        if kind is not None:
            for ours, written in _AS_WRITTEN:
                kind = kind.replace(ours, written, 1) if kind.startswith(ours) else kind
            findings.unheed(statement, kind)
