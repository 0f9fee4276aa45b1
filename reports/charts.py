"""Bars drawn as a table: each number is text and a link, and the bar beside it needs no script."""

from dataclasses import dataclass, field

WIDTH = 1000


@dataclass(frozen=True)
class Part:
    """A piece of a bar: how many, and where the rows behind it are; None is a hidden number."""

    name: str
    count: int | None
    url: str = ""
    start: float = 0
    width: float = 0


@dataclass(frozen=True)
class Bar:
    """A line of a chart, with a link of its own where there is more to see."""

    name: str
    parts: tuple[Part, ...]
    url: str = ""

    @property
    def total(self) -> int:
        """The length of the bar."""
        return sum(part.count or 0 for part in self.parts)

    @property
    def empty(self) -> bool:
        """Whether there is nothing to show; a hidden number is something."""
        return all(part.count == 0 for part in self.parts)


@dataclass(frozen=True)
class Chart:
    """A titled list of bars."""

    title: str
    of: str
    bars: list[Bar]
    legend: list[str] = field(default_factory=lambda: ["人数"])


def stacked(bars) -> list[Bar]:
    """The bars that show anything, their parts side by side, the longest over the whole width."""
    shown = [bar for bar in bars if not bar.empty]
    scale = WIDTH / max((bar.total for bar in shown), default=1) if any(bar.total for bar in shown) else 0
    return [Bar(bar.name, tuple(_placed(bar.parts, scale)), bar.url) for bar in shown]


def _placed(parts, scale):
    start = 0
    for part in parts:
        width = round((part.count or 0) * scale, 1)
        yield Part(part.name, part.count, part.url if part.count else "", start, width)
        start = round(start + width, 1)
