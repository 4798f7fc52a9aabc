"""Writes small images of all formats, and the pixels that the Pillow library reads from them.

Usage: make.py FOLDER. Each line of expected.txt is a file's name, its rows, columns and channels, and the
pixels in hexadecimal digits. Orientations are applied by ImageOps.exif_transpose.
"""

import io
import pathlib
import struct
import sys

import numpy as np
from PIL import Image, ImageOps

HEIGHT, WIDTH = 17, 23
folder = pathlib.Path(sys.argv[1])
expected = []


def rgb(height=HEIGHT, width=WIDTH, seed=1):
    """A ramp with some noise: not smooth, not only noise."""
    y, x = np.mgrid[:height, :width]
    noise = np.random.default_rng(seed).integers(0, 60, (height, width, 3))
    return (np.stack([x * 8, y * 11, 255 - x * 5 - y * 4], -1) * 0.75 + noise).clip(0, 255).astype(np.uint8)


def expect(name, pixels):
    pixels = np.asarray(pixels, np.uint8)
    if pixels.ndim == 2:
        pixels = pixels[..., None]
    expected.append(f"{name} {' '.join(map(str, pixels.shape))} {pixels.tobytes().hex()}")


def put(name, data, pixels=None):
    (folder / name).write_bytes(data)
    if pixels is None:
        image = Image.open(io.BytesIO(data))
        pixels = ImageOps.exif_transpose(image).convert("RGB")
    expect(name, pixels)


def saved(image, format, **options):
    data = io.BytesIO()
    image.save(data, format, **options)
    return data.getvalue()


def exif(orientation):
    tags = Image.Exif()
    tags[274] = orientation
    return tags.tobytes()


colours = Image.fromarray(rgb())
grey = colours.convert("L")
palette = colours.quantize(40)
rgba = Image.fromarray(np.dstack([rgb(), rgb()[..., 0]]))

# JPEG: the endings, and inks.
put("baseline.jfif", saved(colours, "JPEG", quality=90))
put("progressive.JPE", saved(colours, "JPEG", quality=90, progressive=True))
cmyk = saved(Image.fromarray(np.dstack([rgb(seed=2), rgb(seed=3)[..., 0]]), "CMYK"), "JPEG", quality=95)
put("cmyk.jpg", cmyk)
adobe = cmyk.index(b"Adobe")
put("ycck.jpg", cmyk[: adobe + 11] + b"\2" + cmyk[adobe + 12 :])

