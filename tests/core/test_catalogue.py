"""The Chinese catalogue: the theme and the packages speak Chinese wherever a person would read them."""

import re
from pathlib import Path

import polib
import pytest
from django.conf import settings
from django.utils.translation import gettext, npgettext, override, pgettext

from tests.core.extraction import Message, from_python, from_template, messages

CATALOGUE = Path(settings.LOCALE_PATHS[0], "zh_Hans", "LC_MESSAGES", "django.po")
PACKAGES = [
    "unfold",
    "rest_framework",
    "rest_framework_api_key",
    "django_filters",
    "drf_spectacular",
    "axes",
    "pghistory",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.postgres",
    "django.core",
    "django.db",
    "django.forms",
]
# Signs, abbreviations and bare placeholders: the same in every language.
WORDLESS = {"%(class_name)s %(instance)s", ":", ":?.!", "IPv4", "IPv6", "URL", "…"}
CHINESE = re.compile("[\u4e00-\u9fff]")
BLANK = re.compile(r"%(?:\(\w+\))?[a-z%]|\{[^{}]*\}|</?[a-z][^>]*>")


@pytest.fixture(scope="module")
def catalogue():
    """Our own catalogue, as its translators write it."""
    return polib.pofile(str(CATALOGUE))


@pytest.fixture(scope="module")
def asked():
    """Every message that the packages ask for."""
    return {found for package in PACKAGES for found in messages(package)}


def chinese(message):
    """What a person reads for a message: Django's catalogues, the packages' own and ours together."""
    with override("zh-hans"):
        if message.plural:
            return npgettext(message.context or "", message.singular, message.plural, 2)
        if message.context:
            return pgettext(message.context, message.singular)
        return gettext(message.singular)


def blanks(text):
    """The placeholders and tags of a text, in any order: word order differs between languages."""
    return sorted(BLANK.findall(text))


def margins(text):
    """Whether a text begins and ends with a line break."""
    return text.startswith("\n"), text.endswith("\n")


def test_the_compiled_catalogue_is_what_the_written_one_compiles_to(catalogue):
    assert CATALOGUE.with_suffix(".mo").read_bytes() == catalogue.to_binary()


def test_every_entry_is_translated_and_none_is_fuzzy_or_obsolete(catalogue):
    assert catalogue.translated_entries() == list(catalogue)


def test_our_catalogue_has_no_entry_that_nobody_asks_for(catalogue, asked):
    ours = {Message(entry.msgid, entry.msgid_plural or None, entry.msgctxt) for entry in catalogue}
    assert ours - asked == set()


def test_everything_a_package_says_is_said_in_chinese(asked):
    assert {message.singular for message in asked if not CHINESE.search(chinese(message))} == WORDLESS


@pytest.mark.parametrize("package", PACKAGES)
def test_every_package_is_really_read(package):
    assert messages(package) != set()


def test_placeholders_and_tags_survive_translation(catalogue):
    pairs = [
        (entry.msgid_plural or entry.msgid, entry.msgstr or entry.msgstr_plural[0]) for entry in catalogue
    ]
    assert [pair for pair in pairs if blanks(pair[0]) != blanks(pair[1])] == []


def test_placeholders_of_the_theme_survive_every_catalogue():
    pairs = [(message.plural or message.singular, chinese(message)) for message in messages("unfold")]
    assert [pair for pair in pairs if blanks(pair[0]) != blanks(pair[1])] == []


def test_outer_line_breaks_survive_translation(catalogue):
    pairs = [(entry.msgid, entry.msgstr or entry.msgstr_plural[0]) for entry in catalogue]
    assert [pair for pair in pairs if margins(pair[0]) != margins(pair[1])] == []


def test_templates_are_read_in_all_the_ways_they_can_ask():
    source = """
    {% trans 'One' %} {% translate "Two" context "ctx" as x %} {{ x|default:_('Three') }}
    {% include "a.html" with title=_("Four") subtitle=_('Five') %}
    {% blocktranslate trimmed %}
        Six {{ it }}
    {% endblocktranslate %}
    {% blocktranslate count n=1 %}a row{% plural %}{{ n }} rows{% endblocktranslate %}
    {% comment %}{% trans 'Nobody' %}{% endcomment %} {% trans variable %}
    """
    assert set(from_template(source)) == {
        Message("One"),
        Message("Two", context="ctx"),
        Message("Three"),
        Message("Four"),
        Message("Five"),
        Message("Six %(it)s"),
        Message("a row", "%(n)s rows"),
    }


def test_modules_are_read_in_all_the_ways_they_can_ask():
    source = """
_("One"), gettext_lazy("Tw" "o"), translation.pgettext("ctx", "Three"), f"{_('Four')} {name}"
ngettext("a row", "%d rows", n), npgettext_lazy("ctx", "a day", "%d days", "n"), _(variable), print("Nobody")
"""
    assert set(from_python(source)) == {
        Message("One"),
        Message("Two"),
        Message("Three", context="ctx"),
        Message("Four"),
        Message("a row", "%d rows"),
        Message("a day", "%d days", "ctx"),
    }
