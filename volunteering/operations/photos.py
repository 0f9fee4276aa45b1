"""Verbs of photos of a matter: add one, made anew; take one down."""

from django.db import transaction

from core.audit import record
from core.changes import locked
from core.reading.pictures import picture_from
from core.voiding import reason_given, void
from volunteering.models import MatterPhoto
from volunteering.operations.matters import MatterRule

MOST_PHOTOS = 6


def add_photo(*, matter, content, caption="", by, today):
    """Add a photo: only what the eye sees is kept, sealed. InvalidValue for what is no photo or too large."""
    # Outside the transaction: nobody waits for a stranger's file to be decoded.
    picture = picture_from(content)
    with transaction.atomic():
        matter = locked(matter)
        if matter.photos.count() >= MOST_PHOTOS:
            raise MatterRule(f"一件事项最多 {MOST_PHOTOS} 张照片", field="photo")
        photo = MatterPhoto(matter=matter, caption=caption.strip(), on=today, by=by)
        photo.keep_content(picture)
        photo.save()
        record("matter.photographed", matter, by=by, fields=["photos"])
    return photo


@transaction.atomic
def withdraw_photo(*, photo, reason, by):
    """Take a photo down for good: nothing of the picture is kept, only that it was there."""
    matter, photo = locked(photo.matter), locked(photo)
    void(photo, verb="matter.withdrawn", by=by, reason=reason_given(reason), about=matter, place=matter.path)
    return matter
