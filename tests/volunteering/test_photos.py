"""Photos of matters: made anew without metadata, sealed, given to who sees the matter and to nobody else."""

import io
import zlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import reverse
from PIL import ExifTags, Image

from branches.gates.deeds import deed_words
from core.errors import InvalidValue
from core.models import AuditEntry
from core.reading import pictures
from core.reading.pictures import picture_from
from tests import factories
from tests.factories import TODAY
from tests.ledger import refused
from tests.office import errors_of
from tests.volunteering.matters import photo
from tests.worlds import told_once
from volunteering.models import MatterPhoto
from volunteering.operations import add_photo, withdraw_photo
from volunteering.operations.matters import MatterRule

SECRET = "珠江源大道1号"


def phone_photo(**more):
    """With the place, the camera and a comment, lying on its side."""
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    exif[ExifTags.Base.Make] = "SecretCam"
    exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSAreaInformation] = b"ASCII\0\0\0SecretPlace"
    return photo(exif=exif, comment=SECRET.encode(), **more)


def test_only_what_the_eye_sees_is_kept():
    sent = phone_photo()
    assert b"SecretCam" in sent
    assert b"SecretPlace" in sent
    kept = picture_from(sent)

    opened = Image.open(io.BytesIO(kept))
    assert (opened.format, opened.size, dict(opened.getexif())) == ("JPEG", (40, 60), {})
    assert set(opened.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    assert not [word for word in (b"SecretCam", b"SecretPlace", SECRET.encode(), b"Exif") if word in kept]


def test_a_large_photo_is_made_smaller_and_a_transparent_one_white():
    assert max(Image.open(io.BytesIO(picture_from(photo((3200, 800))))).size) == 1600
    clear = io.BytesIO()
    Image.new("RGBA", (9, 9), (0, 0, 0, 0)).save(clear, "PNG")
    assert Image.open(io.BytesIO(picture_from(clear.getvalue()))).getpixel((4, 4)) == (255, 255, 255)


def bomb():
    """A PNG of 400 bytes whose header promises ten thousand million points."""

    def chunk(name, body):
        return len(body).to_bytes(4, "big") + name + body + zlib.crc32(name + body).to_bytes(4, "big")

    header = (100_000).to_bytes(4, "big") * 2 + bytes([8, 2, 0, 0, 0])
    parts = [chunk(b"IHDR", header), chunk(b"IDAT", zlib.compress(bytes(100_000))), chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


NO_PHOTO = "照片须是 JPG、PNG 或 WebP 格式的图片，且没有损坏"
HOSTILE = [
    (b"", NO_PHOTO),
    (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", NO_PHOTO),
    (b"GIF89a<script>alert(1)</script>", NO_PHOTO),
    (b"%PDF-1.7", NO_PHOTO),
    (photo()[:200], NO_PHOTO),
    (photo((800, 800))[:1500], "照片已损坏，不能读取"),
    (bomb(), "照片有 100000×100000 个像素，最多 2000 万像素，请缩小后再传"),
    (photo(kind="TIFF"), NO_PHOTO),
    (bytes(11 * 1024 * 1024), "照片超过 10 MB"),
]


@pytest.mark.parametrize(("content", "words"), HOSTILE)
def test_what_is_no_photo_is_refused_in_words(content, words):
    with pytest.raises(InvalidValue) as refusal:
        picture_from(content)
    assert (refusal.value.field, refusal.value.detail) == ("photo", words)


def test_a_script_behind_a_photo_does_not_come_through():
    assert b"<script>" not in picture_from(photo() + b"<script>alert(1)</script>")


def test_a_photo_that_eats_more_than_its_time_is_refused(monkeypatch):
    monkeypatch.setattr(pictures, "SECONDS", 0)
    with pytest.raises(InvalidValue, match="照片展开后太大，已停止读取"):
        picture_from(photo())


@told_once
def matter(town):
    return factories.grid_matter(unit=town.our_community)


@pytest.fixture
def kept(matter):
    return add_photo(matter=matter, content=phone_photo(), caption=" 楼道 ", by=None, today=TODAY)


def test_it_lies_sealed_in_its_row_and_in_no_folder(kept):
    with connection.cursor() as cursor:
        cursor.execute("SELECT content FROM volunteering_matterphoto")
        stored = bytes(cursor.fetchone()[0])
    assert b"JFIF" not in stored
    assert kept.open_content().startswith(b"\xff\xd8\xff")
    assert kept.caption == "楼道"
    columns = {field.name for field in MatterPhoto.pgh_event_model._meta.fields}
    assert "content" not in columns


def test_a_matter_has_six_photos_at_most(matter, kept):
    for _ in range(5):
        add_photo(matter=matter, content=photo(), by=None, today=TODAY)
    with refused(MatterRule, "一件事项最多 6 张照片", field="photo"):
        add_photo(matter=matter, content=photo(), by=None, today=TODAY)


def test_what_is_taken_down_is_gone_with_its_reason_on_record(matter, kept):
    with refused(InvalidValue, "请写明撤回的原因", field="reason"):
        withdraw_photo(photo=kept, reason=" ", by=None)
    withdraw_photo(photo=kept, reason="拍到了孩子", by=None)

    assert matter.photos.count() == 0


def content(row):
    return reverse("admin:volunteering_matterphoto_content", args=[row.pk])


def test_each_fetch_asks_the_scope_anew(kept, enter, client, town):
    clerk = enter(factories.account(role="community_clerk", unit=town.our_community))
    answer = clerk.get(content(kept))
    assert answer.content == kept.open_content()
    headers = {"Content-Type": "image/jpeg", "X-Content-Type-Options": "nosniff",
               "Content-Disposition": 'attachment; filename="photo.jpg"',
               "Content-Security-Policy": "sandbox; default-src 'none'"}  # fmt: skip
    assert "no-store" in answer["Cache-Control"]
    assert {name: answer[name] for name in headers} == headers

    stranger = enter(factories.account(role="street_clerk", unit=town.theirs))
    assert stranger.get(content(kept)).status_code == 302
    client.logout()
    assert client.get(content(kept))["Location"].startswith("/admin/login/")


def test_the_photo_of_a_dispute_is_not_given_to_the_street(enter, town):
    dispute = factories.grid_matter(unit=town.our_community, kind="dispute")
    kept = add_photo(matter=dispute, content=photo(), by=None, today=TODAY)
    street = enter(factories.account(role="street_clerk", unit=town.ours))
    assert b"\xff\xd8" not in street.get(content(kept)).content
    community = enter(factories.account(role="community_clerk", unit=town.our_community))
    assert community.get(content(kept)).content == kept.open_content()


def test_a_photo_is_added_on_a_page_and_taken_down_on_another(clerk, matter):
    page = reverse("admin:volunteering_gridmatter_photo", args=[matter.pk])
    wrong = {"photo": SimpleUploadedFile("x.svg", b"<svg/>"), "caption": "", "version": 1}
    assert errors_of(clerk.post(page, wrong)) == {"photo": [NO_PHOTO]}
    clerk.post(page, {"photo": SimpleUploadedFile("x.jpg", photo()), "caption": "楼道", "version": 1})
    kept = MatterPhoto.objects.get()
    shown = clerk.get(reverse("admin:volunteering_gridmatter_change", args=[matter.pk])).content.decode()
    assert content(kept) in shown

    away = clerk.post(
        reverse("admin:volunteering_matterphoto_withdraw", args=[kept.pk]),
        {"reason": "拍到了孩子", "version": 1},
    )
    assert away["Location"] == reverse("admin:volunteering_gridmatter_change", args=[matter.pk])
    entry = AuditEntry.objects.about(matter).latest("pk")
    assert (deed_words(entry.verb), entry.reason) == ("网格事项：撤下照片", "拍到了孩子")


def test_programs_add_fetch_and_take_down_photos(streets):
    matter = factories.grid_matter(unit=streets.gulou)
    clerk, foreign = streets.clerk, streets.caller("street_clerk", unit=streets.jianning)
    sent = {"photo": SimpleUploadedFile("x.jpg", phone_photo()), "caption": "楼道"}
    answer = clerk.client.post(f"/api/v1/grid-matters/{matter.pk}/photo/", sent, format="multipart")
    assert answer.status_code == 200, answer.content
    [number] = answer.json()["photos"]
    picture = clerk.get(f"matter-photos/{number}/content/")
    assert (picture["Content-Type"], b"Secret" in picture.content) == ("image/jpeg", False)
    assert foreign.get(f"matter-photos/{number}/content/").status_code == 404
    assert clerk.get("matter-photos/", matter=matter.pk).json()["count"] == 1

    done = clerk.post(f"matter-photos/{number}/withdraw/", {"reason": "拍错了"})
    assert done.json() == {"withdrawn": number}
    assert clerk.get(f"matter-photos/{number}/").status_code == 404
