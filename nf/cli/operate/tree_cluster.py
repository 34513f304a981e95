"""`show chassis cluster …` and `request chassis cluster …`."""

from nf.cli.operate import values
from nf.cli.operate.grammar import Ask, Word
from nf.cli.operate.render import cluster

_GROUP = values.number("<redundancy-group>", 0, 255)
_NODE = values.number("<node>", 0, 1)

SHOW_CLUSTER = Word("cluster", "This node and the other one of a chassis cluster", children=(
    Word("information", "What this node has been", end=Ask({"show": "cluster-information"}, cluster.information)),
    Word("interfaces", "The link between the nodes, and interfaces that move between them",
         end=Ask({"show": "cluster-interfaces"}, cluster.interfaces)),
    Word("statistics", "Heartbeats, and what the nodes told each other of sessions",
         end=Ask({"show": "cluster-statistics"}, cluster.statistics)),
    Word("status", "Who is primary", end=Ask({"show": "cluster"}, cluster.status))))

REQUEST_CHASSIS = Word("chassis", "Chassis", children=(
    Word("cluster", "Chassis cluster", children=(
        Word("failover", "Who is primary", children=(
            Word("redundancy-group", "Have a node become primary in a group", value=_GROUP, children=(
                Word("node", "Number of the node", value=_NODE,
                     end=Ask({"request": "cluster-failover"}, cluster.initiated)),)),
            Word("reset", "Take a manual failover back", children=(
                Word("redundancy-group", "In this group", value=_GROUP,
                     end=Ask({"request": "cluster-reset"}, cluster.was_reset)),)))),)),))
