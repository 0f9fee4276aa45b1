"""What happened to one row: read from the event tables that the database fills, told in words."""

from dataclasses import dataclass, field
from datetime import timedelta
from itertools import chain

from django.conf import settings
from django.db import models
from django.utils import timezone

from branches.gates.deeds import deed_words
from core.models import AuditEntry, User
from core.precision import PartialDate
from core.privacy import last_four
from core.sealing import SealedField

KINDS = {"insert": "新增", "update": "修改", "delete": "删除"}
TAKEN_BACK = "撤回"


# An operation writes its audit entry at once; what came later than this was another one.
SAME_DEED = timedelta(minutes=1)
# Of the person, not of the record: shown masked, as in lists.
MASKED = {"number", "phone"}
# A branch's contact is a person, and so is who orders a service; an ID number's last four beside a birth date
# leave little to guess.
UNTOLD = {
    "version", "path", "contact", "contact_phone", "id_last4", "id_born_on", "settled",
    "requester_masked", "phone_last4", "phone_index", "code_index", "wrong_codes", "detail",
    "confirmer", "feedback",
    "reporter", "reporter_phone",
}  # fmt: skip


def keeps_events(model) -> bool:
    """Whether the database keeps the table's history."""
    return hasattr(model, "pgh_event_models")


@dataclass
class Change:
    """One row of one table that changed: which table, how, and the fields as (label, before, after)."""

    table: str
    kind: str
    values: list


@dataclass
class Deed:
    """What one transaction did to a row and its related rows."""

    at: object
    by: str = ""
    what: str = ""
    reason: str = ""
    changes: list = field(default_factory=list)
    events: list = field(default_factory=list)


def history_of(row, related=None, withheld=()) -> list[Deed]:
    """Every deed about `row`, newest first; `related` is {Model: "its key to the row"} of its own tables.

    Of the tables `withheld` nothing is told, nor what the audit says of them.
    """
    told = {model: key for model, key in (related or {}).items() if model not in withheld}
    tables = [_steps(model, {f"{key}_id": row.pk}) for model, key in told.items()]
    steps = sorted(chain(_steps(type(row), {"pgh_obj_id": row.pk}), *tables), key=_order)
    deeds = _grouped(steps)
    _say_what(deeds, _Names(steps))
    _say_who(deeds, row, withheld)
    return [deed for deed in reversed(deeds) if deed.changes or deed.what]


def _order(step):
    # A row is there before anything else happens to it, within one moment too.
    return step[1].pgh_created_at, step[1].pgh_label != "insert"


def _steps(model, condition):
    """(event before, event) of each row of the table, in the order in which they happened."""
    if not keeps_events(model):
        return
    before = {}
    for event in (
        model.pgh_event_model.objects.filter(**condition).select_related("pgh_context").order_by("pgh_id")
    ):
        yield before.get(event.pgh_obj_id), event
        before[event.pgh_obj_id] = event


def _grouped(steps):
    # All events of a transaction bear its one moment. A row that changed twice in it opens a second group.
    deeds, seen = [], set()
    for step in steps:
        event = step[1]
        key = (type(event), event.pgh_obj_id)
        if not deeds or deeds[-1].at != event.pgh_created_at or key in seen:
            deeds.append(Deed(at=event.pgh_created_at))
            seen = set()
        seen.add(key)
        deeds[-1].events.append(step)
    return deeds


class _Names:
    """What foreign keys of the events point to, read once for each table."""

    def __init__(self, steps):
        wanted = {}
        for _, event in steps:
            for column in _told(type(event)):
                if column.is_relation:
                    wanted.setdefault(column.related_model, set()).add(getattr(event, column.attname))
        self.rows = {model: _rows(model, numbers - {None}) for model, numbers in wanted.items()}

    def of(self, column, number):
        """The row's name, or its number when nothing is known of it."""
        return str(self.rows.get(column.related_model, {}).get(number, f"#{number}"))


def _rows(model, numbers) -> dict:
    """The rows of these numbers; one that has been taken back, as it was last known."""
    found = model._default_manager.in_bulk(list(numbers))
    gone = numbers - found.keys()
    if gone and keeps_events(model):
        columns = [column.attname for column in model.pgh_event_model._meta.fields]
        kept = [column.attname for column in model._meta.concrete_fields if column.attname in columns]
        for event in model.pgh_event_model.objects.filter(pgh_obj_id__in=gone).order_by("pgh_id"):
            found[event.pgh_obj_id] = model(**{name: getattr(event, name) for name in kept})
    return found


