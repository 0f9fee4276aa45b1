"""How days are written and read in forms: as in the lists, and in every usual Chinese writing."""

# The first is how a form shows a day; Django's own Chinese list begins with slashes and misspells the third.
DATE_INPUT_FORMATS = ["%Y-%m-%d", "%Y/%m/%d", "%Y年%m月%d日", "%Y.%m.%d"]
