"""What a task is, what a source of tasks is, and everything that is due for somebody."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache

from django.conf import settings
from django.utils.module_loading import import_string

from branches.scope import Scope
from reports.models import Threshold

# How near the day is, the nearest first.
OVER, URGENT, SOON, AHEAD = "over", "urgent", "soon", "ahead"


@dataclass(frozen=True)
class Task:
    """One thing that is due: about whom or what, in words, by which day, and the page where it is settled."""

    kind: str
    about: str
    words: str
    url: str
    due_on: date
    place: str = ""
    level: str = AHEAD


@dataclass(frozen=True)
class Asking:
    """Who asks on which day: `scope(verb)` is where she may do it; `limits` are the days ahead, by code."""

    on: date
    scope: Callable[[str], Scope]
    limits: dict[str, int]

    def until(self, code) -> date:
        """The last day that is reminded of today."""
        return self.on + timedelta(days=self.limits[code])

    def level(self, kind, due_on) -> str:
        """How near the day is, by the thresholds `<kind>.urgent` and `<kind>.soon`, if the kind has them."""
        if due_on <= self.on:
            return OVER
        for level in (URGENT, SOON):
            days = self.limits.get(f"{kind}.{level}")
            if days is not None and due_on <= self.on + timedelta(days=days):
                return level
        return AHEAD

    def counted_days(self, due_on) -> str:
        """The distance to the day, in words."""
        days = (due_on - self.on).days
        if days == 0:
            return "今天"
        return f"还有 {days} 天" if days > 0 else f"已过 {-days} 天"


@dataclass(frozen=True)
class TaskSource:
    """A kind of task: who has `verb` somewhere is told of what `find` finds there."""

    code: str
    name: str
    verb: str
    find: Callable[[Asking, Scope], Iterable[Task]] = field(repr=False)


@lru_cache
def sources() -> dict[str, TaskSource]:
    """Every app's sources, written on the top floor because it names every app."""
    return {source.code: source for source in import_string(settings.TASK_SOURCES)}


def due(scope: Callable[[str], Scope], *, on: date, kinds=None) -> list[Task]:
    """What is due for somebody whose scopes are these, what is over first, then by its day."""
    limits = {code: threshold.value for code, threshold in Threshold.objects.by_code(on).items()}
    asking = Asking(on, scope, limits)
    found = [task for source in _asked(kinds) for task in _found(source, asking)]
    return sorted(found, key=lambda task: (task.due_on, task.kind, task.about))


def counted(tasks) -> dict[str, int]:
    """How many tasks there are of each kind that has any, in the order of the table."""
    numbers = dict.fromkeys(sources(), 0)
    for task in tasks:
        numbers[task.kind] += 1
    return {code: number for code, number in numbers.items() if number}


def _asked(kinds):
    return [source for source in sources().values() if not kinds or source.code in kinds]


def _found(source, asking) -> Iterable[Task]:
    scope = asking.scope(source.verb)
    return source.find(asking, scope) if scope else ()
