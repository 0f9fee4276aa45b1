"""The admin's front: navigation by the day's work, and the search of the command palette."""


def navigation(request):
    """The sidebar: what this person may open, in the order of the day's work."""
    return []


def search(request, search_term):
    """What the command palette finds."""
    return []
