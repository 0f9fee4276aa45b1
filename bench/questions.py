"""The questions that are timed: each through the program's own door, and in bare SQL."""

from collections.abc import Callable
from dataclasses import dataclass

ROSTER_COLUMNS = """
    m.id, m.name, m.sex, m.birth_on, m.joined_on, m.full_on, m.standing, m.on_roster, m.id_last4, m.version,
    b.id, b.name
"""
ROSTER = f"SELECT {ROSTER_COLUMNS} FROM members_member m LEFT JOIN branches_branch b ON b.id = m.branch_id"
STREET = "530302001"


@dataclass(frozen=True)
class Question:
    """One question: what a program would call, and the SQL that a person at the database would type."""

    name: str
    url: str
    sql: tuple[str, ...]
    parameters: Callable[[dict], tuple] = lambda facts: ()


def within(alias):
    """The SQL for "that unit and below"."""
    return f"{alias}.path >= %s AND {alias}.path < %s || '~'"


# Where each branch was on the day, for figures of any past day.
PLACES = """
    WITH place AS MATERIALIZED (
        SELECT seat.branch_id, spot.path
        FROM (SELECT DISTINCT ON (branch_id) branch_id, unit_id FROM branches_branchplacement
              WHERE since <= %s ORDER BY branch_id, since DESC) AS seat
        JOIN (SELECT DISTINCT ON (unit_id) unit_id, path FROM branches_unitplacement
              WHERE since <= %s ORDER BY unit_id, since DESC) AS spot USING (unit_id)
    )
"""

# The same from what was known at a moment: of each row the last event until then.
KNOWN = """
    held AS (SELECT DISTINCT ON (pgh_obj_id) * FROM members_membershipevent
             WHERE pgh_created_at <= %s ORDER BY pgh_obj_id, pgh_id DESC),
    seat AS (SELECT DISTINCT ON (pgh_obj_id) * FROM branches_branchplacementevent
             WHERE pgh_created_at <= %s ORDER BY pgh_obj_id, pgh_id DESC),
    spot AS (SELECT DISTINCT ON (pgh_obj_id) * FROM branches_unitplacementevent
             WHERE pgh_created_at <= %s ORDER BY pgh_obj_id, pgh_id DESC)
"""
IN_FORCE = "{0}.pgh_label <> 'delete' AND {0}.since <= %s AND ({0}.until IS NULL OR {0}.until > %s)"

QUESTIONS = (
    Question(
        "roster of a street, page 1 and count",
        f"/api/v1/members/?unit={STREET}&on_roster=true",
        (
            f"SELECT count(*) FROM members_member m WHERE on_roster AND {within('m')}",
            f"""{ROSTER}
                WHERE m.on_roster AND {within("m")} ORDER BY m.sort_key, m.id LIMIT 50""",
        ),
        lambda facts: (facts["street"], facts["street"]),
    ),
    Question(
        "member by ID number",
        "/api/v1/members/?search={id_number}",
        (
            "SELECT count(*) FROM members_member m WHERE m.id_index = %s",
            f"""{ROSTER}
                WHERE m.id_index = %s ORDER BY m.sort_key, m.id LIMIT 50""",
        ),
        lambda facts: (facts["id_index"],),
    ),
    Question(
        "search by initials",
        "/api/v1/members/?search={initials}",
        (
            """SELECT count(*) FROM members_member m
               WHERE m.spellings @@ (%s || ':*')::tsquery""",
            f"""{ROSTER}
                WHERE m.spellings @@ (%s || ':*')::tsquery ORDER BY m.sort_key, m.id LIMIT 50""",
        ),
        lambda facts: (facts["initials"],),
    ),
    Question(
        "rollup of the district with its children",
        "/api/v1/statistics/rollup/?unit=530302&on={on}&depth=1&indicator=members.roster",
        (
            f"""{PLACES}
                SELECT left(place.path, 12), count(*)
                FROM members_membership held JOIN place USING (branch_id)
                WHERE held.since <= %s AND (held.until IS NULL OR held.until > %s) GROUP BY 1""",
        ),
        lambda facts: (facts["on"],) * 4,
    ),
    Question(
        "the same as it was known at a moment",
        "/api/v1/statistics/rollup/?unit=530302&on={on}&depth=1&indicator=members.roster&known_at={known_at}",
        (
            f"""WITH {KNOWN}
                SELECT left(spot.path, 12), count(*)
                FROM held JOIN seat USING (branch_id) JOIN spot USING (unit_id)
                WHERE {" AND ".join(map(IN_FORCE.format, ("held", "seat", "spot")))} GROUP BY 1""",
        ),
        lambda facts: (facts["known_at"],) * 3 + (facts["on"],) * 6,
    ),
    Question(
        "breakdown by sex and age band",
        "/api/v1/statistics/breakdown/?unit=530302&on={on}&indicator=members.roster&by=sex,age_band",
        (
            f"""{PLACES}
                SELECT m.sex, width_bucket(extract(year FROM age(%s::date, m.birth_on)),
                                           ARRAY[61, 66, 71, 76, 80, 90, 100]::numeric[]), count(*)
                FROM members_membership held JOIN place USING (branch_id)
                JOIN members_member m ON m.id = held.member_id
                WHERE held.since <= %s AND (held.until IS NULL OR held.until > %s) GROUP BY 1, 2""",
        ),
        lambda facts: (facts["on"],) * 5,
    ),
)
