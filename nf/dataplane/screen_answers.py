"""What a running device says of its screens: how often each zone's session limits were met."""

from collections.abc import Mapping
from typing import Any

from hwmodel import Refusal
from nf.dataplane.device import Device


def statistics(device: Device, request: Mapping[str, Any]) -> Mapping[str, Any]:
    """Every zone that names a screen, or the one of that `zone`."""
    wanted, met = request.get("zone"), device.screening.met
    zones = device.first_path.systems.overview.zones
    return {"zones": [{"zone": name, "screen": zone.screen.name, "source": met[name, Refusal.SOURCE_LIMIT],
                       "destination": met[name, Refusal.DESTINATION_LIMIT]}
                      for name, zone in zones.items() if zone.screen is not None and _is(wanted, name)]}


def clear(device: Device, request: Mapping[str, Any]) -> Mapping[str, Any]:
    """Count anew in every zone, or in that one."""
    wanted, met = request.get("zone"), device.screening.met
    for zone, limit in [key for key in met if _is(wanted, key[0])]:
        del met[zone, limit]
    return {}


def _is(wanted: str | None, zone: str) -> bool:
    """A logical system's zone stands behind the system's name, and is found by its own alone too."""
    return wanted in (None, zone, zone.rpartition(" ")[2])
