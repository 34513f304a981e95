"""What a running device says of its certificates."""

from collections.abc import Mapping
from typing import Any

from nf.dataplane.device import Device
from nf.dataplane.selection import RequestError


def directory(device: Device, _: Mapping[str, Any]) -> Mapping[str, Any]:
    """Where its PKI directory is: operators change that with rights of their own, not the device's."""
    store = device.about.store
    if store is None:
        raise RequestError("this device runs without a PKI directory")
    return {"directory": str(store.directory.resolve())}
