"""The buffers of one session, searched as they fill: what was found, and where in its direction's stream."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from hwmodel.session import Direction
from nf.policy.attacks import STREAM
from nf.protocols.items import Body, Broken, Complete, Item, Request, Response
from nf.services import Piece
from nf.services.idp.contexts import REQUEST_BODY, RESPONSE_BODY
from nf.services.idp.matcher import WINDOW, Growing, Hit, Matcher
from nf.services.idp.normal import FormText
from nf.services.idp.reading import buffers

MOST_BODIES = 32  # at a time in a session; the oldest is taken for whole when there are more
_FORM = "application/x-www-form-urlencoded"
_BODY = {Direction.C2S: REQUEST_BODY, Direction.S2C: RESPONSE_BODY}

Found = tuple[int, int, int | None]  # offset in the direction's stream, member, exchange


@dataclass(slots=True)
class _Content:
    """A message's content: as it is, and for a form what its escapes stand for."""

    plain: Growing
    form: Growing | None = None
    text: FormText = field(default_factory=FormText)
    left: int = 0  # bytes that are still looked at
    begun: int = 0

    def feed(self, data: bytes) -> list[Hit]:
        """Hits of these bytes, by how many of them it took."""
        data = data[:self.left]
        begun, self.begun = self.begun, self.begun + len(data)
        self.left -= len(data)
        hits = [(end - begun, member) for end, member in self.plain.feed(data)]
        if self.form is not None:
            for end, member in self.form.feed(self.text.read(data)):
                hits.append((self.text.taken(end, data), member))
            self.text.keep(data)
        return hits

    def end(self) -> list[int]:
        """Members that hold now that it is whole."""
        members = [member for _, member in self.plain.end()]
        if self.form is not None:
            members += [member for _, member in (*self.form.feed(self.text.rest), *self.form.end())]
        return members


class Scanner:
    """Searches what the wanted contexts are filled with, `depth` bytes of each that grows."""

    def __init__(self, matchers: Mapping[str, Matcher], wanted: frozenset[str], depth: int) -> None:
        self._matchers = {context: matcher for context, matcher in matchers.items() if context in wanted}
        self._depth = depth
        stream = self._matchers.get(STREAM)
        self._streams = {way: stream.begin() for way in Direction} if stream else {}
        self._left = dict.fromkeys(Direction, depth)
        self._contents: dict[int, _Content] = {}
        self.reads_bodies = not self._matchers.keys().isdisjoint({REQUEST_BODY, RESPONSE_BODY})

    @property
    def reads_streams(self) -> bool:
        """Whether the bytes themselves still do, in some direction."""
        return bool(self._streams)

    def feed(self, piece: Piece) -> list[Found]:
        """What is found with a piece, in the order of its stream."""
        found = list(self._stream(piece)) if self._streams else []
        for item in piece.items:
            if type(item) is Body:
                content = self._contents.get(_key(item))
                if content is not None and content.left:
                    found += self._body(item, content)
            else:
                found += self._item(item)
        if len(found) > 1:
            found.sort(key=_place)
        return found

    def is_deep(self, direction: Direction) -> bool:
        """Whether nothing is looked at any more in what is under way in a direction."""
        side = direction is Direction.S2C
        return direction not in self._streams and not any(
            content.left for key, content in self._contents.items() if key & 1 == side)

    def whole(self, context: str, data: bytes) -> list[int]:
        """The members that hold of a buffer of which there is no more."""
        matcher = self._matchers.get(context)
        return matcher.whole(data) if matcher else []

    def _stream(self, piece: Piece) -> Iterator[Found]:
        growing = self._streams.get(piece.direction)
        if growing is None:
            return
        begun = self._depth - self._left[piece.direction]
        data = piece.data[:self._left[piece.direction]]
        self._left[piece.direction] -= len(data)
        start = piece.start - begun
        yield from ((start + offset, member, None) for offset, member in growing.feed(data))
        if not self._left[piece.direction]:
            del self._streams[piece.direction]

    def _item(self, item: Item) -> Iterator[Found]:
        if isinstance(item, Complete):
            content = self._contents.pop(_key(item), None)
            yield from ((item.end, member, item.exchange) for member in (content.end() if content else ()))
        elif isinstance(item, Broken):
            self._contents.pop(_key(item), None)
        else:
            if isinstance(item, Request | Response):
                yield from self._begin(item)
            for context, data in buffers(item):
                yield from ((item.end, member, item.exchange) for member in self.whole(context, data))

    def _begin(self, item: Request | Response) -> Iterator[Found]:
        """A message's content may follow."""
        matcher = self._matchers.get(_BODY[item.direction])
        if matcher is None:
            return
        form = isinstance(item, Request) and any(
            name == "content-type" and value.lower().startswith(_FORM) for name, value in item.headers)
        if len(self._contents) >= MOST_BODIES:
            oldest = next(iter(self._contents))
            yield from ((item.end, member, oldest >> 1) for member in self._contents.pop(oldest).end())
        window = WINDOW // (1 + len(self._contents))  # of 32 contents at once all windows together are 128 KB
        self._contents[_key(item)] = _Content(
            matcher.begin(window), matcher.begin(window) if form else None, left=self._depth)

    def _body(self, item: Body, content: _Content) -> Iterator[Found]:
        exact = item.end - item.start == len(item.data)
        for taken, member in content.feed(item.data):
            yield item.start + max(taken, 0) if exact else item.end, member, item.exchange


def _key(item: Item) -> int:
    """The message that an item belongs to."""
    return item.exchange << 1 | (item.direction is Direction.S2C)


def _place(found: Found) -> tuple[int, int]:
    return found[0], found[1]
