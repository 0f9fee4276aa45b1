"""What OPTIONS answers."""

from rest_framework.metadata import BaseMetadata


class MethodsOnly(BaseMetadata):
    """`Allow` says which methods there are; the body says nothing: the rest is in the description."""

    def determine_metadata(self, request, view):
        return {}
