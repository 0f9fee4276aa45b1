"""Reading answers of the admin as a person would."""

from tests.ledger import fingerprint


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


def refused(browser, address, values):
    """What is wrong, by field, with what was sent to the page; nothing was written."""
    before = fingerprint()
    answer = browser.post(address, values)
    assert answer.status_code == 200
    assert fingerprint() == before
    return errors_of(answer)
