"""Platforms: a device's SPUs, what they hold, what work costs them; one TOML file each, the file name is the name.

In: a name, a name with a layout (`srx5800:spc3=4,spc2=2,ioc4=1`), or a file's path. Out: a `Platform`, every figure
with value, source and kind. Knows files; knows nothing of sessions or time.
"""

from pathlib import Path

from hwmodel.document import Section, read_toml
from hwmodel.platform.device_file import fixed_platform, modular_platform
from hwmodel.platform.facts import (
    DECIMAL_BLOCK,
    Card,
    Figure,
    Kind,
    Platform,
    PlatformError,
    Role,
    SessionIds,
    SpuSpec,
)
from hwmodel.platform.features import read_features

__all__ = [
    "DECIMAL_BLOCK",
    "PLATFORMS",
    "Card",
    "Figure",
    "Kind",
    "Platform",
    "PlatformError",
    "Role",
    "SessionIds",
    "SpuSpec",
    "available",
    "load_platform",
]

PLATFORMS = Path(__file__).parent.parent / "platforms"


def available() -> tuple[str, ...]:
    """The names of the platforms that come with the model."""
    return tuple(sorted(path.stem for path in PLATFORMS.glob("*.toml")))


def load_platform(name: str) -> Platform:
    """The platform of that name, or of the TOML file at that path; raises PlatformError."""
    if name.endswith(".toml") or "/" in name:
        return _platform(Path(name).stem, read_toml(Path(name), PlatformError))
    device, _, layout = name.partition(":")
    root = _shipped(device, name)
    if not layout:
        return _platform(name, root)
    if not isinstance(root.data.get("chassis"), dict):
        raise PlatformError("", name, f"{device} has no choice of cards; expected a chassis such as srx5800")
    title = f"{root.text('description').partition(':')[0]} with {layout.replace(',', ', ')}"
    return modular_platform(name, root, title, layout)


def _platform(name: str, root: Section) -> Platform:
    plain = _hardware(name, root)
    return read_features(root.section("features"), plain) if "features" in root.data else plain


def _hardware(name: str, root: Section) -> Platform:
    """A fixed device, a chassis, or one that names its chassis and says which cards are in it."""
    if "chassis" not in root.data:
        return fixed_platform(name, root)
    if isinstance(root.data["chassis"], dict):
        return modular_platform(name, root, root.text("description"), root.section("cards"))
    root.only(("description", "chassis", "cards", "features"))
    chassis = _shipped(root.text("chassis"), root.place("chassis"))
    if not isinstance(chassis.data.get("chassis"), dict):
        raise root.fault("chassis", f"{root.text('chassis')} has no choice of cards")
    return modular_platform(name, chassis, root.text("description"), root.section("cards"))


def _shipped(device: str, named: str) -> Section:
    if device not in available():
        known = ", ".join(available())
        raise PlatformError("", named, f"unknown platform; available: {known}, or the path of a .toml file")
    return read_toml(PLATFORMS / f"{device}.toml", PlatformError)