# BMP
put("colours.bmp", saved(colours, "BMP"))
put("grey.bmp", saved(grey, "BMP"), grey)
put("palette.BMP", saved(palette, "BMP"))
put("bits.bmp", saved(colours.convert("1"), "BMP"), np.array(colours.convert("1")).astype(np.uint8) * 255)
put("opacity.bmp", saved(rgba, "BMP"))
line = WIDTH * 2 + WIDTH * 2 % 4
words = np.zeros((HEIGHT, line // 2), "<u2")
levels = rgb().astype(int)
words[:, :WIDTH] = (levels[..., 0] >> 3) << 11 | (levels[..., 1] >> 2) << 5 | levels[..., 2] >> 3
info = struct.pack("<IiiHHIIiiII", 40, WIDTH, HEIGHT, 1, 16, 3, line * HEIGHT, 0, 0, 0, 0)
fields = struct.pack("<III", 0xF800, 0x07E0, 0x001F)
put("fields.bmp", b"BM" + struct.pack("<IHHI", 66 + line * HEIGHT, 0, 0, 66) + info + fields + words[::-1].tobytes())
put("downwards.bmp", b"BM" + struct.pack("<IHHI", 66 + line * HEIGHT, 0, 0, 66)
    + struct.pack("<IiiHHIIiiII", 40, WIDTH, -HEIGHT, 1, 16, 3, line * HEIGHT, 0, 0, 0, 0) + fields + words.tobytes())

# GIF
put("still.gif", saved(palette, "GIF"))
put("animated.GIF", saved(palette, "GIF", save_all=True, append_images=[Image.fromarray(rgb(seed=4)).quantize(40)]))
put("transparent.gif", saved(palette, "GIF", transparency=3))
gif = bytearray(saved(palette, "GIF", transparency=5))
gif[6:10] = struct.pack("<HH", WIDTH + 6, HEIGHT + 4)
at = gif.index(b"\x2c\0\0\0\0" + struct.pack("<HH", WIDTH, HEIGHT))
gif[at + 1 : at + 5] = struct.pack("<HH", 2, 3)
put("offset.gif", bytes(gif))

# TIFF
for compression in ["raw", "tiff_lzw", "tiff_adobe_deflate", "packbits"]:
    put(f"{compression}.tif", saved(colours, "TIFF", compression=compression))
put("grey.tiff", saved(grey, "TIFF"), grey)
put("bits.tif", saved(colours.convert("1"), "TIFF"), np.array(colours.convert("1")).astype(np.uint8) * 255)
put("fax.tif", saved(colours.convert("1"), "TIFF", compression="group4"), np.array(colours.convert("1")).astype(np.uint8) * 255)
put("palette.tif", saved(palette, "TIFF"))
put("opacity.tif", saved(rgba, "TIFF"))
put("inks.tif", saved(Image.fromarray(np.dstack([rgb(seed=2), rgb(seed=3)[..., 0]]), "CMYK"), "TIFF"))
deep = np.random.default_rng(5).integers(0, 65536, (HEIGHT, WIDTH)).astype("<u2")
put("deep.tif", saved(Image.fromarray(deep), "TIFF"), deep >> 8)
negative = saved(grey, "TIFF", tiffinfo={262: 0})
put("negative.tif", negative, Image.open(io.BytesIO(negative)).convert("L"))
big = struct.pack(">2sHI", b"MM", 42, 8)
entries = [(256, 3, 1, WIDTH << 16), (257, 3, 1, HEIGHT << 16), (258, 3, 1, 8 << 16), (259, 3, 1, 1 << 16),
           (262, 3, 1, 1 << 16), (273, 4, 1, 8 + 2 + 9 * 12 + 4), (277, 3, 1, 1 << 16), (278, 3, 1, HEIGHT << 16),
           (279, 4, 1, HEIGHT * WIDTH)]
put("big-endian.tif", big + struct.pack(">H", len(entries)) + b"".join(struct.pack(">HHII", *e) for e in entries)
    + bytes(4) + np.array(grey).tobytes(), grey)

# WebP
put("lossless.webp", saved(colours, "WEBP", lossless=True))
put("opacity.webp", saved(rgba, "WEBP", lossless=True, exact=True), rgb())
put("animated.webp", saved(colours, "WEBP", save_all=True, lossless=True, append_images=[Image.fromarray(rgb(seed=4))]))
put("lossy.WEBP", saved(colours, "WEBP", quality=90))
put("odd.webp", saved(Image.fromarray(rgb(40, 61)), "WEBP", quality=75))
put("profile.webp", saved(colours, "WEBP", lossless=True, icc_profile=bytes(200)), rgb())

# Orientations: of a smooth image, so that JPEG's blocks are no matter.
for orientation in range(1, 9):
    put(f"turned-{orientation}.jpg", saved(colours, "JPEG", quality=90, exif=exif(orientation)))
for orientation in (3, 6):
    put(f"turned-{orientation}.png", saved(colours, "PNG", exif=exif(orientation)))
    put(f"turned-{orientation}.webp", saved(colours, "WEBP", lossless=True, exif=exif(orientation)))
    turned = Image.open(io.BytesIO(saved(colours, "JPEG", exif=exif(orientation))))
    put(f"turned-{orientation}.tif", saved(colours, "TIFF", tiffinfo={274: orientation}),
        np.array(ImageOps.exif_transpose(Image.open(io.BytesIO(saved(colours, "PNG", exif=exif(orientation)))))))
big_endian = saved(colours, "JPEG", quality=90, exif=b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x08\0\0\0\0\0\0")
put("turned-big-endian.jpg", big_endian)

(folder / "expected.txt").write_text("\n".join(expected) + "\n")
