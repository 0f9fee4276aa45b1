"""Reading answers of the admin as a person would."""


def told(response):
    """What the person was told after a redirect."""
    return [str(message) for message in response.context["messages"]]


def errors_of(response):
    """What is wrong, by field, in the form shown."""
    shown = response.context.get("adminform")
    form = shown.form if shown else response.context["form"]
    return {field: list(errors) for field, errors in form.errors.items()}


def rows_of(response):
    """The rows of a list page."""
    return list(response.context["cl"].result_list)
