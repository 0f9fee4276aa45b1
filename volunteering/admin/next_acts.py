"""What may be done with a row next, as buttons at the head of its page."""


class NextActs:
    """An admin whose acts are more than its form: they come first."""

    class Media:
        css = {"all": ["volunteering/desk.css"]}

    change_form_outer_before_template = "branches/next_acts.html"
