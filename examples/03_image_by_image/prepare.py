#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes folders for `image_by_image --data` of two public sets, with Python's standard library alone.

usage: prepare.py coil20 SOURCE TARGET     SOURCE holds images.npy (n x height x width, uint8) and labels.npy: the first half of
                                           the objects becomes train, the second half test
       prepare.py omniglot SOURCE TARGET   SOURCE holds images_background_small1.zip (train) and images_background_small2.zip
                                           (test); strokes become bright, 105 x 105 pixels the means of 32 x 32 areas

TARGET gets train_images.npy, train_labels.npy, test_images.npy, test_labels.npy; no class is in both halves.
"""
import ast
import pathlib
import struct
import sys
import zipfile
import zlib

SIZE = 32


def read_npy(path):
    data = path.read_bytes()
    if data[:8] != b"\x93NUMPY\x01\x00":
        sys.exit(f"{path}: not a .npy file of version 1.0")
    end = 10 + struct.unpack("<H", data[8:10])[0]
    head = ast.literal_eval(data[10:end].decode())
    if head["fortran_order"]:
        sys.exit(f"{path}: Fortran order")
    return head["descr"], head["shape"], data[end:]


def write_npy(path, descr, shape, data):
    head = repr({"descr": descr, "fortran_order": False, "shape": tuple(shape)})
    head += " " * (63 - (10 + len(head)) % 64) + "\n"
    path.write_bytes(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(head)) + head.encode() + bytes(data))


def write_half(target, half, pictures, labels, height, width):
    write_npy(target / f"{half}_images.npy", "|u1", (len(labels), height, width), b"".join(pictures))
    write_npy(target / f"{half}_labels.npy", "<i4", (len(labels),), struct.pack(f"<{len(labels)}i", *labels))
    print(f"{half}: {len(labels)} pictures of {height} x {width}, {len(set(labels))} classes")


def coil20(source, target):
    descr, (count, height, width), pixels = read_npy(source / "images.npy")
    kind, _, data = read_npy(source / "labels.npy")
    if descr != "|u1" or kind != "<i4":
        sys.exit("expected uint8 images and int32 labels")
    labels = struct.unpack(f"<{count}i", data)
    objects = sorted(set(labels))
    for half, mine in (("train", objects[:len(objects) // 2]), ("test", objects[len(objects) // 2:])):
        rows = [i for i in range(count) if labels[i] in mine]
        step = height * width
        write_half(target, half, [pixels[i * step:(i + 1) * step] for i in rows], [labels[i] for i in rows], height, width)


def strokes(png):
    """Width, height and the (row, column) of the dark pixels of a PNG file with one bit per pixel."""
    at, data = 8, b""
    while at < len(png):
        length, name = struct.unpack(">I4s", png[at:at + 8])
        body = png[at + 8:at + 8 + length]
        if name == b"IHDR":
            width, height, depth, colour, _, _, interlaced = struct.unpack(">IIBBBBB", body)
            if (depth, colour, interlaced) != (1, 0, 0):
                raise ValueError("expected one bit of grey per pixel")
        elif name == b"IDAT":
            data += body
        at += 12 + length
    lines, stride, found = zlib.decompress(data), (width + 7) // 8, []
    before = bytes(stride)
    for row in range(height):
        kind, line = lines[row * (stride + 1)], bytearray(lines[row * (stride + 1) + 1:(row + 1) * (stride + 1)])
        for i in range(stride):
            left, up, corner = line[i - 1] if i else 0, before[i], before[i - 1] if i else 0
            guess = left + up - corner
            paeth = min((left, up, corner), key=lambda v: abs(guess - v))
            line[i] = (line[i] + (0, left, up, (left + up) // 2, paeth)[kind]) & 255
        before = bytes(line)
        for column in range(width):
            if not line[column >> 3] >> (7 - (column & 7)) & 1:
                found.append((row, column))
    return width, height, found


def shares(length):
    """For every pixel along one side the cells that it lies in, and how much of it."""
    out = []
    for i in range(length):
        low, high = i * SIZE / length, (i + 1) * SIZE / length
        out.append([(cell, min(high, cell + 1) - max(low, cell)) for cell in range(int(low), min(SIZE, int(high - 1e-9) + 1))])
    return out


def omniglot(source, target):
    for half, name in (("train", "images_background_small1.zip"), ("test", "images_background_small2.zip")):
        pictures, labels, classes = [], [], {}
        with zipfile.ZipFile(source / name) as archive:
            for member in sorted(m for m in archive.namelist() if m.endswith(".png") and "__MACOSX" not in m):
                width, height, dark = strokes(archive.read(member))
                down, across = shares(height), shares(width)
                cells = [0.0] * (SIZE * SIZE)
                for row, column in dark:
                    for r, a in down[row]:
                        for c, b in across[column]:
                            cells[r * SIZE + c] += a * b
                pictures.append(bytes(min(255, round(255 * v)) for v in cells))
                labels.append(classes.setdefault(member.rsplit("/", 1)[0], len(classes) + (half == "test") * 10000))
        write_half(target, half, pictures, labels, SIZE, SIZE)


def main():
    makers = {"coil20": coil20, "omniglot": omniglot}
    if len(sys.argv) != 4 or sys.argv[1] not in makers:
        sys.exit(__doc__.strip())
    source, target = map(pathlib.Path, sys.argv[2:])
    target.mkdir(parents=True, exist_ok=True)
    try:
        makers[sys.argv[1]](source, target)
    except (OSError, ValueError, zipfile.BadZipFile, zlib.error) as error:
        sys.exit(f"prepare.py: {error}")


if __name__ == "__main__":
    main()
