"""The certificate cache: for each server and name the TLS context that shows a certificate forged after the server's."""

import gc
from collections import OrderedDict
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from cryptography import x509

from nf.dataplane.cache_counters import CacheCounters
from nf.dataplane.cache_room import CacheRoom
from nf.dataplane.tls_facts import slash_form
from nf.pki import AuthFailure
from nf.tls.termination import SiteContext

# As devices show them; the numbers of other outcomes are not known, so those have none.
_SUCCESSFUL: Final = "[0x1]: CA issued, Authentication Successful"
_VERIFIED: Final = "ok [0x0]"
SWEEP: Final = 4096  # sites made, a kilobyte of cycles each, after which the collector comes


@dataclass(slots=True)
class Site:
    """What clients of one server are shown, and until when."""

    context: SiteContext
    certificate: x509.Certificate
    server_name: str | None
    failure: AuthFailure | None
    made: datetime
    expires: datetime
    crl_updates: int = 0  # CRL updates that the profile had seen when it was made
    uses: int = 1


class CertificateCache:
    """One profile's, in one worker; what is longest unused goes first. A room without places keeps nothing."""

    def __init__(self, profile: str, room: CacheRoom, system: str = "") -> None:
        self.counters = CacheCounters()
        self._profile, self._room, self._system = profile, room, system
        self._sites: OrderedDict[Hashable, Site] = OrderedDict()
        self._made = 0
        room.join(system, self)

    @property
    def limit(self) -> int:
        """How many sites there may be, of all profiles together."""
        return self._room.limit

    def __len__(self) -> int:
        return len(self._sites)

    held = __len__

    def find(self, key: Hashable, at: datetime) -> SiteContext | None:
        """The context kept under this key, while its time has not run out; nor has it begun where the clock was set back."""
        site = self._sites.get(key)
        if site is None or not site.made <= at < site.expires:
            self.counters.misses += 1
            return None
        self.counters.hits += 1
        self._sites.move_to_end(key)
        site.uses += 1
        return site.context

    def keep(self, key: Hashable, site: Site) -> None:
        """Keep a site, in another's place where there is no room."""
        self._made += 1
        if self._made % SWEEP == 0:  # pyOpenSSL's callbacks refer to themselves, and workers let the collector come rarely
            gc.collect()
        if not self.limit:
            return
        if self._sites.pop(key, None) is None:
            self._room.make_way(self._system)
        self._sites[key] = site

    def drop_oldest(self) -> None:
        """Forget what is longest unused, for lack of room."""
        self._sites.popitem(last=False)
        self.counters.full += 1

    def clear(self) -> int:
        """Forget all; returns how many there were."""
        count = len(self._sites)
        self._sites.clear()
        return count

    def entries(self) -> Iterator[Mapping[str, Any]]:
        """The sites as plain data under Junos's names, the longest unused first."""
        at = datetime.now(UTC)
        for key, site in self._sites.items():
            certificate, verified = site.certificate, site.failure is None
            yield {
                "cache-key": f"{hash(key) & 0xFFFFFFFFFFFFFFFF:016x}", "serial-number": _hex(certificate.serial_number),
                "init-profile": self._profile, "num-of-crl-update": site.crl_updates,
                "expires-in": (site.expires - at).total_seconds(),
                "interdicted-cert-type": _SUCCESSFUL if verified else "CA issued, Authentication failed",
                "server-cert-verification-result": _VERIFIED if site.failure is None else site.failure.value,
                "cert-ref-count": site.uses, "subject": slash_form(certificate.subject),
                "issuer": slash_form(certificate.issuer), "server-name": site.server_name}


def _hex(serial: int) -> str:
    """Whole bytes, as openssl prints serial numbers."""
    return serial.to_bytes(max(1, (serial.bit_length() + 7) // 8)).hex()
