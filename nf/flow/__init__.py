"""The flow module of an SPU: first path (zones, policy, services, SSL proxy plan) and what is logged of a session's life.

In: a five-tuple and the interface it came in on. Out: a SessionEntry, or the policy's refusal; where the policy waits for
the session's application, an entry whose case is open, and which is rewritten when the SSL proxy or inspection has told it.
Knows policies, services and the SSL proxy; knows no sockets, processes or configuration text.
"""
