"""The Latin spellings by which a name is found."""

import pytest

from core.pinyin import MOST_COMBINATIONS, SURNAMES, name_keys, sort_key


@pytest.mark.parametrize(
    ("name", "usual"),
    [
        ("单田芳", "shantianfang"),
        ("解学恭", "xiexuegong"),
        ("仇英", "qiuying"),
        ("区玉莲", "ouyulian"),
        ("查良镛", "zhaliangyong"),
        ("曾国英", "zengguoying"),
        ("朴永春", "piaoyongchun"),
        ("尉迟恭", "yuchigong"),
        ("万俟雅", "moqiya"),
        ("令狐冲", "linghuchong"),
        ("种师道", "zhongshidao"),
        ("黑玉兰", "heyulan"),
        ("员俊", "yunjun"),
        ("王秀英", "wangxiuying"),
    ],
)
def test_the_usual_reading_of_a_surname_comes_first(name, usual):
    # 种 is chong as a surname; the second reading is found too.
    assert usual in name_keys(name)
    if not name.startswith("种"):
        assert sort_key(name) == usual


def test_a_name_is_found_by_full_pinyin_by_initials_and_by_surname_with_initials():
    assert {"zhangguoqing", "zgq", "zhanggq"} <= set(name_keys("张国庆"))


def test_every_reading_of_a_surname_is_found_not_only_the_usual():
    assert {"shanyulan", "danyulan", "syl", "dyl"} <= set(name_keys("单玉兰"))


def test_every_reading_of_a_given_name_is_found():
    assert {"lile", "liyue"} <= set(name_keys("李乐"))


def test_the_sound_u_with_dots_is_typed_in_three_ways():
    assert {"lvying", "luying", "lyuying"} <= set(name_keys("吕英"))
    assert sort_key("吕英") == "lvying"


def test_a_double_surname_needs_a_given_name_behind_it():
    assert sort_key("欧阳修") == "ouyangxiu"
    assert sort_key("欧阳") == "ouyang"


def test_characters_without_a_reading_are_passed_over():
    assert sort_key("王Д英") == "wangying"


@pytest.mark.parametrize("name", ["", "Д", "Maria", "\uf8ff"])
def test_a_name_without_any_reading_is_sorted_by_itself(name):
    assert name_keys(name) == []
    assert sort_key(name) == name


def test_many_readings_do_not_make_endless_keys():
    assert len(name_keys("单乐行长重朝")) <= 3 * MOST_COMBINATIONS


def test_keys_are_lower_case_latin_and_without_repetition():
    for surname in SURNAMES:
        keys = name_keys(f"{surname}绿行")
        assert all(key.isascii() and key.isalpha() and key == key.lower() for key in keys)
        assert len(keys) == len(set(keys))
