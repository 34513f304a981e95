"""Whether each SSL proxy profile in use could start: at all, and with what a PKI directory holds (`srxnf check --pki`)."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nf.config import Configuration


def unstartable_profiles(configuration: "Configuration") -> list[str]:
    """What would keep profiles from starting whatever the certificates are, a line each."""
    from nf.dataplane.credentials import unstartable

    return list(filter(None, map(unstartable, configuration.systems.profiles_in_use.values())))


def pki_findings(configuration: "Configuration", directory: Path) -> tuple[list[str], list[str]]:
    """What would keep profiles from starting, and what would be told and left out at the start, a line each."""
    from datetime import UTC, datetime

    from nf.dataplane.assembly import DEFAULT_PLATFORM
    from nf.dataplane.credentials import ProfileError, credentials
    from nf.pki import PkiError, PkiStore

    try:
        store = PkiStore.load(directory)
    except PkiError as error:
        return [str(error)], []
    wrong = []
    for profile in configuration.systems.profiles_in_use.values():
        try:
            credentials(profile, configuration, store, DEFAULT_PLATFORM)
        except (ProfileError, PkiError) as error:
            wrong.append(str(error))
    left_out = (error for error in store.problems if str(error) not in wrong)
    return wrong, [str(error) for error in (*left_out, *store.ending(signing(configuration), datetime.now(UTC)))]


def signing(configuration: "Configuration") -> frozenset[str]:
    """The certificate ids of the CAs that profiles in use sign with."""
    return frozenset(name for profile in configuration.systems.profiles_in_use.values() for name in profile.root_ca)
