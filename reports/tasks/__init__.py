"""待办: what is due or overdue for whom. Derived each time from the rows, never stored.

Each kind is a source; the table of sources stands on the top floor, so that every app may add its own.
"""

from reports.tasks.sources import AHEAD, OVER, SOON, URGENT, Asking, Task, TaskSource, counted, due, sources

__all__ = ["AHEAD", "OVER", "SOON", "URGENT", "Asking", "Task", "TaskSource", "counted", "due", "sources"]
