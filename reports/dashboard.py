"""The admin's front page: the figures of the person's scope on a day, each opening to its rows."""

from django.contrib import messages
from django.db.models import Max, Min, Q
from django.http import QueryDict
from django.urls import reverse

from branches.gates import scope_for
from branches.models import Branch, Unit
from core import clock
from core.errors import DomainError
from reports.breakdowns import Breakdown, shown_cells
from reports.charts import Bar, Chart, Part, stacked
from reports.desk import summary
from reports.dimensions import dimensions_of
from reports.gates import FIGURES, whole_to_hide_in
from reports.indicators import INDICATORS
from reports.links import Links
from reports.parameters import Parameters
from reports.questions import Question
from reports.rollups import rollup

ASKED = ("unit", "on", "tree", "known_at")
ROSTER = INDICATORS["members.roster"]
MOST_BRANCHES = 40


def fill(request, context):
    """Add the figures to the front page's context; who has none is told why."""
    scope = scope_for(request.user, FIGURES)
    if scope:
        context["board"] = _board(request, scope)
    context["desk"] = summary(request.user)
    context["starts"] = _starts(context)
    if not scope:
        context |= _appointed_when(request.user, clock.today())
    return context


def _starts(context) -> list[dict]:
    """The pages of the navigation that the person may open, but for this one."""
    items = [item for group in context.get("sidebar_navigation", ()) for item in group["items"]]
    return [item for item in items if item["link"] and not item["active"]]


def _appointed_when(user, today) -> dict:
    """The day on which the next of her appointments `begins`, and on which the last one `ended`."""
    return user.appointments.aggregate(
        begins=Min("since", filter=Q(since__gt=today)), ended=Max("until", filter=Q(until__lte=today))
    )


def _board(request, scope) -> dict:
    asked, question = _understood(request, scope)
    whole = whole_to_hide_in(asked, question, request.user)
    with asked.as_known():
        return _counted(asked, question, whole, scope)


def _counted(asked, question, whole, scope) -> dict:
    links = Links(asked, question, opens=whole is None)
    found = rollup(question, INDICATORS.values(), depth=1)
    return {
        "place": "、".join(question.names()),
        "above": _above(asked, question, scope, links),
        "on": question.on,
        "tree": question.tree.word,
        "unit": asked.text("unit"),
        "today": asked.today,
        "known_at": asked.known_at,
        "figures": [_figure(code, figure["total"], links) for code, figure in found["indicators"].items()],
        "charts": [
            _ages(question, links, whole),
            _education(question, links, whole),
            _parts(found, question, scope, links),
        ],
    }


def _understood(request, scope):
    """The question asked; what is not understood is said, and today's figures are shown instead."""
    try:
        asked = Parameters(request.GET, ASKED, today=clock.today(), now=clock.now(), zoned=False)
        return asked, asked.question(scope)
    except DomainError as refusal:
        messages.error(request, refusal.detail)
        asked = Parameters(QueryDict(), ASKED, today=clock.today(), now=clock.now(), zoned=False)
        return asked, asked.question(scope)


def _above(asked, question, scope, links):
    """The units of the scope above the one asked about, to climb back."""
    if not asked.text("unit"):
        return []
    chain = Unit.objects.visible_in(scope).above(question.extents[0].unit.path)
    return [(unit.name, links.board(unit.code)) for unit in list(chain)[:-1]]


def _figure(code, count, links) -> dict:
    indicator = INDICATORS[code]
    return {
        "name": indicator.name,
        "definition": indicator.definition,
        "count": count,
        "url": links.rows(indicator) if count else "",
    }


def _divided(question, whole, *codes):
    """The roster's cells by some dimensions; hidden ones are None for who may not see persons."""
    known = dimensions_of(ROSTER)
    found = Breakdown(question, ROSTER, [known[code] for code in codes])
    cells = shown_cells(found, whole) if whole else found.cells(empty=True)
    return found, dict(cells)


def _ages(question: Question, links, whole) -> Chart:
    found, cells = _divided(question, whole, "sex", "age_band")
    sex, age = found.dimensions
    bars = [
        Bar(
            band_name,
            tuple(
                Part(sex_name, cells[code, band], links.rows(ROSTER, sex=code, age_band=band))
                for code, sex_name in found.values_of(sex)
            ),
        )
        for band, band_name in found.values_of(age)
    ]
    return Chart("年龄和性别", "年龄段", stacked(bars), [name for _, name in found.values_of(sex)])


def _education(question, links, whole) -> Chart:
    found, cells = _divided(question, whole, "education_band")
    bars = [
        Bar(name, (Part("人数", cells[code,], links.rows(ROSTER, education_band=code)),))
        for code, name in found.values_of(found.dimensions[0])
    ]
    return Chart("学历", "学历", stacked(bars))


def _parts(found, question, scope, links) -> Chart:
    """The roster by the units below, or where there are none by branch."""
    if found["children"]:
        return _by_unit(found, scope, links)
    return _by_branch(question, links)


def _by_unit(found, scope, links) -> Chart:
    codes = [child["unit"]["code"] for child in found["children"]]
    open_to = set(Unit.objects.visible_in(scope).filter(code__in=codes).values_list("code", flat=True))
    bars = [_unit_bar(child, open_to, links) for child in found["children"]]
    own = found["indicators"][ROSTER.code]["own"]
    if own:
        unit = found["unit"]
        url = links.rows(ROSTER, street=unit["code"]) if unit["level"] == "district" else ""
        bars.insert(0, Bar("本级", (Part("人数", own, url),)))
    return Chart("按下级单位", "单位", stacked(bars))


def _unit_bar(child, open_to, links) -> Bar:
    code, count = child["unit"]["code"], child["indicators"][ROSTER.code]["total"]
    inside = code in open_to
    part = Part("人数", count, links.rows(ROSTER, unit=code) if inside else "")
    return Bar(child["unit"]["name"], (part,), links.board(code) if inside else "")


def _by_branch(question, links) -> Chart:
    counts = ROSTER.counts(question.on)
    here = {branch: counts[branch] for branch in question.branch_paths if branch in counts}
    largest = sorted(here, key=lambda branch: (-here[branch], branch))[:MOST_BRANCHES]
    branches = Branch.objects.in_bulk(largest)
    bars = [
        Bar(
            str(branches[branch]),
            (Part("人数", here[branch], links.rows(ROSTER, branch=branches[branch].code)),),
            reverse("admin:branches_branch_change", args=[branch]) if links.opens else "",
        )
        for branch in largest
    ]
    return Chart("按党支部", "党支部", stacked(bars))
