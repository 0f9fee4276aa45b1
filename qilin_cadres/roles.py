"""What each role may do: the one table of role -> verbs. Where it may is the appointment's unit or branch."""

from branches.models import Role

LOOK_AT_ORGANISATIONS = {
    "branches.view_unit",
    "branches.view_branch",
    "branches.view_employer",
    "branches.view_pledge",
}
COUNT = {"reports.view_figures"}
READ_PEOPLE = {
    "members.view_member",
    "members.view_membership",
    "members.view_affiliation",
    "members.view_signin",
    "members.view_standingevent",
    "members.view_term",
    "members.view_post",
    "members.view_transfer",
    "members.view_handover",
    "members.view_handoverperson",
    "members.view_secondment",
    "members.view_exportfile",
    "reports.view_rows",
    "reports.view_findings",
    "reports.view_threshold",
    "reports.view_banding",
}
# What is due is told to who can do something about it. A branch proposes to whom its members go; the
# community places who comes; the committee's are the letters.
KEEP_CONTACTS = {
    "members.change_contact",
    "members.record_signin",
    "members.propose_transfer",
    "reports.view_tasks",
}
# How an office is reached: its letters say it.
KEEP_OFFICE = {"branches.change_contact"}
KEEP_LETTERS = {"members.issue_transfer", "members.receive_transfer"}
KEEP_PEOPLE = KEEP_CONTACTS | {
    "members.accept_transfer",
    "members.add_member",
    "members.undo_registration",
    "members.change_member",
    "members.add_membership",
    "members.change_membership",
    "members.add_affiliation",
    "members.change_affiliation",
    "members.verify_signin",
    "members.change_standing",
    "members.reveal_id_number",
    "members.reveal_health_note",
    "members.receive_handover",
    "branches.add_employer",
    "members.view_importfile",
    "members.add_importfile",
    "members.change_importfile",
}
READ_VOLUNTEERS = {
    "volunteering.view_team",
    "volunteering.view_teammembership",
    "volunteering.view_serviceitem",
    "volunteering.view_serviceorder",
    "volunteering.view_hourentry",
    "volunteering.view_offer",
    "volunteering.view_servicepost",
    "volunteering.view_claim",
    "volunteering.view_turn",
    "volunteering.view_gridmatter",
    "volunteering.view_matterphoto",
    "volunteering.view_timelimit",
    "volunteering.view_building",
    "volunteering.view_carrier",
    "volunteering.view_carrierduty",
    "volunteering.view_carrierbuilding",
    "volunteering.view_certificate",
}
# A branch's secretary keeps the teams that her branch leads; they are founded and dissolved by the staff.
KEEP_VOLUNTEERS = {
    "volunteering.change_team",
    "volunteering.add_teammembership",
    "volunteering.change_teammembership",
    "volunteering.add_serviceorder",
    "volunteering.dispatch_serviceorder",
    "volunteering.answer_serviceorder",
    "volunteering.confirm_serviceorder",
    "volunteering.add_hourentry",
    "volunteering.verify_hourentry",
    "volunteering.add_offer",
    "volunteering.change_offer",
    # The member's word about a post or a turn of hers.
    "volunteering.add_claim",
    "volunteering.change_claim",
    "volunteering.answer_turn",
    "volunteering.add_gridmatter",
    "volunteering.answer_gridmatter",
}
KEEP_TEAMS = KEEP_VOLUNTEERS | {"volunteering.add_team", "volunteering.dissolve_team"}
# Posts are the community's, and so is its word about who claims them.
KEEP_POSTS_TO_CLAIM = {"volunteering.add_servicepost", "volunteering.change_servicepost"}
# Whoever runs a desk takes matters and gives them to somebody; whoever was given one settles it.
KEEP_MATTERS = {
    "volunteering.dispatch_gridmatter",
    "volunteering.confirm_gridmatter",
    "volunteering.dispatch_matterphoto",
}
# Who is looked after is told in the community and at the paired member's branch, and nowhere above.
VISIT_NEIGHBOURS = {
    "volunteering.view_household",
    "volunteering.view_pairing",
    "volunteering.view_visit",
    "volunteering.add_visit",
    "volunteering.verify_visit",
}
KEEP_NEIGHBOURS = VISIT_NEIGHBOURS | {
    "volunteering.add_household",
    "volunteering.change_household",
    "volunteering.add_pairing",
    "volunteering.change_pairing",
}
KEEP_CARRIERS = {
    "volunteering.add_building",
    "volunteering.change_building",
    "volunteering.add_carrier",
    "volunteering.change_carrier",
    "volunteering.dissolve_carrier",
    "volunteering.change_carrierduty",
    "volunteering.change_carrierbuilding",
}
KEEP_CERTIFICATES = {"volunteering.add_certificate", "volunteering.change_certificate"}
# Batches, promises and secondments are the street's; a community receives its people.
KEEP_HANDOVERS = {
    "members.add_handover",
    "members.change_handover",
    "members.add_secondment",
    "members.change_secondment",
    "branches.add_pledge",
    "branches.change_pledge",
}
KEEP_CATALOGUE = {"volunteering.add_serviceitem", "volunteering.change_serviceitem"}
# Whole numbers of many at once, with a reason; single ones are revealed one by one.
EXPORT_WHOLE = {"members.reveal_roster"}
KEEP_BRANCHES = {"branches.add_branch", "branches.change_branch", "branches.dissolve_branch"}
# Elections are approved, and leaders appointed, by the street or the district.
KEEP_POSTS = {"members.add_term", "members.change_term", "members.add_post", "members.change_post"}
# Groups and grids; streets and communities are the district's.
KEEP_GRIDS = {"branches.add_grid", "branches.change_grid"}
KEEP_TREE = KEEP_GRIDS | {"branches.add_division", "branches.change_division"}
LOOK_AT_PLANS = {"reorganisations.view_plan"}
# What a plan may change is asked of the tree and the branches themselves.
REORGANISE = LOOK_AT_PLANS | {"reorganisations.add_plan"}
AUDIT = {"core.view_auditentry"}
KEEP_ACCOUNTS = {
    "core.view_user",
    "core.add_user",
    "core.change_user",
    "core.view_apikey",
    "core.change_apikey",
    "branches.view_appointment",
    "branches.add_appointment",
    "branches.change_appointment",
}

