"""The data plane that runs: the central-point process, its SPU workers, their sockets, timers and log files.

In: connections from the network, the configuration and the PKI directory. Out: connections to servers, log lines,
answers on the control socket. Decides nothing: flow, sslproxy and hwmodel decide, this room carries out.
"""
