"""Statements under `services icap-redirect` to profiles of ICAP servers."""

import base64
import binascii
from dataclasses import dataclass
from typing import cast

from nf.config.errors import Findings
from nf.config.services import Scope
from nf.config.tree import Statement
from nf.policy.icap import Fallback, FallbackOption, IcapProfile, IcapRedirect, IcapServer
from nf.policy.profile import TRUST_ALL

_BASIC = "basic"
AREAS = (
    ("services icap-redirect profile", """http redirect-request | http redirect-response | timeout
        fallback-option timeout | fallback-option connectivity | fallback-option default-action"""),
    ("services icap-redirect profile server", """host | port | reqmod-uri | respmod-uri | sockets | tls-profile
        authorization authorization-type | authorization credentials ascii | authorization credentials base64"""),
)
OWN: tuple[str, ...] = ("services icap-redirect ",)


def build(scope: Scope) -> IcapRedirect | None:
    """The profiles; in a logical system its own beside those of the box."""
    found: dict[str, IcapProfile] = dict(scope.shared.profiles) if scope.shared is not None else {}
    for entry in scope.root.entries("services", "icap-redirect", "profile"):
        found[entry.name] = _Profile(entry, scope).build()
    scope.check_asked("icap-redirect", "an ICAP redirect profile", found)
    return IcapRedirect(found) if found else None


@dataclass(frozen=True, slots=True)
class _Profile:
    """One profile, and what it may name."""

    entry: Statement
    scope: Scope

    @property
    def findings(self) -> Findings:
        return self.scope.findings

    def build(self) -> IcapProfile:
        entry, standard = self.entry, IcapProfile(self.entry.name)
        profile = IcapProfile(
            entry.name, tuple(self._server(each) for each in entry.all("server")),
            entry.has("http", "redirect-request"), entry.has("http", "redirect-response"),
            FallbackOption(self._fallback("timeout"), self._fallback("connectivity"), self._fallback("default-action")),
            (entry.number("timeout") or standard.timeout * 1000) / 1000)
        self._note(profile)
        return profile

    def _fallback(self, word: str) -> Fallback:
        return cast("Fallback", self.entry.value("fallback-option", word) or "permit")

    def _server(self, entry: Statement) -> IcapServer:
        standard = IcapServer(entry.name, entry.value("host") or "")
        if not standard.host:
            self.findings.wrong(entry, entry.name, "server has no host")
        if not (entry.value("reqmod-uri") or entry.value("respmod-uri")):
            self.findings.wrong(entry, entry.name, "server has neither reqmod-uri nor respmod-uri")
        tls = self._tls(entry)
        return IcapServer(
            entry.name, standard.host, entry.number("port") or standard.port, entry.value("reqmod-uri") or "",
            entry.value("respmod-uri") or "", entry.number("sockets") or standard.sockets, self._authorization(entry),
            tls is not None, tls.texts("trusted-ca") if tls else (), (tls.value("client-certificate") or "") if tls else "",
            tls is None or not tls.has("actions", "ignore-server-auth-failure"))

    def _tls(self, entry: Statement) -> Statement | None:
        """The SSL initiation profile that `tls-profile` names."""
        leaf = entry.one("tls-profile")
        if leaf is None:
            return None
        known = {each.name: each for each in self.scope.root.entries("services", "ssl", "initiation", "profile")}
        profile = known.get(leaf.text)
        if profile is None:
            self.findings.wrong(leaf, leaf.text, "no such SSL initiation profile", known)
        elif not profile.texts("trusted-ca") and not profile.has("actions", "ignore-server-auth-failure"):
            self.findings.wrong(leaf, leaf.text, f"without trusted-ca it trusts no server (a name, or {TRUST_ALL})")
        return profile

    def _authorization(self, entry: Statement) -> str:
        place = entry.one("authorization")
        if place is None:
            return ""
        kind = place.value("authorization-type") or _BASIC
        if kind.lower() != _BASIC:
            self.findings.wrong(place, kind, "no such type of authorization", (_BASIC,))
        plain, coded = place.one("credentials", "ascii"), place.one("credentials", "base64")
        if plain is None and coded is None:
            self.findings.wrong(place, "authorization", "credentials ascii or base64 are expected")
        if coded is not None and not _is_base64(coded.text):
            self.findings.wrong(coded, coded.text, "not in base64")
        said = plain.text.encode() if plain is not None else b""
        return f"Basic {coded.text if coded is not None else base64.b64encode(said).decode()}"

    def _note(self, profile: IcapProfile) -> None:
        """Remark on what sends nothing to a server."""
        about = f"profile {profile.name}"
        if not profile.servers:
            self.findings.wrong(self.entry, profile.name, "profile has no server")
        for word, method in (("request", "REQMOD"), ("response", "RESPMOD")):
            leaf = self.entry.one("http", f"redirect-{word}")
            if leaf is not None and profile.servers and not profile.serving(method):
                self.findings.remark(leaf, f"{about} http redirect-{word}",
                                     f"no effect: none of its servers has a {method.lower()}-uri")
        if not (profile.redirect_request or profile.redirect_response):
            self.findings.remark(self.entry, f"services icap-redirect {about}",
                                 "sends nothing: neither http redirect-request nor redirect-response is there")


def _is_base64(text: str) -> bool:
    try:
        return bool(base64.b64decode(text, validate=True))
    except (binascii.Error, ValueError):
        return False
