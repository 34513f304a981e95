"""What the SRX says about sessions, in the names and the field order of Junos.

In: facts about a session, what it carried and how it ended. Out: records, and the same as lines of structured
syslog or JSON. Knows policies and five-tuples; opens no file and asks for no time: whoever writes the line has both.
"""
