"""One HTTP message that an ICAP server is to see: its head, and as much of its content as is kept."""

from dataclasses import dataclass, field
from typing import Final
from zlib import crc32

from nf.protocols.encapsulated import content_length, expects_body, request_head, response_head
from nf.protocols.items import Request, Response

KEPT: Final = 64 << 10  # bytes of a message that are kept until it is judged; of a longer one what is sent is given up


@dataclass(slots=True)
class Message:
    """A request for REQMOD, a response for RESPMOD; `size` is how much of its content has come."""

    item: Request | Response
    scheme: str = "http"
    content: bytearray = field(default_factory=bytearray)  # from offset `given_up` on
    size: int = 0
    given_up: int = 0
    checksum: int = 0  # of all of it
    is_whole: bool = False
    has_content: bool = False

    def __post_init__(self) -> None:
        self.has_content = expects_body(self.item)

    @property
    def method(self) -> str:
        """ICAP's."""
        return "REQMOD" if isinstance(self.item, Request) else "RESPMOD"

    @property
    def request(self) -> Request | None:
        """The request, or the one that this is the response to."""
        return self.item if isinstance(self.item, Request) else self.item.request

    @property
    def url(self) -> str:
        """For log lines: host and path, without the query, which may hold secrets."""
        request = self.request
        return "" if request is None else request.host + request.path.partition("?")[0]

    @property
    def extension(self) -> str:
        """That of the file which the URL names, in lower case."""
        name = self.url.rpartition("/")[2]
        return name.rpartition(".")[2].lower() if "." in name else ""

    @property
    def is_small(self) -> bool:
        """Whether all of it will be kept, as far as can be told."""
        length = self.size if self.is_whole else content_length(self.item)
        return not self.has_content or (length is not None and length <= KEPT and not self.given_up)

    def heads(self) -> list[tuple[str, bytes]]:
        """The HTTP heads by ICAP's names for their sections."""
        request = self.request
        heads = [] if request is None else [("req-hdr", request_head(request, self.scheme))]
        return heads if isinstance(self.item, Request) else [*heads, ("res-hdr", response_head(self.item))]

    def add(self, data: bytes) -> None:
        """More of its content."""
        self.content += data
        self.size += len(data)
        self.checksum = crc32(data, self.checksum)

    def between(self, start: int, end: int | None = None) -> bytes:
        """Content that is still kept, by its offsets."""
        return bytes(self.content[start - self.given_up:None if end is None else end - self.given_up])

    def give_up(self, upto: int) -> None:
        """Keep no content before this offset any more."""
        del self.content[:upto - self.given_up]
        self.given_up = upto
