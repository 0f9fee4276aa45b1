"""How personal numbers are shown where the whole is not needed."""


def last_four(number: str) -> str:
    """The last four characters behind stars: ****1234. First digits and birth date would rebuild the rest."""
    return f"****{number[-4:]}" if number else ""


def first_and_last(name: str) -> str:
    """A name by which neighbours know whom is meant, and strangers do not: 王*英, 王*."""
    return f"{name[0]}{'*' * (len(name) - 2)}{name[-1]}" if len(name) > 2 else first_character(name)


def first_character(name: str) -> str:
    """The first character of a name, behind which stars stand for the rest: 王**."""
    return f"{name[:1]}{'*' * max(1, len(name) - 1)}" if name else ""
