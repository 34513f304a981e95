"""The errand for a feed of security intelligence: fetched as often as it says, looked through, and put into its file."""

import os
import ssl
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import ClassVar, Final

from nf.dataplane.crl_errand import changed
from nf.dataplane.download import DownloadError, download, patience
from nf.dataplane.fetching import PATIENCE
from nf.pki.files import make_directory, replace
from nf.policy.security_intelligence import GEO_IP, Feed
from nf.services.security_intelligence.table import read

LARGEST: Final = 64 << 20  # bytes of an answer


@dataclass(frozen=True, slots=True)
class FeedErrand:
    """One feed; workers see by themselves that its file has changed."""

    feed: Feed
    kind: ClassVar[str] = "feed"

    @property
    def name(self) -> str:
        """The feed's."""
        return self.feed.name

    def renew(self) -> bool | None:
        """Whether another content came than the file has; None where it is not time yet."""
        file = Path(self.feed.file)
        if changed(file) + timedelta(seconds=self.feed.interval) > datetime.now(UTC):
            return None
        try:
            with patience(PATIENCE):
                content = self._content()
        except DownloadError as error:
            raise DownloadError(f"{self.feed.url}: {error}") from error
        with suppress(OSError):
            if file.read_bytes() == content:
                os.utime(file)
                return False
        make_directory(file.parent)
        replace(file, content)
        return True

    def _content(self) -> bytes:
        content = download(self.feed.url, LARGEST, ssl.create_default_context())
        try:
            table = read(content.decode().splitlines(), countries=self.feed.category == GEO_IP)
        except UnicodeDecodeError:
            raise DownloadError("not a text in UTF-8") from None
        if table.size <= table.faults:
            raise DownloadError(f"no feed: {table.first_fault or 'it is empty'}")
        return content
