"""`security utm` to UTM policies, by name: one file for each feature, one for the objects that profiles name."""

from collections.abc import Iterator, Mapping
from typing import TypeVar, cast

from nf.config.errors import Findings
from nf.config.services import Scope
from nf.config.services.utm.antispam import spam_profiles
from nf.config.services.utm.antivirus import AntiVirusProfiles
from nf.config.services.utm.content_filtering import content_profiles, content_rules
from nf.config.services.utm.layers import Layers
from nf.config.services.utm.objects import Objects
from nf.config.services.utm.web_filtering import WebProfiles
from nf.config.tree import Statement, active
from nf.policy.utm import UtmPolicy

_WEB_PROFILE = "category action | category custom-message | default | custom-message"
_OLDER = "custom-block-message"
_CLOUD_PROFILE = f"{_WEB_PROFILE} | site-reputation-action | fallback-settings default | fallback-settings server-connectivity"
_NOTICE = "type | custom-message"
_CONTENT = """permit-command | block-command | block-extension | block-mime | block-content-type"""
_RULES = """rule-set rule match applications | rule-set rule match direction | rule-set rule match file-types
    rule-set rule then action | rule-set rule then notification log
    rule-set rule then notification endpoint type | rule-set rule then notification endpoint custom-message"""
_SCAN = "scan-options content-size-limit | scan-options timeout | trickling timeout"
_PASSED = "mime-whitelist | url-whitelist"
_VIRUS = """fallback-options
    notification-options virus-detection type | notification-options virus-detection custom-message
    notification-options fallback-block type | notification-options fallback-block custom-message"""
_SPAM = "no-sbl-default-server | spam-action | custom-tag-string"
_FEATURES, _DEFAULTS = "security utm feature-profile", "security utm default-configuration"

AREAS = (
    ("security utm custom-objects", """filename-extension value | mime-pattern value | protocol-command value
                                       custom-message type | custom-message content"""),
    (f"{_FEATURES} web-filtering juniper-local profile", f"{_WEB_PROFILE} | {_OLDER}"),
    (f"{_FEATURES} web-filtering juniper-enhanced profile", _OLDER),
    *((f"{_FEATURES} web-filtering {engine} profile", _CLOUD_PROFILE) for engine in ("juniper-enhanced", "ng-juniper")),
    (f"{_DEFAULTS} web-filtering", "url-whitelist | url-blacklist | type"),
    (f"{_DEFAULTS} web-filtering juniper-local", _WEB_PROFILE),
    *((f"{_DEFAULTS} web-filtering {engine}", _CLOUD_PROFILE)
      for engine in ("juniper-enhanced", "ng-juniper")),
    (f"{_DEFAULTS} web-filtering juniper-enhanced", "reputation"),
    (f"{_FEATURES} content-filtering profile", f"{_CONTENT} | notification-options type | notification-options custom-message"),
    (f"{_DEFAULTS} content-filtering", f"{_CONTENT} | {_RULES} | type"),
    ("security utm utm-policy content-filtering", _RULES),
    (f"{_FEATURES} anti-virus", f"{_PASSED} | type"),
    (f"{_FEATURES} anti-virus profile", f"{_VIRUS} | {_PASSED}"),
    (f"{_FEATURES} anti-virus sophos-engine profile", f"{_VIRUS} | {_PASSED} | {_SCAN}"),
    (f"{_DEFAULTS} anti-virus", f"{_VIRUS} | {_PASSED} | {_SCAN} | type | forwarding-mode"),
    (f"{_DEFAULTS} anti-virus sophos-engine", f"{_VIRUS} | {_SCAN}"),
    (f"{_FEATURES} anti-spam sbl profile", f"{_SPAM} | address-whitelist | address-blacklist"),
    (f"{_DEFAULTS} anti-spam", "type | address-whitelist | address-blacklist"),
    (f"{_DEFAULTS} anti-spam sbl", f"{_SPAM} | server ip"),
    ("security utm utm-policy", """web-filtering http-profile | anti-spam smtp-profile
        anti-virus http-profile | anti-virus ftp | anti-virus smtp-profile | anti-virus pop3-profile | anti-virus imap-profile
        content-filtering http-profile | content-filtering ftp | content-filtering smtp-profile
        content-filtering pop3-profile | content-filtering imap-profile
        traffic-options sessions-per-client limit | traffic-options sessions-per-client over-limit"""),
)
OWN = ("security utm ",)

