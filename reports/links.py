"""Where a number leads: to its rows on the same day and in the same tree, or to a smaller unit's figures."""

from urllib.parse import urlencode

from django.urls import reverse


class Links:
    """The links of one page of figures; `opens` says whether the person may see the rows at all."""

    def __init__(self, asked, question, *, opens: bool):
        self.opens = opens
        self.day = {"on": question.on.isoformat()} if question.on != asked.today else {}
        if question.tree.word != "then":
            self.day["tree"] = question.tree.word
        if asked.known_at:
            self.day["known_at"] = asked.text("known_at")
        self.place = {name: asked.text(name) for name in ("unit", "branch") if asked.text(name)}

    def rows(self, indicator, **narrower) -> str:
        """The rows behind a figure, or behind one part of it."""
        if not self.opens:
            return ""
        place = {} if {"unit", "branch"} & set(narrower) else self.place
        return self._to(reverse("figure_rows", args=[indicator.code]), {**place, **self.day, **narrower})

    def board(self, unit: str) -> str:
        """The figures of a unit."""
        return self._to(reverse("admin:index"), {"unit": unit, **self.day})

    def _to(self, page, parameters):
        return f"{page}?{urlencode(parameters)}" if parameters else page
