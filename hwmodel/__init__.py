"""The hardware of an SRX: I/O cards, network processors, the central point, SPUs, and how sessions spread over them.

In: packets and finished work, each with the time. Out: placements, and what every part is loaded with.
Knows five-tuples, wings, sessions and work; knows nothing of TLS, policies, sockets or clocks.
"""
