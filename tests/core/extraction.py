"""What a package asks gettext for, read from its templates and its Python without the gettext programs."""

import ast
import re
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from django.utils.translation.template import templatize

# The arguments of each gettext function that are messages, by name: context, singular, plural.
ROLES = {
    "_": ["singular"],
    "gettext": ["singular"],
    "ngettext": ["singular", "plural"],
    "pgettext": ["context", "singular"],
    "npgettext": ["context", "singular", "plural"],
}
STRING = r"""u?(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
CALL = re.compile(rf"\b(n?p?gettext|_)\(({STRING}(?:, ?{STRING})*)(?:, ?count)?\)")


class Message(NamedTuple):
    """One thing to translate, as gettext tells it apart from others."""

    singular: str
    plural: str | None = None
    context: str | None = None


def message(function, texts):
    """The message that `function` looks up when called with `texts`."""
    return Message(**dict(zip(ROLES[function], texts, strict=False)))


def from_template(source):
    """The messages of a template: Django itself rewrites its tags into gettext calls."""
    for function, texts in CALL.findall(templatize(source)):
        yield message(function, ast.literal_eval(f"({texts},)"))


def called(node):
    """The gettext function that a call names, its lazy twin included; None for every other call."""
    name = getattr(node.func, "id", None) or getattr(node.func, "attr", None) or ""
    function = name.removesuffix("_lazy").removesuffix("_noop")
    return function if function in ROLES else None


def from_python(source):
    """The messages of a module: literal arguments of gettext calls; computed ones cannot be known here."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and (function := called(node)):
            texts = [argument.value for argument in node.args if isinstance(argument, ast.Constant)]
            texts = [text for text in texts if isinstance(text, str)]
            if texts:
                yield message(function, texts)


def messages(package):
    """Every message of an installed package."""
    root = Path(find_spec(package).origin).parent
    readers = {".html": from_template, ".txt": from_template, ".py": from_python}
    return {
        found
        for path in sorted(root.rglob("*"))
        if path.suffix in readers
        for found in readers[path.suffix](path.read_text(encoding="utf-8"))
    }
