"""The sections of a member's pages: what is asked first, what is folded away, what is only shown."""

from members.admin.forms import PARTIAL_DATES

REGISTER_FIELDSETS = [
    (
        None,
        {
            "fields": [
                ("name", "sex"),
                ("id_number", "ethnic_group"),
                ("birth_on", "standing"),
                ("joined_on", "full_on"),
                ("retire_kind", "employer"),
                ("phone", "phone_owner"),
            ]
        },
    ),
    (
        "组织关系",
        {"fields": [("branch", "group"), ("since", "began_by"), ("document", "handed_over_by")]},
    ),
    (
        "学历和离退休（选填）",
        {
            "classes": ["collapse"],
            "fields": [
                ("former_name", "education"),
                ("worked_on", "retired_on"),
                ("former_title", "party_age_correction"),
            ],
        },
    ),
    ("居住和特长（选填）", {"classes": ["collapse"], "fields": [("residence", "address"), "skills"]}),
    (
        "特别情况（选填）",
        {"classes": ["collapse"], "fields": ["health_note", "lost_since", ("floating_since", "floating_to")]},
    ),
    ("备注（选填）", {"classes": ["collapse"], "fields": ["note"]}),
]
# For who may not change them, dates stand with the precision in which they are known.
SHOWN = {name: f"{name.removesuffix('_on')}_shown" for name in PARTIAL_DATES}
SECTIONS = [
    (
        "基本信息",
        [
            ("name", "former_name"),
            ("sex", "ethnic_group"),
            ("birth_on", "education"),
            ("id_secret", "new_id_number"),
        ],
    ),
    ("入党", [("joined_on", "full_on"), ("standing_shown", "party_age"), ("party_age_correction",)]),
    ("离退休", [("retire_kind", "employer"), ("worked_on", "retired_on"), ("former_title",)]),
    ("联系与居住", [("residence", "address"), ("skills",)]),
    (
        "特别情况",
        [("lost_since",), ("floating_since", "floating_to"), ("health_secret", "new_health_note")],
    ),
    ("备注", [("note",)]),
    ("更正依据", [("evidence",)]),
]
# Asked only of who may correct identity.
CORRECTIONS = {"new_id_number", "new_health_note", "evidence"}


# What who keeps the contacts may change: for her it stands first.
CONTACTS = ("联系与居住", "特别情况", "备注")


def sections(*, whole: bool, contacts: bool):
    """The sections of a page: `whole` where identity may be corrected, `contacts` where only these may."""
    asked = SECTIONS if whole else [(title, _shown(lines)) for title, lines in SECTIONS]
    in_order = (
        sorted(asked, key=lambda section: _comes_later(section[0])) if contacts and not whole else asked
    )
    return [(title, {"fields": lines}) for title, lines in in_order if lines]


def _comes_later(title) -> bool:
    return title not in CONTACTS


def _shown(lines):
    """The lines as text, without what only a correction asks."""
    shown = (tuple(SHOWN.get(name, name) for name in line if name not in CORRECTIONS) for line in lines)
    return list(filter(None, shown))