_PROTOCOLS = {"http": ("http-profile",), "ftp-upload": ("ftp", "upload-profile"), "ftp-download": ("ftp", "download-profile"),
              "smtp": ("smtp-profile",), "pop3": ("pop3-profile",), "imap": ("imap-profile",)}
_SERVICE = "utm-policy"
_LIMIT = 2000  # sessions per client, Junos's default
_Profile = TypeVar("_Profile")


def build(scope: Scope) -> Mapping[str, UtmPolicy] | None:
    """The UTM policies that policies may name: the box's, and the system's own."""
    known = cast("Mapping[str, UtmPolicy]", scope.shared or {})
    utm = scope.root.one("security", "utm")
    if utm is not None:
        known = {**known, **_Policies(utm, scope).all()}
    _check_named(scope, known)
    return known or None


class _Policies:
    """Makes the UTM policies of a `security utm`."""

    def __init__(self, utm: Statement, scope: Scope) -> None:
        self._utm, self._findings = utm, scope.findings
        objects = Objects(scope.root, scope.system.url_categories, scope.findings)
        self._web = WebProfiles(utm, objects, scope.findings).all()
        self._content = content_profiles(utm, objects)
        self._viruses = AntiVirusProfiles(utm, objects, scope.findings).all()
        self._spam = spam_profiles(utm, objects, scope.findings)

    def all(self) -> dict[str, UtmPolicy]:
        """The policies by name."""
        return {entry.name: self._policy(entry) for entry in self._utm.all(_SERVICE)}

    def _policy(self, entry: Statement) -> UtmPolicy:
        defaults = self._utm.one("default-configuration", "content-filtering")
        client = Layers.of(entry.one("traffic-options", "sessions-per-client"))
        policy = UtmPolicy(
            entry.name,
            web=_profile(entry.one("web-filtering", "http-profile"), self._web, self._findings),
            content=dict(self._by_protocol(entry.one("content-filtering"), self._content)),
            rules=tuple(content_rules(Layers.of(entry.one("content-filtering"), defaults), self._findings)),
            antivirus=dict(self._by_protocol(entry.one("anti-virus"), self._viruses)),
            spam=_profile(entry.one("anti-spam", "smtp-profile"), self._spam, self._findings),
            limit=(client.number("limit") or _LIMIT) if client.places else None,
            over_limit="log-and-permit" if client.value("over-limit") == "log-and-permit" else "block")
        if entry.one("anti-virus", "ftp") is not None:
            self._findings.remark(
                entry, f"{_SERVICE} {entry.name} anti-virus ftp", "files come in connections of their own (from the client: "
                "PASV, EPSV; from the server: PORT, EPRT), and are scanned where the policy of these names a utm-policy too")
        if not policy.has_work:
            self._findings.remark(entry, f"{_SERVICE} {entry.name}", "does nothing: it names no profile that has an effect")
        return policy

    def _by_protocol(self, place: Statement | None, known: Mapping[str, _Profile | None]) -> Iterator[tuple[str, _Profile]]:
        for protocol, path in _PROTOCOLS.items():
            found = _profile(place.one(*path) if place else None, known, self._findings)
            if found is not None:
                yield protocol, found


def _profile(named: Statement | None, known: Mapping[str, _Profile | None], findings: Findings) -> _Profile | None:
    if named is None:
        return None
    if named.text not in known:
        findings.wrong(named, named.text, f"no such profile for {named.word.path.removeprefix('security utm utm-policy ')}"
                       if named.word else "no such profile", known)
    return known.get(named.text)


def _check_named(scope: Scope, known: Mapping[str, UtmPolicy]) -> None:
    policies = scope.root.one("security", "policies")
    for statement in active(policies) if policies else ():
        if statement.word and statement.word.name == _SERVICE and statement.text not in known:
            scope.findings.wrong(statement, statement.text, f"no such {_SERVICE}", known)