VERBS = {
    Role.DISTRICT_OFFICER: frozenset(
        LOOK_AT_ORGANISATIONS
        | COUNT
        | READ_PEOPLE
        | KEEP_PEOPLE
        | READ_VOLUNTEERS
        | KEEP_TEAMS
        | KEEP_POSTS_TO_CLAIM
        | KEEP_MATTERS
        | KEEP_CARRIERS
        | KEEP_CERTIFICATES
        | KEEP_OFFICE
        | KEEP_LETTERS
        | KEEP_HANDOVERS
        | KEEP_CATALOGUE
        | KEEP_BRANCHES
        | KEEP_POSTS
        | KEEP_TREE
        | REORGANISE
        | EXPORT_WHOLE
        | {
            "branches.change_employer",
            "branches.view_appointment",
            "reports.change_threshold",
            "volunteering.change_timelimit",
        }
    ),
    Role.STREET_CLERK: frozenset(
        LOOK_AT_ORGANISATIONS
        | COUNT
        | READ_PEOPLE
        | KEEP_PEOPLE
        | EXPORT_WHOLE
        | READ_VOLUNTEERS
        | KEEP_TEAMS
        | KEEP_POSTS_TO_CLAIM
        | KEEP_MATTERS
        | KEEP_CARRIERS
        | KEEP_CERTIFICATES
        | KEEP_OFFICE
        | KEEP_LETTERS
        | KEEP_HANDOVERS
        | KEEP_CATALOGUE
        | KEEP_BRANCHES
        | KEEP_POSTS
        | KEEP_GRIDS
        | REORGANISE
    ),
    # A community keeps its people; branches are founded and dissolved by the street.
    Role.COMMUNITY_CLERK: frozenset(
        LOOK_AT_ORGANISATIONS
        | LOOK_AT_PLANS
        | COUNT
        | READ_PEOPLE
        | KEEP_PEOPLE
        | KEEP_OFFICE
        | READ_VOLUNTEERS
        | KEEP_TEAMS
        | KEEP_POSTS_TO_CLAIM
        | KEEP_MATTERS
        | KEEP_NEIGHBOURS
        | KEEP_CARRIERS
        | KEEP_CERTIFICATES
    ),
    Role.BRANCH_SECRETARY: frozenset(
        LOOK_AT_ORGANISATIONS
        | COUNT
        | READ_PEOPLE
        | KEEP_CONTACTS
        | READ_VOLUNTEERS
        | KEEP_VOLUNTEERS
        | VISIT_NEIGHBOURS
    ),
    Role.AUDITOR: frozenset(
        LOOK_AT_ORGANISATIONS
        | LOOK_AT_PLANS
        | COUNT
        | READ_PEOPLE
        | READ_VOLUNTEERS
        | AUDIT
        | {"branches.view_appointment", "core.view_user"}
    ),
    Role.STATISTICS_CONSUMER: frozenset({"branches.view_unit", "branches.view_branch"} | COUNT),
    Role.SYSTEM_ADMINISTRATOR: frozenset({"branches.view_unit", "branches.view_branch"} | KEEP_ACCOUNTS),
}
