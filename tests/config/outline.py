"""Trees of statements as plain tuples, to compare."""

from nf.config.tree import Statement


def outline(statement: Statement) -> tuple[object, ...]:
    """What a tree says, without the lines that it stood on."""
    path = statement.word.path if statement.word else ""
    return (path, statement.keys, statement.inactive, tuple(statement.values), tuple(statement.idle),
            tuple(outline(child) for child in statement.children.values()))
