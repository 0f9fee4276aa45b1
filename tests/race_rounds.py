"""How many rounds a race runs: a few by default, the long form with RACE_ROUNDS=300."""

import os


def race_rounds(few: int) -> int:
    """As many rounds as the environment asks for, else `few`."""
    return int(os.environ.get("RACE_ROUNDS", few))
