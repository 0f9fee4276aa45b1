"""What is sealed of a member, by its column."""

from branches.gates.secrets import Secret
from members.operations import reveal_health_note, reveal_id_number

SECRETS = {
    "id_number": Secret(
        "id-number",
        "查看完整号码",
        "members.reveal_id_number",
        lambda member, **told: reveal_id_number(member=member, **told),
        example="如：核对医保关系、办理组织关系转接。",
    ),
    "health_note": Secret(
        "health-note",
        "查看健康状况",
        "members.reveal_health_note",
        lambda member, **told: reveal_health_note(member=member, **told),
        example="如：走访慰问前了解情况。",
    ),
}
