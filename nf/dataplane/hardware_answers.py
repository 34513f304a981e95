"""What the modelled box shows under the real load: its SPUs, its network processors, its cards."""

from collections import Counter
from collections.abc import Mapping
from typing import Any, Final

from hwmodel.forwarding import forwarding
from hwmodel.threads import ThreadUsage
from nf.dataplane.device import Device
from nf.dataplane.ledger import COPIED, DROPPED, TRANSMITTED, Row
from nf.dataplane.messages import Progress

_WAYS: Final = (TRANSMITTED, COPIED, DROPPED)


def monitoring(device: Device, _: Mapping[str, Any]) -> Mapping[str, Any]:
    """What every SPU holds and how busy it is."""
    return {"platform": device.chassis.platform.name, "spus": [
        {"spu": status.spu, "fpc": status.fpc, "pic": status.pic, "role": status.role.value, "alive": status.alive,
         "cpu": round(status.cpu_percent), "sessions": status.sessions, "max-sessions": status.max_sessions,
         "ipv6-sessions": status.ipv6_sessions, "ipv6-creation-rate": status.ipv6_creation_rate,
         "cp-sessions": status.cp_sessions, "cp-max-sessions": status.cp_max_sessions, "created": status.created,
         "creation-rate": status.creation_rate, "failed": status.failed, "packets": status.work.packets,
         "bytes": status.work.bytes, "worker": device.worker_of.get(status.spu),
         "kinds": dict(status.work.kinds), "cpu-seconds": status.cpu_seconds,
         "threads": [_thread(thread) for thread in status.threads]}
        for status in device.chassis.status(device.loop.now)]}


def performance(device: Device, _: Mapping[str, Any]) -> Mapping[str, Any]:
    """The last 60 seconds of every SPU."""
    now = device.loop.now
    histories = ((place, device.chassis.history(spu, now)) for spu, place in device.places.items())
    return {"pics": [{**place, "cpu": [round(percent) for percent in history.cpu_percent], "sessions": history.sessions}
                     for place, history in histories]}


def flow_statistics(device: Device, _: Mapping[str, Any]) -> Mapping[str, Any]:
    """Packets of sessions that the SPUs saw, by what became of them."""
    packets = {spu: Counter(device.ledger.packets[spu]) for spu in device.worker_of}
    for row in device.ledger.rows.values():
        if row.progress is not None:
            packets[row.session.spu][_way(row)] += _carried(row.progress)
    sessions = {status.spu: status.sessions for status in device.chassis.status(device.loop.now)}
    return {"pics": [
        {**device.places[spu], "sessions": sessions[spu], "received": sum(packets[spu][way] for way in _WAYS),
         "offloaded": device.chassis.offloaded_packets[spu], **{way: packets[spu][way] for way in _WAYS}}
        for spu in device.worker_of]}


def flow_status(device: Device, _: Mapping[str, Any]) -> Mapping[str, Any]:
    """How flows are forwarded and spread."""
    settings = device.chassis.settings
    return {"distribution": device.chassis.distribution, "tracing": bool(device.about.tracing),
            "drop-flow": {"max-sessions": settings.drop_flow_percent, "timeout": settings.drop_flow_timeout}}


def cp_sessions(device: Device, _: Mapping[str, Any]) -> Mapping[str, Any]:
    """The central point's table, where the platform's inventory names a central point."""
    pending = sum(row.opened is None for row in device.ledger.rows.values())
    ending = sum(row.cleared and row.opened is not None for row in device.ledger.rows.values())
    slots = device.chassis.platform.ipv6_slots
    return {"pics": [
        {"fpc": status.fpc, "pic": status.pic, "valid": max(0, status.cp_sessions - pending - ending), "pending": pending,
         "invalidated": ending, "total": status.cp_sessions, "maximum": status.cp_max_sessions,
         "maximum-inet6": status.cp_max_sessions // slots}
        for status in device.chassis.status(device.loop.now) if status.cp_max_sessions]}


def np_cache(device: Device, _: Mapping[str, Any]) -> Mapping[str, Any]:
    """Wings in the caches of all network processors."""
    platform = device.chassis.platform
    return {"wings": device.chassis.wings(), "capacity": platform.wings_per_np * platform.network_processors}


def inventory(device: Device, _: Mapping[str, Any]) -> Mapping[str, Any]:
    """The cards, and of each whether its SPUs run; a fixed device is one card of its own."""
    platform = device.chassis.platform
    cards = [{"slot": card.slot, "name": card.name, "description": card.description, "model": card.model,
              "pics": card.pics} for card in platform.cards]
    status = device.chassis.status(device.loop.now)
    return {"platform": platform.name, "description": platform.description, "cards": cards,
            "spus": [{"fpc": one.fpc, "pic": one.pic, "role": one.role.value, "alive": one.alive,
                      "cpu": round(one.cpu_percent)} for one in status]}


def _thread(usage: ThreadUsage) -> Mapping[str, float]:
    return {"utilization": usage.utilization, "weighted": usage.weighted, "last-minute": usage.last_minute,
            "last-hour": usage.last_hour, "last-day": usage.last_day}


def forwarding_process(device: Device, _: Mapping[str, Any]) -> Mapping[str, Any]:
    """The forwarding process of a device with one SPU; None of what others have not."""
    found = forwarding(device.chassis.status(device.loop.now))
    return {"real-time-threads": None if found is None else found.real_time_threads, "uptime": device.loop.now - device.started}


def _way(row: Row) -> str:
    return COPIED if row.progress is not None and row.progress.termination is not None else TRANSMITTED


def _carried(progress: Progress) -> int:
    return progress.packets_c2s + progress.packets_s2c
