"""Protocols as bytes: what the first bytes of a stream say, and parsers for what services ask to see in parts.

In: bytes as they came. Out: facts about them, or None while more bytes are needed.
Knows no sessions, no sockets, no policies.
"""
