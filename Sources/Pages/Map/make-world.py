#!/usr/bin/env python3
"""Makes world.txt: coarse outlines of countries from Natural Earth, which is in the public domain.

    pip download --no-deps geopandas==0.14.4 country-bounding-boxes==0.2.3
    python3 make-world.py geopandas-0.14.4-py3-none-any.whl country-bounding-boxes-0.2.3.tar.gz

Both packages carry data of Natural Earth (naturalearthdata.com): the first the outlines of
ne_110m_admin_0_countries, the second the bounding boxes of ne_50m_admin_0_map_subunits, by which
countries are placed that are too small for an outline. Only the data is taken. A line of the result
is a country's ISO 3166-1 alpha-3 code, the point of its mark, and its outline as an SVG path with
relative steps, if it has one; land that ISO gives no code to has a line with a dash. All is in half
degrees eastwards of 180° W and southwards of 84° N.
"""

import io
import re
import struct
import sys
import tarfile
import zipfile

TOP, LEFT, UNITS = 84, -180, 2
# Not drawn: it has no country's devices and would be a third of the picture.
LEFT_OUT = {"ATA"}
# Codes of the datasets that ISO 3166-1 does not have; their land is drawn without a name.
NOT_ISO = {"ATC", "CYN", "IOA", "KAS", "KOS", "PSX", "SOL"}
NAMELESS = "-"


def rows(dbf):
    """The records of a dBASE file, as dictionaries of text."""
    count, header, size = struct.unpack("<IHH", dbf[4:12])
    fields, at = [], 32
    while dbf[at] != 0x0D:
        fields.append((dbf[at:at + 11].split(b"\0")[0].decode(), dbf[at + 16]))
        at += 32
    for number in range(count):
        row, at = {}, header + number * size + 1
        for name, length in fields:
            row[name] = dbf[at:at + length].decode("latin-1").strip()
            at += length
        yield row


def shapes(shp):
    """The rings of each polygon of a shapefile."""
    at = 100
    while at < len(shp):
        length = struct.unpack(">I", shp[at + 4:at + 8])[0] * 2
        record = shp[at + 8:at + 8 + length]
        at += 8 + length
        parts, points = struct.unpack("<II", record[36:44])
        starts = list(struct.unpack(f"<{parts}I", record[44:44 + 4 * parts])) + [points]
        flat = struct.unpack(f"<{2 * points}d", record[44 + 4 * parts:])
        all_points = list(zip(flat[::2], flat[1::2]))
        yield [all_points[a:b] for a, b in zip(starts, starts[1:])]


def grid(point):
    return round((point[0] - LEFT) * UNITS), round((TOP - point[1]) * UNITS)


def ring(points):
    """On the grid, without points that add nothing, from the same one whatever the order."""
    kept = list(map(grid, points))
    index = 0
    while len(kept) > 2 and index < len(kept):
        before, point, after = kept[index - 1], kept[index], kept[(index + 1) % len(kept)]
        cross = ((point[0] - before[0]) * (after[1] - point[1])
                 - (point[1] - before[1]) * (after[0] - point[0]))
        if cross:
            index += 1
        else:
            # Without it the point before may add nothing either.
            del kept[index]
            index = max(0, index - 2)
    return kept if len(kept) > 2 else []


def area(points):
    pairs = zip(points, points[1:] + points[:1])
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in pairs)) / 2


def path(rings):
    text, at = "", (0, 0)
    for points in rings:
        steps = []
        for point in points:
            steps.append((point[0] - at[0], point[1] - at[1]))
            at = point
        # Pairs after the first are lines; a minus parts numbers as a blank does.
        text += "m" + re.sub(" -", "-", " ".join(f"{x} {y}" for x, y in steps)) + "z"
        at = points[0]
    return text


def inside(point, points):
    x, y = point
    result = False
    for a, b in zip(points, points[1:] + points[:1]):
        if (a[1] > y) != (b[1] > y) and x < (b[0] - a[0]) * (y - a[1]) / (b[1] - a[1]) + a[0]:
            result = not result
    return result


def middle(points):
    """A point of the grid well inside of the largest ring: the farthest from its edge."""
    def distance(point):
        best = 1e9
        for a, b in zip(points, points[1:] + points[:1]):
            dx, dy = b[0] - a[0], b[1] - a[1]
            t = max(0, min(1, ((point[0] - a[0]) * dx + (point[1] - a[1]) * dy)
                           / (dx * dx + dy * dy)))
            best = min(best, (a[0] + t * dx - point[0]) ** 2 + (a[1] + t * dy - point[1]) ** 2)
        return best
    xs, ys = [p[0] for p in points], [p[1] for p in points]
    inner = [(x, y) for x in range(min(xs), max(xs) + 1) for y in range(min(ys), max(ys) + 1)
             if inside((x + 1e-6, y + 1e-6), points)]
    if not inner:
        return round(sum(xs) / len(xs)), round(sum(ys) / len(ys))
    return max(inner, key=lambda point: (distance(point), -point[0], -point[1]))


def main(outlines, boxes):
    with zipfile.ZipFile(outlines) as archive:
        base = "geopandas/datasets/naturalearth_lowres/naturalearth_lowres."
        dbf, shp = archive.read(base + "dbf"), archive.read(base + "shp")
    with tarfile.open(boxes) as archive:
        name = "country-bounding-boxes-0.2.3/country_bounding_boxes/generated.py"
        text = archive.extractfile(name).read().decode("utf-8")
    found = {}
    for row, rings in zip(rows(dbf), shapes(shp)):
        code = row["iso_a3"]
        if code in NOT_ISO or not re.fullmatch("[A-Z]{3}", code):
            code = NAMELESS
        if code in LEFT_OUT:
            continue
        on_grid = [points for points in map(ring, rings) if points]
        found.setdefault(code, []).extend(on_grid)
    found = {code: rings for code, rings in found.items() if rings}
    marks = {code: (0, 0) if code == NAMELESS else middle(max(rings, key=area))
             for code, rings in found.items()}
    # Small countries: the middle of the largest of their boxes. Parts of some have no code.
    number = r"(-?[0-9.]+)"
    pattern = re.compile(rf"bbox=\({number}, {number}, {number}, {number}\)")
    sizes = {}
    for record in text.split("Country(\n")[1:]:
        box = pattern.search(record)
        codes = [re.search(rf'\b{field}="([A-Z]{{3}})"', record) for field in ("iso_a3", "adm0_a3")]
        code = next((match[1] for match in codes if match), "")
        if not box or not code or code in found or code in LEFT_OUT | NOT_ISO:
            continue
        west, south, east, north = map(float, box.groups())
        size = (east - west) * (north - south)
        if size > sizes.get(code, -1):
            sizes[code] = size
            marks[code] = grid(((west + east) / 2, (south + north) / 2))
    for code in sorted(marks):
        x, y = marks[code]
        print(code, x, y, path(found.get(code, [])).strip())


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
