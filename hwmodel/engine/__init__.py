"""The engines that play sessions to a platform: an exact one to read, event by event, and a vectorised one for millions.

In: a `Play`: platform, distribution, sessions as columns, and what each asks of an SPU. Out: an `Outcome`. Both follow one
model: a new session gets its SPU by the distribution and a place in its table or is refused; a flow's hash names its
thread; its packets come in batches over its life; a thread serves batches one by one, the highest priority's first,
the oldest first among equals. Knows nothing of reports, files or clocks.
"""
