"""Where log records go: files that rotate, and the syslog servers of `security log stream`.

In: log records, and the facts of `security log`. Out: lines in files and on the network. Whoever logs only writes a
file or hands records over, and never waits: a process of its own keeps the connections. Lines that could not be written
are counted, not kept. Knows nothing of sessions, flows or switches, so data plane and controller may both write here.
"""

from nf.sinks.log_file import LogFile, Rotation
from nf.sinks.sinks import Sinks
from nf.sinks.tally import Tally
from nf.sinks.targets import StreamError, Target

__all__ = ["LogFile", "Rotation", "Sinks", "StreamError", "Tally", "Target"]
