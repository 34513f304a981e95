"""Rows of the comparison: a prediction for every published point, and its error."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from hwmodel.cluster import RTO_BYTES, RTOS_A_SESSION, backup_seconds
from hwmodel.platform import Kind, Platform, available, load_platform
from hwmodel.validation.fit import IMIX, LARGE, Fit, as_shipped, on_the_sheet
from hwmodel.validation.points import Point, read_points
from hwmodel.work import Work

_TITLES = "| Platform | Point | Predicted | Published | Error | Bound | Fitted on | Source |"


@dataclass(frozen=True, slots=True)
class Row:
    """One prediction; `error` is a share of the nearest published value, 0 within their range."""

    platform: str
    what: str
    predicted: float
    published_low: float
    published_high: float
    unit: str
    bound: float | None
    fit: str
    kind: Kind
    source: str

    @property
    def error(self) -> float:
        """How far the prediction lies above (below: negative) what was published."""
        nearest = min(max(self.predicted, self.published_low), self.published_high)
        return self.predicted / nearest - 1

    @property
    def missed(self) -> bool:
        """Whether a bound was promised and is not kept."""
        return self.bound is not None and abs(self.error) > self.bound


def validate() -> tuple[Row, ...]:
    """Every published point with its prediction: measured ones first, then sheets' IMIX throughput and chassis' sessions."""
    measured = [_row(point) for point in read_points()]
    platforms = tuple(map(load_platform, available()))
    imix = (_imix(platform) for platform in platforms if _has_sheet(platform))
    chassis = {platform.cards: platform for platform in reversed(platforms) if platform.cards and platform.published}
    return (*measured, *imix, *map(_sessions, reversed(chassis.values())))


def markdown(rows: tuple[Row, ...]) -> str:
    """The rows as a table."""
    return "\n".join([_TITLES, "|---|---|--:|--:|--:|--:|---|---|", *map(_line, rows)]) + "\n"


def _line(row: Row) -> str:
    low, high = _number(row.published_low), _number(row.published_high)
    published = low if low == high else f"{low}-{high}"
    bound = "" if row.bound is None else f"{row.bound:.0%}{', missed' if row.missed else ''}"
    values = (f"{value} {row.unit}".rstrip() for value in (_number(row.predicted), published))
    cells = (row.platform, row.what, *values, f"{row.error:+.0%}", bound, row.fit, f"{row.kind.value}: {row.source}")
    return f"| {' | '.join(cells)} |"


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 1000 else f"{value:.3g}"


def _row(point: Point) -> Row:
    platform = load_platform(point.platform)
    fit = on_the_sheet(platform) if point.fit == "sheet" else as_shipped(platform)
    predicted = _QUANTITIES[point.quantity](platform, fit, point.load)
    return Row(point.platform, point.what, predicted, point.low, point.high, point.unit, point.bound, fit.name,
               point.kind, point.source)


def _has_sheet(platform: Platform) -> bool:
    # with Express Path the large-packet figure is not the CPU's
    return {"large_gbps", "imix_gbps", "cps"} <= set(platform.published) and not platform.express_path


def _imix(platform: Platform) -> Row:
    fit, published = on_the_sheet(platform), platform.published["imix_gbps"]
    value = float(published.value)
    return Row(platform.name, "IMIX throughput (7:4:1)", fit.gbps(IMIX), value, value, "Gbps", None, fit.name,
               published.kind, published.source)


def _sessions(platform: Platform) -> Row:
    published, fit = platform.published["sessions"], "its cards; theirs on the SRX5800"
    value = float(published.value)
    return Row(platform.name, "sessions of all cards", platform.max_sessions, value, value, "", None, fit,
               published.kind, published.source)


def _cpu(_: Platform, fit: Fit, load: Work) -> float:
    return fit.cpu_percent(load)


def _packets(_: Platform, fit: Fit, load: Work) -> float:
    return fit.packets_per_second(load.bytes)


def _rto_rate(_: Platform, __: Fit, load: Work) -> float:
    return float(load.sessions * RTOS_A_SESSION)


def _backup(platform: Platform, fit: Fit, load: Work) -> float:
    return 100 * backup_seconds(platform.costs) * load.sessions * RTOS_A_SESSION / fit.threads


def _backup_as_ipsec(platform: Platform, fit: Fit, load: Work) -> float:
    """A message costs an IPsec packet of its size, and installing each of a session's wings one fast-path packet."""
    large_us = fit.threads * LARGE * 8 / (1e3 * float(platform.published["ipsec_gbps"].value))
    imix_us = fit.threads * IMIX * 8 / (1e3 * float(platform.published["ipsec_imix_gbps"].value))
    message_us = imix_us + (large_us - imix_us) * (float(RTO_BYTES.value) - IMIX) / (LARGE - IMIX)
    session_us = RTOS_A_SESSION * message_us + 2 * fit.costs.packet_us
    return 100 * load.sessions * session_us / 1e6 / fit.threads


def _tls_loss(_: Platform, fit: Fit, load: Work) -> float:
    """Share of inspected connections lost when each must be decrypted first, all handshakes full."""
    plain = replace(load, sessions=1, inspected_bytes=load.bytes)
    decrypted = replace(plain, full_handshakes=1, decrypted_bytes=load.bytes)
    return 100 * (1 - fit.costs.seconds(plain) / fit.costs.seconds(decrypted))


_QUANTITIES: dict[str, Callable[[Platform, Fit, Work], float]] = {
    "cpu": _cpu,
    "packets_per_second": _packets,
    "rto_rate": _rto_rate,
    "backup_cpu": _backup,
    "backup_cpu_ipsec": _backup_as_ipsec,
    "tls_loss": _tls_loss,
}
