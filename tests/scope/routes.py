"""Every route there is, read from the resolver."""

from dataclasses import dataclass

from django.apps import apps
from django.urls import URLPattern, get_resolver

from members.models import Member


@dataclass(frozen=True)
class Route:
    """One pattern of the resolver, written as one line."""

    pattern: str
    view: object

    @property
    def keys(self):
        """The names of its placeholders."""
        return [part.split(">")[0].split(":")[-1] for part in self.pattern.split("<")[1:]]

    @property
    def model(self):
        """The table whose rows it shows, if it shows one."""
        resource = getattr(self.view, "cls", None)
        if getattr(resource, "queryset", None) is not None:
            return resource.queryset.model
        parts = self.pattern.split("/")
        if parts[0] == "admin" and len(parts) > 3 and parts[1] in apps.app_configs:
            return apps.get_model(parts[1], parts[2])
        return Member

    @property
    def is_of_a_row(self):
        return bool({"pk", "object_id"} & set(self.keys)) and "content_type_id" not in self.keys

    @property
    def is_api(self):
        return self.pattern.startswith("api/v1/")

    def path(self, number):
        """The address for the row with this number."""
        text = self.pattern
        for part in self.pattern.split("<")[1:]:
            placeholder = part.split(">")[0]
            text = text.replace(f"<{placeholder}>", str(number))
        return f"/{text}"


def every_route():
    """All routes below the root, in order."""
    return list(_walk(get_resolver(), ""))


def _walk(resolver, before):
    for each in resolver.url_patterns:
        pattern = before + str(each.pattern)
        if isinstance(each, URLPattern):
            yield Route(pattern, each.callback)
        else:
            yield from _walk(each, pattern)
