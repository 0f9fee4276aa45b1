"""By which Latin letters a Chinese name is found: full pinyin, initials, and surname with initials."""

from functools import lru_cache
from itertools import islice, product

from django.contrib.postgres.search import SearchQuery, SearchVectorField
from pypinyin import Style, pinyin

# Readings of characters as surnames, first the usual one (general libraries give the phrase reading).
SURNAMES = {
    "单": "shan dan", "解": "xie jie", "仇": "qiu chou", "区": "ou qu", "查": "zha cha",
    "曾": "zeng ceng", "朴": "piao pu", "盖": "ge gai", "乐": "yue le", "覃": "qin tan", "缪": "miao mou",
    "任": "ren", "华": "hua", "翟": "zhai di", "种": "chong zhong", "召": "shao zhao", "黑": "he hei",
    "员": "yun yuan", "尉": "wei yu", "折": "she zhe", "晁": "chao", "冼": "xian", "洗": "xian xi",
    "繁": "po fan", "秘": "bi mi", "祭": "zhai ji", "乜": "nie", "逄": "pang", "逯": "lu", "都": "du dou",
    "郇": "xun huan", "郗": "xi chi", "燕": "yan", "隗": "wei kui", "应": "ying", "宁": "ning",
    "宓": "fu mi", "冯": "feng ping", "葛": "ge", "过": "guo", "哈": "ha", "纪": "ji", "贾": "jia gu",
    "阚": "kan", "郐": "kuai", "靳": "jin", "牟": "mu mou", "能": "nai neng", "那": "na nuo",
    "强": "qiang jiang", "瞿": "qu", "阙": "que", "撒": "sa", "少": "shao", "石": "shi",
    "谌": "chen shen", "沈": "shen", "盛": "sheng cheng", "殷": "yin", "於": "yu", "长": "zhang chang",
    "祝": "zhu", "幺": "yao", "要": "yao", "仉": "zhang", "俞": "yu shu", "车": "che ju", "柏": "bai bo",
    "卜": "bu", "传": "chuan", "适": "kuo shi", "颉": "xie jie", "郝": "hao", "佴": "nai", "麴": "qu",
    "亓": "qi", "缑": "gou", "尉迟": "yu chi", "万俟": "mo qi", "令狐": "ling hu", "单于": "chan yu",
    "长孙": "zhang sun", "澹台": "tan tai", "鲜于": "xian yu", "宇文": "yu wen", "皇甫": "huang fu",
    "尉犁": "yu li", "欧阳": "ou yang", "上官": "shang guan", "司马": "si ma", "诸葛": "zhu ge",
    "夏侯": "xia hou", "东方": "dong fang", "慕容": "mu rong", "公孙": "gong sun",
}  # fmt: skip
LONGEST_SPELLING = LONGEST_SORT_KEY = 200
MOST_COMBINATIONS = 32


@lru_cache(maxsize=20_000)
def _readings(character: str) -> tuple[str, ...]:
    found = pinyin(character, style=Style.NORMAL, heteronym=True, errors="ignore", v_to_u=False)
    return tuple(dict.fromkeys(found[0])) if found else ()


def _spellings(syllable: str) -> list[str]:
    # ü is typed as v, as u and as yu: 吕 is lv, lu or lyu.
    if "v" not in syllable:
        return [syllable]
    return [syllable, syllable.replace("v", "u"), syllable.replace("v", "yu")]


def _syllables(name: str) -> list[tuple[str, ...]]:
    double = SURNAMES.get(name[:2]) if len(name) > 2 else None
    if double:
        surname, rest = [(syllable,) for syllable in double.split()], name[2:]
    else:
        known = tuple(SURNAMES.get(name[:1], "").split())
        surname, rest = [known or _readings(name[:1])[:1]], name[1:]
    return [readings for readings in [*surname, *map(_readings, rest)] if readings]


def name_keys(name: str) -> list[str]:
    """Every lower-case spelling a person may type to find `name`, the usual reading first, each once."""
    spelled = [
        [spelling for reading in readings for spelling in _spellings(reading)]
        for readings in _syllables(name)
    ]
    if not spelled:
        return []
    keys: dict[str, None] = {}
    for syllables in islice(product(*spelled), MOST_COMBINATIONS):
        initials = "".join(syllable[0] for syllable in syllables)
        keys["".join(syllables)] = keys[initials] = keys[syllables[0] + initials[1:]] = None
    return list(keys)


def sort_key(name: str) -> str:
    """Full pinyin in the usual reading, by which people are ordered; of a long name the beginning."""
    keys = name_keys(name)
    return (keys[0] if keys else name)[:LONGEST_SORT_KEY]


class SpellingsField(SearchVectorField):
    """Column of all spellings of the row's name, as `spellings` tells them; asked with `spelt`."""

    def __init__(self, **options):
        super().__init__(**{"default": "", "editable": False} | options)


def spellings(name: str) -> str:
    """Every spelling by which the name is found, as a `SpellingsField` takes them."""
    return " ".join(dict.fromkeys(key[:LONGEST_SPELLING] for key in name_keys(name)))


def spelt(word: str) -> SearchQuery:
    """What a `SpellingsField` is compared with: a spelling begins with the word, of ASCII letters only."""
    # One letter more than any spelling has is enough to find none; PostgreSQL refuses much longer words.
    return SearchQuery(f"{word.lower()[: LONGEST_SPELLING + 1]}:*", config="simple", search_type="raw")
