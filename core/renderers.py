"""JSON by orjson: several times faster on long lists, and dates and Chinese need no settings."""

import json

import orjson
from rest_framework.renderers import JSONRenderer


class JsonRenderer(JSONRenderer):
    """Django REST framework's JSON, written by orjson."""

    def render(self, data, accepted_media_type=None, renderer_context=None):
        if data is None:
            return b""
        try:
            return orjson.dumps(data, default=str, option=orjson.OPT_NON_STR_KEYS)
        except orjson.JSONEncodeError:
            # Half a character, sent to us escaped and named in the refusal: only escaped can it go back.
            return json.dumps(data, default=str).encode()
