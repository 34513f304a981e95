"""Whether the security services could start with what the configuration wants of them, files that it names included."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nf.config import Configuration


def service_findings(configuration: "Configuration") -> tuple[list[str], list[str]]:
    """What would keep services from starting, and what they leave out of files that the configuration names, a line each."""
    from nf.services import ServiceError, engage, notes

    systems = configuration.systems
    try:
        engaged = engage(systems)
    except ServiceError as error:
        return [str(error)], []
    return [], list(notes(engaged, systems))
