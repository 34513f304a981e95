"""What Junos knows at each place of a configuration: the grammar, and what the YANG modules do not say about the text.

The YANG modules name some statements that are never written (`address web 10.0.0.1/32` is `ip-prefix` there), and write
the pair `from-zone A to-zone B` as one list. These are facts about the text form; they stand here as data.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from nf.config.effects import leads_to_effect
from nf.config.errors import nearest
from nf.config.grammar import NESTED, Grammar, Word
from nf.config.values import fault

APPLY, EXCEPT = "apply-groups", "apply-groups-except"
EVERYWHERE = {
    APPLY: Word(APPLY, "leaf-list", "string"),
    EXCEPT: Word(EXCEPT, "leaf-list", "string"),
    "apply-macro": Word("apply-macro", "list", key=("name",)),
    "apply-flags": Word("apply-flags", "leaf", "string"),
}
_MACRO_DATA = Word("apply-macro data", "macro")
_MORE_TOP = {
    "logical-systems": Word("logical-systems", "list", key=("name",)),
    "tenants": Word("tenants", "list", key=("name",)),
} | {name: Word(name, "elsewhere") for name in (
    "access", "access-profile", "accounting-options", "bridge-domains", "class-of-service", "diameter",
    "dynamic-profiles", "event-options", "fabric", "firewall", "multi-chassis", "multicast-snooping-options", "poe",
    "policy-options", "protocols", "schedulers", "session-limit-group", "switch-options", "unified-edge",
    "virtual-chassis", "vlans", "vmhost", "wlan")}

SPELLING: Mapping[str, tuple[str, ...]] = {  # lists whose every key has a word of its own before it
    "security policies policy": ("from-zone", "to-zone"),
    "security ipsec-policy from-zone": ("from-zone", "to-zone"),
}
_WRITTEN_AS = {"security policies policy": "from-zone", "security advance-policy-based-routing policy": "from-zone",
               "src-nat-rule-match": "match", "dest-nat-rule-match": "match",
               "static-nat-rule-match": "match"}
_BOOKS = ("security address-book address", "security zones security-zone address-book address")
UNWRITTEN = {
    "interfaces": "interface",
    "routing-instances": "instance",
    "security policies default-policy": "default-action",
    "security log stream host": "ipaddr",
    "services ssl traceoptions file": "filename",
    "services security-intelligence category": "category-name",
    "security zones security-zone advance-policy-based-routing-profile": "profile",
    "security advance-policy-based-routing profile rule then routing-instance": "routing-instance-name",
} | dict.fromkeys(_BOOKS, "ip-prefix") | {
    f"services security-intelligence {place}": "category-profiles" for place in ("policy", "default-policy")} | {
    f"services security-intelligence {place} category-profiles": "profile-name" for place in ("policy", "default-policy")} | {
    f"security policies {place} match {condition}": f"{name}-name"
    for place in ("policy policy", "global policy")
    for condition, name in (("source-end-user-profile", "source-end-user-profile"),
                            ("destination-identity-context-profile", "identity-context-profile"))} | {
    f"{book} {kind} to": "range-high" for book in _BOOKS for kind in ("range-address", "address-range")}
_EITHER = frozenset({"security zones security-zone advance-policy-based-routing-profile",  # the word is written or not
                     "security advance-policy-based-routing profile rule then routing-instance"})
# Elsewhere the words that are left out can be told by their look; only statements without effect here depend on this.
_LOOKS_UNWRITTEN = re.compile(r".*[-_](value|name|high|low|action|size|mode|number|addr|profiles)|.*_.*|"
                              r"addr-prefix|contents|filename|ipaddr|limit|localfilename|number|parent|rate")
_TOO_NEAR = 0.8  # a word this like a statement of the place is that statement misspelt, not an unwritten one's value
OLDER = {  # statements that earlier releases have and 24.4 has not
    "system services web-management": Word("system services web-management http", "elsewhere"),
    "services ssl proxy global-config": Word("services ssl proxy global-config mail-threshold", "elsewhere"),
} | {place: Word(f"{place} custom-block-message", "leaf", "string") for place in (
    "security utm feature-profile web-filtering juniper-local profile",
    "security utm feature-profile web-filtering juniper-enhanced profile")}


@dataclass(frozen=True, slots=True)
class Schema:
    """The statements that may stand in a place."""

    grammar: Grammar

    def words(self, place: Word | None) -> dict[str, Word]:
        """The statements of a place (None is the top) by the word that is written, without keys and unwritten words."""
        if place is None:
            return self._top()
        if place.path in NESTED:
            within = ("groups",) if place.path == "groups" else NESTED
            return {name: word for name, word in self._top().items() if name not in within}
        if place.path == "apply-macro":
            return {}
        if place.kind == "elsewhere":
            return EVERYWHERE
        children = self.grammar.children(place.path)
        unwritten = UNWRITTEN.get(place.path)
        older = {OLDER[place.path].name: OLDER[place.path]} if place.path in OLDER else {}
        return older | {written(word): word for name, word in children.items()
                if name not in place.key and (name != unwritten or place.path in _EITHER)} | EVERYWHERE

    def unwritten(self, place: Word, text: str) -> Word | None:
        """The statement that a word belongs to when its own word is not written: `default-policy deny-all`."""
        if place.path == "apply-macro":
            return _MACRO_DATA
        if place.kind == "elsewhere":
            return place
        children = self.grammar.children(place.path)
        if place.path in UNWRITTEN:
            return children[UNWRITTEN[place.path]]
        if leads_to_effect(place.path):
            return None
        found = next((word for name, word in children.items() if name not in place.key and _could_be(word, text)), None)
        return None if found and not found.enum and nearest(text, children, cutoff=_TOO_NEAR) else found

    def key(self, word: Word, name: str) -> Word | None:
        """What the grammar says of a list's key."""
        return self.grammar.children(word.path).get(name)

    def takes_keyless_block(self, word: Word) -> bool:
        """Whether a block may follow the bare word, each statement in it being an entry: `system-services { all; }`."""
        return word.kind == "list" and len(word.key) == 1

    def _top(self) -> dict[str, Word]:
        return self.grammar.children("") | _MORE_TOP | EVERYWHERE


def written(word: Word) -> str:
    """The word that an operator writes for a statement of the grammar."""
    return _WRITTEN_AS.get(word.path, _WRITTEN_AS.get(word.name, word.name))


def _could_be(word: Word, text: str) -> bool:
    if word.type == "empty" or word.kind == "container":
        return False
    return fault(word, text) is None and bool(word.enum or _LOOKS_UNWRITTEN.fullmatch(word.name))
