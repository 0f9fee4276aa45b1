"""Makes a photo anew: its points and nothing else. Runs alone in a confined process.

Standard input: the file. Standard output: "+" and a JPEG without any metadata, or "-" and a refusal in words.
"""

import io
import sys

MOST_PIXELS = 20_000_000
LONGEST_SIDE = 1_600
QUALITY = 82
FORMATS = ("JPEG", "PNG", "WEBP")
WHITE = (255, 255, 255)


class Refused(Exception):
    """The file is no photo that is taken; the message is for the person who sent it."""


def main():
    """Read the photo, write it anew."""
    try:
        answer = b"+" + encoded(sys.stdin.buffer.read())
    except Refused as refusal:
        answer = b"-" + str(refusal).encode()
    sys.stdout.buffer.write(answer)
    sys.stdout.flush()


def encoded(content):
    """The photo as a JPEG of a bounded size, the right way up, on a sheet that knows nothing of the old."""
    from PIL import Image, ImageOps  # noqa: PLC0415

    # The size is asked of the header, in words of ours, before a single point is decoded.
    Image.MAX_IMAGE_PIXELS = None
    try:
        opened = Image.open(io.BytesIO(content), formats=FORMATS)
    except Exception:
        opened = None
    if opened is None:
        raise Refused("照片须是 JPG、PNG 或 WebP 格式的图片，且没有损坏")
    if opened.width * opened.height > MOST_PIXELS:
        raise Refused(f"照片有 {opened.width}×{opened.height} 个像素，最多 2000 万像素，请缩小后再传")
    try:
        upright = ImageOps.exif_transpose(opened).convert("RGBA")
    except Exception as error:
        raise Refused("照片已损坏，不能读取") from error
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    sheet = Image.new("RGB", upright.size, WHITE)
    sheet.paste(upright, mask=upright.getchannel("A"))
    written = io.BytesIO()
    sheet.save(written, "JPEG", quality=QUALITY)
    return written.getvalue()


if __name__ == "__main__":
    main()
