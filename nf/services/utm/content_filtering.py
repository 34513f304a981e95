"""Content filtering: commands, file names, declared types, kinds of content, and rules about what files really are."""

from collections.abc import Mapping
from typing import Final, NamedTuple
from urllib.parse import unquote

from hwmodel.session import Direction
from nf.log.records import SessionFacts
from nf.log.utm_records import content_filtered
from nf.policy.utm import ContentFiltering, ContentRule, Notice
from nf.protocols.items import Command, Item, Request, Response
from nf.protocols.transfers import Begun, Data, Ended, Event, File, Typed
from nf.services import Block, Ending, Fault, Page
from nf.services.utm.feature import EVERYTHING, Feature, Rulings, profile_key
from nf.services.utm.pages import page
from nf.services.utm.statistics import Statistics

_BY_TYPE: Final = {  # kinds of content by what a file is, by what it is said to be, and by how it is called
    "activex": ({"cab"}, {"application/x-oleobject", "application/vnd.ms-cab-compressed"}, {"cab", "ocx"}),
    "java-applet": ({"class", "jar"}, {"application/java-archive", "application/java-vm", "application/x-java-applet"},
                    {"class", "jar"}),
    "exe": ({"exe"}, {"application/x-msdownload", "application/x-dosexec", "application/vnd.microsoft.portable-executable"},
            {"exe"}),
    "zip": ({"zip"}, {"application/zip", "application/x-zip-compressed"}, {"zip"})}
_COOKIES: Final = "http-cookie"
_ENDINGS: Final = {"close-client": Ending.CLOSE_CLIENT, "close-server": Ending.CLOSE_SERVER}
_HTTP: Final = "HTTP"
_PATIENCE: Final = 30.0  # seconds in which the first bytes of a file have to come


class _Found(NamedTuple):
    """What is blocked, and by which of a profile's lists."""

    why: str
    file: str
    exchange: int
    upload: bool = True
    protocol: str = _HTTP

    @classmethod
    def of(cls, why: str, file: File) -> "_Found":
        return cls(why, file.name or file.url, file.message, file.upload, file.protocol)


