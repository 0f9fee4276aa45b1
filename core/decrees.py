"""Rules that change by decree and not by release: dated rows, of each code one in force."""

from core.audit import record
from core.changes import check, locked, not_after, save_change, words_of
from core.errors import DomainError, InvalidValue
from core.periods import PeriodQuerySet


class DecreeQuerySet(PeriodQuerySet):
    def by_code(self, day) -> dict:
        """By code, the rule in force on the day; before the first of a code, its first."""
        found = {}
        for rule in self.order_by("code", "since"):
            if rule.since <= day or rule.code not in found:
                found[rule.code] = rule
        return found


def superseded(rule, *, since, source, today, version=None):
    """The rule as it held until the day `since`, ended there; `source` is what says so.

    Raise DomainError when it has been superseded already, InvalidValue on `since` or `source`.
    """
    current = locked(rule, version=version)
    if current.until:
        raise DomainError(f"“{current}”已于 {current.until} 被替代，请改现行的")
    not_after(since, today, field="since", label="起始日期")
    if since <= current.since:
        raise InvalidValue(f"起始日期 {since} 必须晚于现行规定的起始日期 {current.since}", field="since")
    words_of(source, "须写明依据", field="source")
    current.until = since
    save_change(current)
    return current


def enacted(rule, *, verb, field, by):
    """Write the rule that holds from its day on, and put it on record."""
    check(rule)
    rule.save()
    record(verb, rule, by=by, fields=[field], reason=rule.source)
    return rule
