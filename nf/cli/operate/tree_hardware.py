"""`show security monitoring`, `show security flow …`, `show security np-cache` and `show chassis …`: the modelled box."""

from nf.cli.operate import values
from nf.cli.operate.grammar import Ask, Word
from nf.cli.operate.render import chassis, cpu, flow, monitoring
from nf.cli.operate.tree_cluster import SHOW_CLUSTER

_FPC = Word("fpc", "Flexible PIC concentrator", value=values.number("<fpc>", 0, 23), local=True)
_PIC = Word("pic", "PIC of that FPC", value=values.number("<pic>", 0, 3), local=True)
_THREAD = Word("thread", "Thread of that PIC", value=values.number("<thread>", 0, 31), local=True)
_LOAD = {"show": "monitoring"}

MONITORING = Word(
    "monitoring", "Load of the SPUs", end=Ask(_LOAD, monitoring.monitoring), options=(_FPC,),
    children=(Word("performance", "The last 60 seconds", children=(
        Word("spu", "CPU utilization", options=(_FPC,), end=Ask({"show": "performance"}, monitoring.cpu), children=(
            Word("extensive", "Of each thread", options=(_FPC,), end=Ask(_LOAD, monitoring.threads)),
            Word("summary", "Of each thread in the last minute, hour and day", options=(_FPC, _PIC, _THREAD),
                 end=Ask(_LOAD, monitoring.thread_windows)))),
        Word("session", "Sessions", options=(_FPC,), end=Ask({"show": "performance"}, monitoring.session_counts)))),))

FLOW = (
    Word("statistics", "Packets, and what became of them", end=Ask({"show": "flow-statistics"}, flow.statistics)),
    Word("status", "How flows are forwarded and spread", end=Ask({"show": "flow-status"}, flow.status)),
    Word("cp-session", "Sessions in the central point's table", children=(
        Word("summary", "How many there are", end=Ask({"show": "cp-sessions"}, flow.cp_summary)),)))

NP_CACHE = Word("np-cache", "Session caches of the network processors", children=(
    Word("summary", "How full they are", end=Ask({"show": "np-cache"}, flow.np_cache)),))

SRXNF = Word("srxnf", "What is ours, and on no device", children=(
    Word("cpu", "Modelled and real CPU time of each worker", end=Ask({"show": "cpu"}, cpu.cpu)),))

CHASSIS = Word("chassis", "Hardware information", children=(
    SHOW_CLUSTER,
    Word("hardware", "Cards", end=Ask({"show": "inventory"}, chassis.hardware)),
    Word("fpc", "State of the cards", end=Ask({"show": "inventory"}, chassis.fpc)),
    Word("forwarding", "The forwarding process of a device with one SPU",
         end=Ask({"show": "forwarding"}, chassis.forwarding))))