class ContentFilter(Feature):
    """The profiles and rules of one policy on one session."""

    def __init__(self, profiles: Mapping[str, ContentFiltering], rules: tuple[ContentRule, ...], facts: SessionFacts,
                 statistics: Statistics) -> None:
        self._profiles, self._rules, self._facts, self._statistics = profiles, rules, facts, statistics
        self._waiting: dict[int, tuple[Direction, int]] = {}  # files whose type is to be known first, and where they begin
        self._due: float | None = None
        self.bodies = bool(rules) or any(profile.kinds - {_COOKIES} for profile in profiles.values())

    @property
    def held(self) -> Mapping[Direction, int]:
        """From the head of the first file whose type matters and is not known."""
        held: dict[Direction, int] = {}
        for direction, start in self._waiting.values():
            held[direction] = min(start, held.get(direction, EVERYTHING))
        return {direction: start for direction, start in held.items() if start < EVERYTHING}

    @property
    def due(self) -> float | None:
        """When a type should be known."""
        return self._due if self._waiting else None

    def follows(self, direction: Direction) -> bool:
        """Files whose type is to be known."""
        return any(way is direction for way, _ in self._waiting.values())

    def item(self, item: Item, said: Rulings) -> None:
        """A command, a request for a file of some name, cookies."""
        http = self._profiles.get("http")
        if isinstance(item, Request) and http is not None:
            self._request(item, http, said)
        elif isinstance(item, Response) and http is not None:
            if _COOKIES in http.kinds and any(name == "set-cookie" for name, _ in item.headers):
                self._block(http, _Found("content type", "Set-Cookie", item.exchange, upload=False), said)
        elif isinstance(item, Command):
            for upload in (True, False):
                profile = self._profiles.get(profile_key(item.protocol, upload))
                if profile is not None and _is_blocked(item.verb, profile):
                    self._block(profile, _Found("protocol command", item.verb, item.exchange, protocol=item.protocol), said)
                    return

    def file(self, event: Event, said: Rulings) -> None:
        """A file is announced; its type is known."""
        match event:
            case Begun(file, start):
                self._announced(file, said)
                if said.block is None and self._wants_type(file):
                    self._waiting[file.key] = file.direction, EVERYTHING if file.upload else start
                    self._due = said.now + _PATIENCE
            case Typed(file, kind):
                self._waiting.pop(file.key, None)
                self._typed(file, kind, said)
            case Data(file, start) if self._waiting.get(file.key, (None, 0))[1] == EVERYTHING:
                self._waiting[file.key] = file.direction, start  # its head has gone: the client may wait for an answer to that
            case Ended(file):
                self._waiting.pop(file.key, None)

    def wake(self, said: Rulings) -> None:
        """There are files whose first bytes do not come."""
        self.fall_back(Fault.TIMEOUT, said)

    def fall_back(self, fault: Fault, said: Rulings) -> None:
        """A type that does not become known, or a bug."""
        if self._waiting or fault is Fault.CRASH:
            said.block = Block(f"content filtering: {fault.value}")

    def _request(self, request: Request, profile: ContentFiltering, said: Rulings) -> None:
        name = request.path.partition("?")[0].rpartition("/")[2]
        if _is_blocked(request.method, profile):
            why = "protocol command"
        elif _extension(name) in profile.extensions:
            why = "file extension"
        elif _COOKIES in profile.kinds and any(header == "cookie" for header, _ in request.headers):
            why = "content type"
        else:
            return
        self._block(profile, _Found(why, request.host + request.path, request.exchange), said)

    def _announced(self, file: File, said: Rulings) -> None:
        profile = self._profiles.get(profile_key(file.protocol, file.upload))
        if profile is None:
            return
        if _extension(file.name) in profile.extensions:
            self._block(profile, _Found.of("file extension", file), said)
        elif profile.mimes.covers(file.mime):
            self._block(profile, _Found.of("mime type", file), said)
        elif file.protocol == _HTTP and any(_is_called(kind, file) for kind in profile.kinds - {_COOKIES}):
            self._block(profile, _Found.of("content type", file), said)

    def _wants_type(self, file: File) -> bool:
        profile = self._profiles.get(profile_key(file.protocol, file.upload))
        kinds = profile.kinds - {_COOKIES} if profile is not None and file.protocol == _HTTP else frozenset()
        return bool(kinds) or any(_concerns(rule, file) for rule in self._rules)

    def _typed(self, file: File, kind: str, said: Rulings) -> None:
        profile = self._profiles.get(profile_key(file.protocol, file.upload))
        kinds = profile.kinds - {_COOKIES} if profile is not None and file.protocol == _HTTP else frozenset()
        if profile is not None and any(kind in _BY_TYPE[one][0] for one in kinds):
            self._block(profile, _Found.of("content type", file), said)
            return
        for rule in self._rules:
            if _concerns(rule, file) and (not rule.file_types or kind in rule.file_types):
                self._obey(rule, file, kind, said)
                return

    def _obey(self, rule: ContentRule, file: File, kind: str, said: Rulings) -> None:
        if rule.log:
            said.records += (content_filtered(
                self._facts, rule.name, upload=file.from_initiator, protocol=file.protocol, action=rule.action,
                reason=f"blocked due to file type {kind or 'unknown'}", file=file.name or file.url),)
        self._statistics.count("content-filtering", "File type" if rule.action != "no-action" else "File type, not blocked")
        if rule.action != "no-action":
            text = f"Content filtering does not let files of type {kind or 'unknown'} pass."
            shown = None if rule.action != "block" else _page(file.message, rule.notice, text, file.name or file.url)
            said.block = Block(f"content filtering: {rule.name}", shown, _ENDINGS.get(rule.action, Ending.RESET))

    def _block(self, profile: ContentFiltering, found: _Found, said: Rulings) -> None:
        self._statistics.count("content-filtering", found.why.capitalize())
        said.records += (content_filtered(
            self._facts, profile.name, upload=found.upload, protocol=found.protocol, action="drop",
            reason=f"blocked due to {found.why} block list", file=found.file),)
        text = f"Content filtering does not let this pass: {found.why}."
        said.block = Block(f"content filtering: {found.why}", _page(found.exchange, profile.notice, text, found.file))


def _page(exchange: int, notice: Notice | None, text: str, file: str) -> Page:
    return page(exchange, notice, "Content blocked", text, [("Content", file)])


def _is_blocked(command: str, profile: ContentFiltering) -> bool:
    return command.upper() in profile.blocked - profile.permitted


def _is_called(kind: str, file: File) -> bool:
    _, mimes, extensions = _BY_TYPE[kind]
    return file.mime in mimes or _extension(file.name) in extensions


def _concerns(rule: ContentRule, file: File) -> bool:
    return (not rule.applications or file.protocol in rule.applications) and (
        rule.direction == "any" or (rule.direction == "upload") is file.upload)


def _extension(name: str) -> str:
    """In lower case, without the dot; dots and blanks at the end are no part of a name on the systems that run such files.

    >>> _extension("Setup.EXE. ")
    'exe'
    """
    return unquote(name).rstrip(". \0").rpartition(".")[2].lower() if "." in unquote(name) else ""
