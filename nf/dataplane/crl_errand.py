"""The errand for a CA profile's CRL: fetched when it is due, judged, and put into the PKI directory."""

import os
import ssl
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import ClassVar, Final

from nf.dataplane.download import DownloadError, download, patience
from nf.dataplane.fetching import PATIENCE
from nf.pki.certificate import Certificate, read
from nf.pki.crl import RevocationList
from nf.pki.crl_renewal import UnfitCrlError, acceptable, due, own_lists
from nf.pki.files import good_certificates
from nf.pki.holdings import Holdings
from nf.policy.pki import CaProfile

LARGEST: Final = 32 << 20  # bytes of an answer; the largest lists of public CAs have some ten millions


@dataclass(frozen=True, slots=True)
class CrlErrand:
    """The list of one CA profile in this PKI directory."""

    directory: Path
    profile: CaProfile
    kind: ClassVar[str] = "crl"

    @property
    def name(self) -> str:
        """The CA profile's."""
        return self.profile.name

    def renew(self) -> bool | None:
        """Whether the list that came is another one than the one that is held; None where none was due."""
        holdings, now = Holdings(self.directory), datetime.now(UTC)
        found = good_certificates(holdings.path("ca-certificate", self.name))[0]
        authorities = [one for one in map(read, found) if one is not None]
        held, file = holdings.crls(self.name), holdings.path("crl", self.name)
        moment = due(own_lists(held, authorities), changed(file), self.profile.revocation.crl.refresh_interval)
        if moment is not None and moment > now:
            return None
        url, lists = _first(self.profile.revocation.crl.fetched_from, authorities, now)
        if all(one in held for one in lists):
            with suppress(OSError):  # then it counts as old
                os.utime(file)
            return False
        if not holdings.keep_crls(self.name, lists):
            raise DownloadError(f"{url}: CRL: it is older than the one that is held")
        return True


def changed(file: Path) -> datetime:
    """When a file was last written; long ago for one that is not there."""
    try:
        return datetime.fromtimestamp(file.stat().st_mtime, UTC)
    except OSError:
        return datetime.fromtimestamp(0, UTC)


def _first(urls: Iterable[str], authorities: Sequence[Certificate], now: datetime) -> tuple[str, list[RevocationList]]:
    """What the first URL has that gives an acceptable answer; DownloadError with what is wrong with each."""
    problems, context = [], _context(authorities)
    for url in urls:
        try:
            with patience(PATIENCE):
                return url, acceptable(download(url, LARGEST, context), authorities, now)
        except (DownloadError, UnfitCrlError) as error:
            problems.append(f"{url}: {error}")
    raise DownloadError("; ".join(problems))


def _context(authorities: Sequence[Certificate]) -> ssl.SSLContext:
    """For https: whom this machine trusts, and the CA itself."""
    context = ssl.create_default_context()
    if authorities:
        context.load_verify_locations(cadata=b"".join(one.der for one in authorities))
    return context
