"""The shapes of the answers, for the description of the API."""


def _object(**properties):
    return {"type": "object", "properties": properties}


def _list_of(items):
    return {"type": "array", "items": items}


TEXT, NUMBER = {"type": "string"}, {"type": "integer"}
FLAG = {"type": "boolean"}
CODED = {"code": TEXT, "name": TEXT}
UNIT = _object(**CODED, level=TEXT)
FIGURES = {"type": "object", "additionalProperties": _object(total=NUMBER, own=NUMBER)}
# What an answer says of its question.
ASKED = {
    "branch": {
        "type": ["object", "null"],
        "properties": CODED,
        "description": "只问一个党组织时是哪一个；未指定为 null",
    },
    "known_at": {
        "type": ["string", "null"],
        "format": "date-time",
        "description": "按哪一时刻掌握的数据；未指定为 null",
    },
}
INDICATORS = _list_of(
    _object(
        **CODED,
        definition=TEXT,
        additive=FLAG,
        dimensions=_list_of(_object(**CODED, values=_list_of(_object(**CODED)))),
    )
)
ROLLUP = _object(
    **ASKED,
    unit=UNIT,
    on={"type": "string", "format": "date"},
    tree={"type": "string", "enum": ["then", "now"]},
    indicators=FIGURES,
    children=_list_of(_object(unit=UNIT, indicators=FIGURES, children=_list_of({"type": "object"}))),
)
KIND_COUNTS = {
    "type": ["object", "null"],
    "description": "增减方式的代码及人数；无人员明细权限时小于5的及其掩护为 null，"
    "只问管辖范围中一部分的和下级单位整个为 null",
    "additionalProperties": {"type": ["integer", "null"]},
}
FLOW_FIGURES = {"opening": NUMBER, "in": KIND_COUNTS, "out": KIND_COUNTS, "closing": NUMBER}
FLOW = _object(
    **ASKED,
    unit=UNIT,
    since={"type": "string", "format": "date"},
    until={"type": "string", "format": "date"},
    tree={"type": "string", "enum": ["then", "now"]},
    **FLOW_FIGURES,
    children=_list_of(_object(unit=UNIT, **FLOW_FIGURES, children=_list_of({"type": "object"}))),
    kinds={
        "type": "object",
        "properties": {name: _list_of(_object(**CODED)) for name in ("in", "out")},
        "description": "各增减方式的代码和名称",
    },
)
BREAKDOWN = _object(
    **ASKED,
    cells=_list_of(
        {
            "type": "object",
            "description": "每个维度一个键，值为代码；无人员明细权限时小于5的格及其掩护格 count 为 null；"
            "只问一条街道、只分一项的，与管辖范围内再按街道分的表相同；只问其他部分的，"
            "该部分或与其并列的任一部分有小于5的格，则全部为 null",
            "properties": {"count": {"type": ["integer", "null"]}, "suppressed": FLAG},
            "additionalProperties": TEXT,
        }
    ),
    total=NUMBER,
)
LINK = {"type": ["string", "null"]}
ROWS = _object(
    **ASKED,
    count=NUMBER,
    next=LINK,
    previous=LINK,
    results=_list_of(
        {
            "type": "object",
            "description": "所计的对象（member、branch、team 等）；现不在管辖范围的为 null，并有 note",
            "properties": {
                "member": {"type": ["object", "null"]},
                "branch": {"type": ["object", "null"]},
                "team": {"type": ["object", "null"]},
                "carrier": {"type": ["object", "null"]},
                "household": {"type": ["object", "null"]},
                "matter": {"type": ["object", "null"]},
                "branches": _list_of({"type": "object"}),
                "unit": _object(**CODED),
                "note": TEXT,
            },
        }
    ),
)


def _page_of(row):
    return _object(count=NUMBER, next=LINK, previous=LINK, results=_list_of(row))


COUNTS = _list_of(_object(kind=TEXT, name=TEXT, count=NUMBER))
FINDINGS = _page_of(
    _object(
        branch=_object(id=NUMBER, **CODED),
        unit=_object(**CODED),
        kind=TEXT,
        name=TEXT,
        words=TEXT,
        source=TEXT,
    )
)
TASKS = _page_of(
    _object(
        kind=TEXT,
        name=TEXT,
        about=TEXT,
        words=TEXT,
        due_on={"type": "string", "format": "date"},
        level={"type": "string", "enum": ["over", "urgent", "soon", "ahead"]},
        place=TEXT,
        page=TEXT,
    )
)
