"""Personal values at rest: sealed with authenticated encryption, found again by a keyed index.

A sealed value is bound to its table, column and row, so it cannot be moved to another row unnoticed.
The nonce is derived from the value: saving the same value again gives the same bytes, and history sees no
change. Equality of two values in one row is all that this reveals.
"""

import hashlib
import hmac
import uuid
import zlib
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.exceptions import FieldError
from django.db import models

VERSION = b"\x01"
PACKED = b"\x02"
NONCE_BYTES = 12
# The quickest packing makes a csv a fifth of itself; a workbook or a photo is packed already.
QUICKEST = 1


class SealBroken(Exception):
    """A sealed value does not belong where it was found, or the key is another."""


@lru_cache
def _key(purpose: str, root: str) -> bytes:
    return hmac.digest(root.encode(), purpose.encode(), hashlib.sha256)


@lru_cache
def _cipher(root: str) -> AESGCM:
    return AESGCM(_key("seal", root))


def seal(text: str, *, context: str) -> bytes:
    """Encrypt `text` for one place only, named by `context`."""
    return seal_bytes(text.encode(), context=context)


def seal_bytes(content: bytes, *, context: str, version: bytes = VERSION) -> bytes:
    """As `seal`, of anything: a whole file. `version` tells how it was made, to who opens it."""
    bound = context.encode() + b"\0" + content
    nonce = hmac.digest(_key("nonce", settings.DATA_KEY), bound, hashlib.sha256)[:NONCE_BYTES]
    return version + nonce + _cipher(settings.DATA_KEY).encrypt(nonce, content, context.encode())


def unseal(sealed: bytes, *, context: str) -> str:
    """Decrypt what `seal` made for this `context`; raise SealBroken for anything else."""
    return unseal_bytes(sealed, context=context).decode()


def unseal_bytes(sealed: bytes, *, context: str) -> bytes:
    """Decrypt what `seal_bytes` made for this `context`; raise SealBroken for anything else."""
    sealed = bytes(sealed)
    nonce, secret = sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
    try:
        return _cipher(settings.DATA_KEY).decrypt(nonce, secret, context.encode())
    except InvalidTag:
        raise SealBroken(f"{context} 的密文无法解开：密钥不符或数据被移动过") from None


def blind_index(text: str, *, purpose: str) -> str:
    """A keyed hash by which an exact value can be found and kept unique without being stored."""
    return hmac.digest(_key(f"index.{purpose}", settings.DATA_KEY), text.encode(), hashlib.sha256).hex()


class SealedField(models.Field):
    """Bytes made by `seal`. Not a BinaryField: its placeholder would turn off bulk inserts by UNNEST."""

    def get_internal_type(self):
        return "BinaryField"

    def get_lookup(self, lookup_name):
        if lookup_name not in {
            "isnull",
            "df",
        }:  # df: "is distinct from", by which history sees a change of the bytes
            raise FieldError(f"A sealed column cannot be searched by “{lookup_name}”; use its blind index.")
        return super().get_lookup(lookup_name)

    def value_to_string(self, obj):
        value = self.value_from_object(obj)
        return "" if value is None else bytes(value).hex()


class SealedRow(models.Model):
    """A row with sealed columns; `uid` is the row's part of their context."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)

    class Meta:
        abstract = True

    def context_of(self, column: str) -> str:
        """The place a sealed value of `column` is bound to."""
        return f"{self._meta.db_table}.{column}|{self.uid}"

    def set_sealed(self, column: str, text: str) -> None:
        """Seal `text` into `column`; an empty text clears it."""
        setattr(self, column, seal(text, context=self.context_of(column)) if text else None)

    def get_sealed(self, column: str) -> str:
        """The text in `column`, or an empty one."""
        sealed = getattr(self, column)
        return unseal(sealed, context=self.context_of(column)) if sealed else ""


class SealedFile(SealedRow):
    """A row that keeps a whole file sealed, in its column `content`."""

    class Meta:
        abstract = True

    def keep_content(self, content: bytes) -> None:
        """Seal the file's bytes into the row, packed."""
        packed, context = zlib.compress(content, QUICKEST), self.context_of("content")
        self.content = seal_bytes(packed, context=context, version=PACKED)

    def open_content(self) -> bytes | None:
        """The file's bytes, or None where there are none, or no longer."""
        if not self.content:
            return None
        content = unseal_bytes(self.content, context=self.context_of("content"))
        return zlib.decompress(content) if bytes(self.content[:1]) == PACKED else content
