"""The CA that follows the SRX's own, in labs whose configurations name it: the same directory, and a file for clients."""

from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding

from nf.pki import Authority
from nf.pki.authority import succeed
from nf.pki.store import save_authority
from scenarios.schema import Scenario

NEXT_CA, NEXT_CA_NAME = "ssl-proxy-ca-2", "SRX SSL proxy CA 2"  # certificate id for root-ca, and what clients see


def next_ca_file(home: Path) -> Path:
    """Its certificate alone, as clients install it."""
    return home / f"{NEXT_CA}.crt"


def make_next_ca(scenario: Scenario, present: Authority, home: Path, at: datetime) -> None:
    """As `srxnf pki rollover` and `srxnf pki export` make it."""
    if NEXT_CA in scenario.junos + scenario.junos_commit:
        following = succeed(present, NEXT_CA_NAME, at=at)
        save_authority(home / "pki", NEXT_CA, following)
        next_ca_file(home).write_bytes(following.certificate.public_bytes(Encoding.PEM))
