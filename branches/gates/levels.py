"""Which verb a unit asks for: streets and communities are the district's, the rest also the street's."""

from branches.models import Level

ADD_VERBS = ("branches.add_division", "branches.add_grid")
CHANGE_VERBS = ("branches.change_division", "branches.change_grid")
# How it is reached each unit keeps itself.
CONTACT_VERB = "branches.change_contact"


def add_verb(parent) -> str:
    """What it takes to add a unit below `parent`."""
    return ADD_VERBS[parent.level >= Level.COMMUNITY]


def change_verb(unit) -> str:
    """What it takes to change the unit."""
    return CHANGE_VERBS[unit.level > Level.COMMUNITY]