def _told(event_model):
    """The columns of an event that mean something to people: those that were given a Chinese name."""
    known = event_model.pgh_tracked_model._meta
    for column in event_model._meta.fields:
        if column.name.startswith("pgh_") or column.name in UNTOLD:
            continue
        if not str(known.get_field(column.name).verbose_name).isascii():
            yield column


def _say_what(deeds, names):
    for deed in deeds:
        changes = (_change(before, event, names) for before, event in deed.events)
        deed.changes = [change for change in changes if change]


def _change(before, event, names):
    """What one event changed, or nothing when it changed only what is not told."""
    columns = [column for column in _told(type(event)) if _differs(before, event, column)]
    values = [value for column in columns if (value := _value(before, event, column, names))]
    if event.pgh_label == "update" and not values:
        return None
    return Change(event.pgh_tracked_model._meta.verbose_name, _kind(event), values)


def _kind(event) -> str:
    """What was done to the row; where nothing is deleted, what is gone was taken back."""
    options = event.pgh_tracked_model._meta
    if event.pgh_label == "delete" and options.label_lower not in settings.DELETABLE_MODELS:
        return TAKEN_BACK
    return KINDS.get(event.pgh_label, event.pgh_label)


def _differs(before, event, column):
    if before is None or event.pgh_label != "update":
        return True
    told_together = (column.attname, _precision_of(column))
    return any(getattr(before, name, None) != getattr(event, name, None) for name in told_together)


def _value(before, event, column, names):
    """(label, before, after) of one column, or nothing when both are empty."""
    after = None if event.pgh_label == "delete" else event
    old, new = _words(before, column, names), _words(after, column, names)
    if not (old or new):
        return None
    label = event.pgh_tracked_model._meta.get_field(column.name).verbose_name
    if isinstance(column, SealedField):
        return label, "", "已更改" if before else "已填写"
    return label, old, new


def _precision_of(column) -> str:
    return column.name.removesuffix("_on") + "_precision"


def _words(event, column, names):
    value = getattr(event, column.attname, None)
    if value is None or value == "":
        return ""
    if isinstance(column, SealedField):
        return "已填写"
    if column.is_relation:
        return names.of(column, value)
    if column.choices:
        return str(dict(column.flatchoices).get(value, value))
    return _plain_words(event, column, value)


def _plain_words(event, column, value):
    if isinstance(value, list):
        return "；".join(map(_listed_words, value))
    if isinstance(column, models.BooleanField):
        return "是" if value else "否"
    if column.name in MASKED:
        return last_four(value)
    if isinstance(column, models.DateTimeField):
        return f"{timezone.localtime(value):%Y-%m-%d %H:%M}"
    precision = getattr(event, _precision_of(column), None)
    return str(PartialDate(value, precision)) if precision else str(value)


def _listed_words(row) -> str:
    """One of several rows kept together, by its values alone."""
    values = [value for value in row.values() if value is not None] if isinstance(row, dict) else [row]
    return " ".join("、".join(value) if isinstance(value, list) else str(value) for value in values)


def _say_who(deeds, row, withheld):
    entries = _entries_of(row, withheld)
    people = User.objects.in_bulk({_context_user(deed) for deed in deeds} - {None})
    for deed in deeds:
        entry = next((each for each in entries if _is_of(each, deed)), None)
        person = people.get(_context_user(deed))
        if entry:
            entries.remove(entry)
            person = person or entry.by
            deed.what, deed.reason = deed_words(entry.verb), entry.reason
        deed.by = str(person or "系统")


def _entries_of(row, withheld):
    nouns = {model._meta.model_name for model in withheld}
    about = AuditEntry.objects.about(row).select_related("by").order_by("at", "pk")
    return [entry for entry in about if entry.verb.partition(".")[0] not in nouns]


def _is_of(entry, deed):
    # Looking at a sealed value is a deed of its own, which changes nothing.
    return deed.at <= entry.at <= deed.at + SAME_DEED and not entry.verb.endswith(".revealed")


def _context_user(deed):
    contexts = (event.pgh_context for _, event in deed.events)
    return next((context.metadata.get("user") for context in contexts if context), None)
