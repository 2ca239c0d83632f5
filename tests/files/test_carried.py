"""The recipe in a file, whoever made it and whatever was done to it."""

import io
import struct

import av
import numpy as np
import pytest
from PIL import Image

from genclass.files import animate, carried, images
from tests.helpers import code_of, encode, picture
from tests.stand_ins import random_images

FRAMES = random_images(3, size=16).permute(0, 2, 3, 1).numpy()
TEXT = '{"model": "x"}'
FORMS = ("png", *animate.FORMATS)


def made(form):
    return images.png_bytes(FRAMES[0], TEXT) if form == "png" else animate.animation(FRAMES, form, TEXT, "stored")


def others(form):
    """The same without a text of ours: as any program writes it."""
    if form == "mp4":
        buffer = io.BytesIO()
        with av.open(buffer, "w", format="mp4") as file:
            file.metadata["comment"] = "holiday"
            stream = file.add_stream("libx264", rate=5)
            stream.width = stream.height = 32
            stream.pix_fmt = "yuv420p"
            file.mux(stream.encode(av.VideoFrame.from_ndarray(np.zeros((32, 32, 3), np.uint8), format="rgb24")))
            file.mux(stream.encode())
        return buffer.getvalue()
    exif = Image.Exif()
    exif[270] = "holiday"
    beside = {"gif": {"comment": b"holiday"}, "webp": {"exif": exif}}.get(form, {})
    return encode(picture(), form.upper(), **beside)


@pytest.mark.parametrize("form", FORMS)
def test_a_file_made_here_carries_its_text_by_path_and_by_bytes(form, tmp_path):
    path = tmp_path / "a"
    path.write_bytes(made(form))
    assert carried.text(path) == carried.text(path.read_bytes()) == TEXT


@pytest.mark.parametrize("form", FORMS)
def test_no_pixel_is_decoded_for_it(form, monkeypatch):
    monkeypatch.setattr(carried.decode, "read", None)
    assert carried.text(made(form)) == TEXT


@pytest.mark.parametrize("form", FORMS)
def test_another_programs_file_has_none(form):
    assert code_of(carried.text, others(form)) == ("not_an_image" if form == "mp4" else "no_recipe")


@pytest.mark.parametrize("form", FORMS)
def test_a_damaged_file_is_refused_in_words_or_still_tells(form):
    """Cut anywhere, or with any byte changed."""
    whole = made(form)
    step = max(1, len(whole) // 60)
    for place in range(0, len(whole), step):
        for spoilt in (whole[:place], whole[:place] + b"\xff" + whole[place + 1 :]):
            try:
                assert carried.text(spoilt)
            except carried.GenClassError as error:
                assert error.code


@pytest.mark.parametrize(
    "crafted",
    [b"GIF89a" + bytes(7) + b"!\xfe\0" * 2_000_000, b"GIF89a" + bytes(7) + b"!\xfe" + b"\1a" * 2_000_000,
     b"RIFF\0\0\0\0WEBP" + b"abcd\0\0\0\0" * 1_000_000, struct.pack(">I4s", 8, b"free") * 1_000_000,
     b"RIFF\0\0\0\0WEBPEXIF\xff\xff\xff\x7f"],
)  # fmt: skip
def test_a_file_of_countless_pieces_costs_little(crafted, monkeypatch):
    monkeypatch.setattr(carried.decode, "read", lambda data: None)
    assert code_of(carried.text, crafted) == "no_recipe"
