"""The commands, as one tree: whatever is here can be typed, completed and explained by `?`."""

from nf.cli.operate import values
from nf.cli.operate.grammar import Ask, Word
from nf.cli.operate.render import policies, screens, sessions, system
from nf.cli.operate.services import words
from nf.cli.operate.tree_cluster import REQUEST_CHASSIS
from nf.cli.operate.tree_hardware import CHASSIS, FLOW, MONITORING, NP_CACHE, SRXNF
from nf.cli.operate.tree_pki import CLEAR_PKI, REQUEST_SECURITY, SHOW_PKI
from nf.cli.operate.tree_ssl import CLEAR_SSL, SHOW_SSL
from nf.policy.systems import ROOT_LOGICAL_SYSTEM

_BOX = {"logical-system": ROOT_LOGICAL_SYSTEM}
_SYSTEMS = (  # their names are told apart, so one key is enough
    Word("logical-system", "Of a logical system, or of all systems", value=values.LOGICAL_SYSTEM, group="system"),
    Word("root-logical-system", "Of the box itself (default)", group="system", local=True),
    Word("tenant", "Of a tenant", value=values.TENANT, key="logical-system", group="system"),
)

_FILTERS = (
    *_SYSTEMS,
    Word("source-prefix", "Source IP prefix or address", value=values.PREFIX),
    Word("destination-prefix", "Destination IP prefix or address", value=values.PREFIX),
    Word("source-port", "Source port", value=values.PORT),
    Word("destination-port", "Destination port", value=values.PORT),
    Word("protocol", "IP protocol number or name", value=values.PROTOCOL),
    Word("family", "Protocol family", value=values.one_of("inet", "inet6")),
    Word("interface", "Interface of either direction", value=values.INTERFACE),
    Word("zone", "Zone of either direction", value=values.ZONE),
    Word("policy-id", "Index of the policy", value=values.COUNT),
    Word("policy-name", "Name of the policy", value=values.POLICY),
    Word("dynamic-application", "Application that was identified", value=values.name("<application>")),
    Word("encrypted", "Sessions that carry TLS"),
    Word("ssl", "Sessions that the SSL proxy decrypts"),
    Word("session-identifier", "Session identifier", value=values.SESSION),
    Word("packets-more-than", "More packets than this", value=values.COUNT),
    Word("packets-less-than", "Fewer packets than this", value=values.COUNT),
    Word("bytes-more-than", "More bytes than this", value=values.COUNT),
    Word("bytes-less-than", "Fewer bytes than this", value=values.COUNT),
    Word("duration-more-than", "Older than this", value=values.SECONDS),
    Word("duration-less-than", "Younger than this", value=values.SECONDS),
)

_FLOW = Word("flow", "Flow information", children=(
    Word("session", "Sessions that live",
         end=Ask({"show": "sessions", "filters": _BOX}, sessions.sessions, "filters", "sessions"),
         children=(Word("summary", "How many sessions there are",
                        end=Ask({"show": "sessions-summary"}, sessions.summary)),),
         options=(*_FILTERS,
                  Word("brief", "In brief (default)", group="level", local=True),
                  Word("extensive", "With everything that is known", group="level"))),
    *FLOW))

_POLICY_FILTERS = (
    *_SYSTEMS,
    Word("from-zone", "Policies from this zone", value=values.ZONE),
    Word("to-zone", "Policies to this zone", value=values.ZONE),
    Word("policy-name", "Policies of this name", value=values.POLICY),
)

_OF_ZONE = Word("zone", "Of a zone", value=values.ZONE)

_POLICIES = Word(
    "policies", "Security policies", options=_POLICY_FILTERS,
    end=Ask({"show": "policies"}, policies.policies, pages="policies"),
    children=(Word("hit-count", "How often each policy decided", options=_POLICY_FILTERS,
                   end=Ask({"show": "policies"}, policies.hit_count, pages="policies")),))

_SHOW = Word("show", "Show information about the device", children=(
    CHASSIS,
    Word("configuration", "The configuration that runs", end=Ask({"show": "configuration"}, system.configuration)),
    Word("security", "Security information", children=(
        _FLOW, MONITORING, NP_CACHE, SHOW_PKI, _POLICIES,
        Word("screen", "Screens", children=(
            Word("statistics", "How often sessions met a limit", options=(_OF_ZONE,),
                 end=Ask({"show": "screens"}, screens.statistics)),)),
        Word("zones", "Security zones", options=(*_SYSTEMS, Word("", "", value=values.ZONE, key="zone")),
             end=Ask({"show": "zones"}, policies.zones)),
        *words("SHOW_SECURITY"))),
    Word("services", "Services information", children=(SHOW_SSL, SRXNF, *words("SHOW_SERVICES"))),
    Word("system", "System information", children=(
        Word("processes", "SPU worker processes", end=Ask({"show": "workers"}, system.processes)),
        Word("uptime", "Time since the start", end=Ask({"show": "uptime"}, system.uptime)))),
    Word("version", "Versions of what runs", end=Ask({"show": "version"}, system.version))))

_CLEAR_SESSIONS = Ask({"clear": "sessions"}, sessions.cleared, "filters", "cleared", standing=_BOX)

_CLEAR = Word("clear", "Clear sessions, statistics and certificates", children=(
    Word("security", "Security information", children=(
        CLEAR_PKI,
        Word("flow", "Flow information", children=(
            Word("session", "End sessions", options=_FILTERS, end=_CLEAR_SESSIONS, children=(
                Word("all", "All of them",
                     end=Ask({"clear": "sessions", "all": True}, sessions.cleared, "filters", "cleared")),)),)),
        Word("policies", "Security policies", children=(
            Word("statistics", "Hit counts", end=Ask({"clear": "policy-statistics"}, system.nothing)),)),
        Word("screen", "Screens", children=(
            Word("statistics", "How often sessions met a limit", options=(_OF_ZONE,),
                 end=Ask({"clear": "screens"}, system.nothing)),)),
        *words("CLEAR_SECURITY"))),
    Word("services", "Services information", children=(CLEAR_SSL, *words("CLEAR_SERVICES")))))

_REQUEST = Word("request", "Have the device do something", children=(REQUEST_CHASSIS, REQUEST_SECURITY))

ROOT = Word("", "", children=(_SHOW, _CLEAR, _REQUEST))

PIPES = Word("", "", children=(
    Word("count", "Count the lines"),
    Word("display", "Show in another form", children=(
        Word("json", "As JSON"), Word("set", "As the set commands that make the configuration"), Word("xml", "As XML"))),
    Word("except", "Leave out lines that match", value=values.PATTERN),
    Word("find", "Begin with the first line that matches", value=values.PATTERN),
    Word("last", "The last lines only", value=values.number("<lines>", 1, 1_000_000)),
    Word("match", "Only lines that match", value=values.PATTERN),
    Word("no-more", "Do not stop at the end of the screen")))
