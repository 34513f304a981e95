"""Zones, address books, applications, policies and SSL proxy profiles: what the operator wants, as frozen facts.

In: values that the configuration reader has checked. Out: answers to "which policy covers this flow?".
Knows five-tuples; knows nothing of text, sockets, TLS or OpenFlow.
"""
