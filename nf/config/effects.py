"""Which statements have an effect here, as data; every other one that Junos knows earns a remark."""

from functools import cache

from nf.config import services

_ASKED = "then permit application-services"
# What a policy asks for in `application-services` and a service stands behind; others are as if they were not there.
ASKED_FOR = ("application-firewall", "idp", "idp-policy", "utm-policy", "icap-redirect", "security-intelligence-policy",
             "advanced-anti-malware-policy")
# A path stands for everything below it; one that ends in a dot stands for the bare statement alone.
_POLICY = " | ".join([f"{_ASKED} .", f"{_ASKED} ssl-proxy", *(f"{_ASKED} {one}" for one in ASKED_FOR)]) + """
    match | then permit services-offload | then permit no-services-offload
    then permit . | then deny . | then reject . | then reject ssl-proxy
    then log session-init | then log session-close | then count | description"""
_BOOK = """
    address ip-prefix | address range-address to range-high | address address-range to range-high
    address dns-name | address wildcard-address | address description
    address-set address | address-set address-set | address-set description"""
_APPLICATION = """
    protocol | source-port | destination-port | icmp-type | icmp-code | icmp6-type | icmp6-code
    inactivity-timeout"""
_PROFILE = """
    root-ca | server-certificate | trusted-ca | whitelist | protocol-version | preferred-ciphers | custom-ciphers
    supported-ec-groups | actions allow-strong-certificate | actions unsupported-cipher-on-hw
    enable-flow-tracing | disable-deferred-profile-selection | whitelist-url-categories
    actions log | actions crl | actions ignore-server-auth-failure | actions disable-session-resumption
    actions renegotiation | mirror-decrypt-traffic interface | mirror-decrypt-traffic destination-mac-address
    mirror-decrypt-traffic only-after-security-policies-enforcement"""
_ZONE = """
    interfaces host-inbound-traffic | host-inbound-traffic | application-tracking | tcp-rst | description | screen"""
_FLOW = """
    aging early-ageout | aging early-aging defaults cutoff-time seconds | aging low-watermark | aging high-watermark | drop-flow
    tcp-session tcp-initial-timeout | tcp-session time-wait-state apply-to-half-close-state
    tcp-session time-wait-state session-timeout | tcp-session time-wait-state session-ageout"""

_AREAS = (
    ("", "version | rcsid | apply-macro | apply-groups | apply-groups-except | apply-flags | groups"),
    ("system", "host-name"),
    ("interfaces interface", """description | unit description | unit vlan-id
                                unit family inet address | unit family inet6 address
                                unit family ethernet-switching | unit family bridge"""),
    ("routing-options", "static route next-hop | static route description | rib static route next-hop"),
    ("applications application", _APPLICATION + "| description"),
    ("applications application term", _APPLICATION),
    ("applications application-set", "application | application-set | description"),
    ("security address-book", _BOOK + "| attach zone | description"),
    ("security zones security-zone address-book", _BOOK),
    ("security zones security-zone", _ZONE),
    ("security policies policy policy", _POLICY),
    ("security policies global policy", _POLICY),
    ("security policies default-policy", "default-action"),
    ("security policies pre-id-default-policy then log", "session-init | session-close"),
    ("security flow", _FLOW),
    ("security screen ids-option", """description | alarm-without-drop | limit-session source-ip-based
                                      limit-session destination-ip-based | limit-session by-source maximum-sessions
                                      limit-session by-destination maximum-sessions"""),
    ("security forwarding-options", "services-offload disable"),
    ("security ngfw", "default-profile ssl-proxy"),
    ("chassis cluster", """reth-count | heartbeat-interval | heartbeat-threshold | redundancy-group node
                          redundancy-group preempt . | redundancy-group preempt delay"""),
    ("security utm custom-objects", "url-pattern value | custom-url-category value"),
    ("security pki", "ca-profile ca-identity | ca-profile-group"),
    ("security pki ca-profile revocation-check", """disable | use-crl | use-ocsp | crl url | crl refresh-interval
                                                    crl disable on-download-failure | ocsp"""),
    ("security application-tracking", """log-session-create | log-session-close | disable | first-update
                                           first-update-interval | session-update-interval | no-volume-updates"""),
    ("security log", """disable | mode | format | utc-timestamp | facility-override | source-address
                        transport protocol | transport tls-profile"""),
    ("security log stream", """host ipaddr | host port | severity | category | format | source-address | rate-limit rate
                               transport protocol | transport tls-profile"""),
    ("services ssl initiation profile", "trusted-ca | client-certificate | actions ignore-server-auth-failure"),
    ("services ssl proxy profile", _PROFILE),
    ("services ssl traceoptions", "file | level | flag | packet-filter | no-remote-trace"),
    ("services ssl proxy global-config", """session-cache-timeout | disable-cert-cache | certificate-cache-timeout
                                           invalidate-cache-on-crl-update | cache-usage-enforcement-threshold
                                           non-ssl-detection-threshold | actions .
                                           disable-deferred-profile-selection"""),
    *(area for _, module in services.modules() for area in module.AREAS),
)

# What a logical system or tenant has of its own; the box's statements hold for all else.
_OWN = ("interfaces ", "routing-options ", "applications ", "security address-book ", "security zones ",
        "security policies ", "security screen ids-option ", "security application-tracking ", "security ngfw ",
        "services ssl proxy profile ",
        "security utm custom-objects url-pattern ", "security utm custom-objects custom-url-category ", "apply-",
        *(own for _, module in services.modules() for own in module.OWN))

# Areas whose every statement is read into facts, so that their words are taken strictly; most have no effect yet.
_KEPT = ("services ssl proxy ", "security pki ca-profile ", "security application-tracking ", "security ngfw ",
         "security flow tcp-session ", "security utm custom-objects url-pattern ",
         "security utm custom-objects custom-url-category ")


def _paths() -> frozenset[str]:
    return frozenset(f"{area} {statement.strip()}".strip() for area, statements in _AREAS
                     for line in statements.splitlines() for statement in line.split("|") if statement.strip())


def _with_parents(paths: frozenset[str]) -> frozenset[str]:
    return frozenset(" ".join(words[:length]) for words in map(str.split, paths) for length in range(1, len(words) + 1))


EFFECTIVE = _paths()
_ON_THE_WAY = _with_parents(EFFECTIVE)


@cache
def without_effect(path: str) -> str | None:
    """The kind of statement that a grammar path belongs to when it has no effect here, such as `security screen`."""
    words = path.split()
    for length in range(1, len(words) + 1):
        kind = " ".join(words[:length])
        if kind in EFFECTIVE:
            return None
        if kind not in _ON_THE_WAY:
            return kind
    return None


@cache
def without_effect_in_system(path: str) -> str | None:
    """The kind of statement that a path belongs to when a logical system's own has no effect, such as `security log`."""
    if f"{path} ".startswith(_OWN):
        return None
    areas = [area for area, _ in _AREAS if area and f"{path} ".startswith(f"{area} ")]
    return max(areas, key=len, default=" ".join(path.split()[:2]))


def leads_to_effect(path: str) -> bool:
    """Whether a container holds something that is read into facts, so that its words are taken strictly."""
    return path in _ON_THE_WAY or without_effect(path) is None or f"{path} ".startswith(_KEPT)
