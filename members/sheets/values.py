"""What a row says as the columns of a member, and how it differs from what is kept."""

from datetime import date

from core.precision import PartialDate
from core.privacy import last_four
from core.reading import Change, Draft
from members.models import Member, PhoneOwner, id_index
from members.sheets.codes import OWNERS, POSITIONS, words_of
from members.sheets.columns import HEADERS
from members.sheets.rows import PARTIAL, Said

# Of her own number these say nothing.
PLAIN_WORDS = {"本人", "手机", "手机号", "电话"}
FROM_ABOUT = ("sex", "ethnic_group", "education", "standing", "retire_kind", "employer_nature")


def person_values(said: Said) -> dict:
    """The member's columns that the row fills. What it leaves empty is not among them."""
    values = dict(said.values)
    values |= {key: said.about[key] for key in FROM_ABOUT if key in said.about}
    position = POSITIONS.get(said.about.get("position", ""))
    if position and "retire_kind" not in values:
        values["retire_kind"] = str(position)
    return values


def phones_said(said: Said) -> list[tuple[str, str, str]]:
    """(number, owner, note) of every number in the row, her own first."""
    words: dict[str, str] = {}
    for number, word in said.about.get("phones", ()):
        words.setdefault(number, word)
    own = [(number, *_whose(word)) for number, word in words.items()]
    if "kin_number" not in said.about:
        return own
    owner = OWNERS.get(said.about.get("kin_relation", ""), PhoneOwner.RELATIVE)
    kin = (said.about["kin_number"], str(owner), said.about.get("kin", "")[:100])
    return own if kin[0] in {number for number, _, _ in own} else [*own, kin]


def _whose(word) -> tuple[str, str]:
    """Owner and note of a number by the word beside it: hers, unless the word is one for somebody else."""
    return str(OWNERS.get(word, PhoneOwner.SELF)), "" if word in PLAIN_WORDS else word


def phones_unknown(said: Said, member: Member) -> list[tuple[str, str, str]]:
    """Of the row's numbers those that the member has not got yet."""
    known = {phone.number for phone in member.phones.all()}
    return [phone for phone in phones_said(said) if phone[0] not in known]


def flags(draft: Draft, said: Said, member: Member | None, today: date) -> list[str]:
    """Set what the row says of being lost or away; return what to look at twice."""
    lost, lost_since = _flag(said, member, "lost", "lost_since")
    if lost and not lost_since:
        draft.refuse("lost_since", "失联党员须填写失去联系日期（可只写年月）")
    elif lost is not None:
        draft.values["lost_since"] = lost_since
    return _away(draft, *_flag(said, member, "floating", "floating_since"), today)


def _away(draft, away, since, today) -> list[str]:
    if away is None:
        return []
    if not away:
        draft.values |= {"floating_since": None, "floating_to": ""}
        return []
    draft.values["floating_since"] = since or today
    return [] if since else [f"表中没有流出日期，按 {today} 登记，请核对"]


def _flag(said, member, key, column):
    """Whether the row says yes or no, or nothing (None); and since when, by the row or as we know."""
    yes = said.about.get(key, True if column in said.about else None)
    since = said.about.get(column) or (member and getattr(member, column))
    return yes, since if yes else None


def compared(member: Member, said: dict) -> tuple[list[Change], dict]:
    """What would change in the member, in words for both sides and as values."""
    changes, values = [], {}
    for name, value in said.items():
        if name in BESIDE or name.endswith("_precision") or _is_kept(member, name, said):
            continue
        changes.append(Change(_label(name), _before(member, name), _after(name, said)))
        values[name] = value
        values |= {beside: said[beside] for beside in _told_with(name) if beside in said}
    return changes, values


# Says something only beside another column.
BESIDE = {"employer_nature", "residence_name", "phones", "standing"}


def _told_with(name) -> tuple[str, ...]:
    together = {"employer_name": ("employer_nature",), "residence": ("residence_name",)}
    return (f"{name.removesuffix('_on')}_precision",) if name in PARTIAL else together.get(name, ())


def _label(name) -> str:
    header = HEADERS.get({"employer_name": "employer", "residence": "community"}.get(name, name))
    return header or str(Member._meta.get_field(name).verbose_name)


def _is_kept(member, name, said) -> bool:
    """Whether the member has the value already."""
    value = said[name]
    if name == "id_number":
        return member.id_index == id_index(value)
    if name == "health_note":
        return member.get_sealed(name) == value
    if name == "employer_name":
        return str(member.employer or "") == value
    if name == "residence":
        return member.residence_id == value
    if name in PARTIAL:
        return _tells_nothing_more(member.partial(name.removesuffix("_on")), _partial(name, said))
    return getattr(member, name) == value


def _tells_nothing_more(known, told) -> bool:
    """Whether the day is known already, perhaps more exactly than the row tells it."""
    return known is not None and str(known).startswith(str(told))


def _partial(name, said) -> PartialDate:
    return PartialDate(said[name], said[f"{name.removesuffix('_on')}_precision"])


def _before(member, name) -> str:
    """A member's value as people read it; what is sealed stays so."""
    if name == "id_number":
        return last_four(member.id_last4)
    if name == "health_note":
        return "已填写" if member.health_note else ""
    if name == "employer_name":
        return str(member.employer or "")
    if name in PARTIAL:
        return str(member.partial(name.removesuffix("_on")) or "")
    return _words(name, getattr(member, name))


def _after(name, said) -> str:
    """What the row says, as people will read it once it is kept."""
    if name == "id_number":
        return last_four(said[name])
    if name == "health_note":
        return "将更新"
    if name == "residence":
        return said["residence_name"]
    if name in PARTIAL:
        return str(_partial(name, said))
    return said[name] if name == "employer_name" else _words(name, said[name])


def _words(name, value) -> str:
    return "" if value is None else str(words_of(name).get(value, value))
