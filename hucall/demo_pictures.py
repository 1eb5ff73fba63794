"""Small drawn pictures for the demo's calls: no photograph of any real place."""

import random
import struct
import zlib

WIDTH, HEIGHT = 480, 320
HORIZON = 150


def png(name: str) -> bytes:
    """A street scene as PNG; the same name draws the same picture."""
    dice = random.Random(name)  # noqa: S311 - variety, no secret
    rows = [bytearray(sky(row) * WIDTH) for row in range(HEIGHT)]
    ground = bytes(dice.choice([(122, 132, 98), (150, 140, 118), (128, 128, 124)]))
    for row in range(HORIZON, HEIGHT):
        rows[row][:] = ground * WIDTH
    for _ in range(dice.randint(3, 5)):
        block(rows, dice, HORIZON - dice.randint(30, 90), HORIZON)
    road(rows, dice)
    for _ in range(dice.randint(2, 6)):
        top = dice.randint(HORIZON + 30, HEIGHT - 70)
        block(rows, dice, top, top + dice.randint(15, 55), 90)
    return encode(rows)


def sky(row: int) -> bytes:
    """Paler towards the horizon."""
    shade = min(row, HORIZON) * 60 // HORIZON
    return bytes((165 + shade, 188 + shade // 2, 205 + shade // 3))


def block(rows, dice, top: int, bottom: int, widest: int = 130) -> None:
    """A house, a wall, a heap: one upright shape with a darker edge."""
    left = dice.randint(0, WIDTH - 60)
    wide = dice.randint(24, widest)
    right = min(left + wide, WIDTH)
    colour = [dice.randint(70, 200) for _ in range(3)]
    paint, edge = bytes(colour), bytes(max(part - 45, 0) for part in colour)
    for row in range(max(top, 0), min(bottom, HEIGHT)):
        shade = edge if row - top < 4 else paint
        rows[row][left * 3 : right * 3] = shade * (right - left)
        rows[row][left * 3 : (left + 2) * 3] = edge * 2


def road(rows, dice) -> None:
    """A road that widens towards the viewer, with a dark patch on it."""
    middle, slope = dice.randint(180, 300), dice.uniform(0.5, 1.1)
    patch = dice.randint(HORIZON + 60, HEIGHT - 40)
    for row in range(HORIZON, HEIGHT):
        half = int(14 + (row - HORIZON) * slope)
        left, right = max(middle - half, 0), min(middle + half, WIDTH)
        rows[row][left * 3 : right * 3] = bytes((96, 98, 102)) * (right - left)
        if abs(row - patch) < 14:
            wide = 46 - abs(row - patch) * 2
            rows[row][(middle - wide) * 3 : (middle + wide) * 3] = bytes((52, 46, 42)) * (2 * wide)


def encode(rows) -> bytes:
    """The rows as a PNG file."""
    raw = b"".join(b"\0" + bytes(row) for row in rows)
    head = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(raw, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(map(chunk, parts))


def chunk(part: tuple[bytes, bytes]) -> bytes:
    kind, data = part
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
