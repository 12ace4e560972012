#!/usr/bin/env python3
"""Writes the sample devices and reads beside this script.

Synthetic and deterministic: one fixed seed, standard library only, so a second run gives the same bytes. Every
accepted row is checked against the ledger's three plausibility limits before anything is written.
"""

import csv
import math
import random
from collections import defaultdict
from datetime import datetime, timedelta, timezone
from fractions import Fraction
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
SEED = "drec sample 1"
UTC = timezone.utc
HOUR, DAY = timedelta(hours=1), timedelta(days=1)

DEVICE_COLUMNS = (
    "organizationId,externalId,projectName,address,latitude,longitude,countryCode,fuelCode,deviceTypeCode,capacity,"
    "commissioningDate,gridInterconnection,offTaker,impactStory,qualityLabels,deviceDescription,energyStorage,"
    "energyStorageCapacity,SDGBenefits"
).split(",")

# external id, project, address, latitude, longitude, country, type, kW, commissioned, grid, off-taker, story,
# description, storage kWh, SDGs
DEVICES = [
    ("KE-Coldstore-1", "Mto Baridi Cold Stores", "Plot 14, Kasuku Industrial Park, Ruiru", -1.15, 36.96, "KEN", "TC120",
     "240", "2021-06-14", "true", "Industrial", "", "Rooftop Solar", "", "SDG7,SDG9"),
    ("KE-Minigrid-Lomeri", "Lomeri Village Mini-Grid", "Lomeri market centre, Turkana County", 3.12, 35.60, "KEN",
     "TC110", "60", "2022-03-01", "", "Off-Grid Community", "Power for 310 homes, a clinic and a mill", "Mini Grid",
     "180", "SDG7,SDG3"),
    ("KE-SHS-0117", "Jua Nyumbani Home Systems", "Homestead 117, Nyakoe Ridge, Kisii", -0.68, 34.78, "KEN", "TC120",
     "0.2", "2023-02-20", "false", "Residential", "", "Solar Home System", "1.2", "SDG7"),
    ("KE-SHS-0242", "Jua Nyumbani Home Systems", "Homestead 242, Kiandutu Lane, Embu", -0.53, 37.45, "KEN", "TC120",
     "0.1", "2024-05-08", "false", "Residential", "", "Solar Home System", "0.6", "SDG7"),
    ("KE-Lantern-0008", "Taa Study Lanterns", "Ushindi Primary School, Homa Bay", -0.53, 34.46, "KEN", "TC140",
     "0.005", "2025-01-15", "", "Education", "One of 400 lanterns lent to pupils", "Solar Lantern", "0.02", "SDG4"),
    ("NG-Ricemill-1", "Hatsi Rice Mill", "7 Dawaki Crescent, Kano", 11.99, 8.55, "NGA", "TC120",
     "187.5", "2022-11-03", "true", "Industrial", "", "Rooftop Solar", "", "SDG7,SDG8"),
    ("NG-School-Ilorin", "Tanke Hill Girls School", "22 Odo Street, Ilorin", 8.49, 4.59, "NGA", "TC120",
     "12.6", "2023-09-18", "false", "School", "Lights, pumps and a computer room", "Rooftop Solar", "28.8",
     "SDG4,SDG7"),
    ("NG-Microgrid-Aba Oke", "Aba Oke Micro-Grid", "Market square, Aba Oke, Oyo State", 8.14, 3.42, "NGA", "TC110",
     "24.3", "2023-04-27", "", "Off-Grid Community", "", "Mini Grid", "72", "SDG7,SDG1"),
    ("NG-SHS-0031", "Haske Home Systems", "House 31, Gidan Ruwa, Kaduna", 10.52, 7.44, "NGA", "TC120",
     "0.3", "2024-08-12", "false", "Residential", "", "Solar Home System", "2.4", "SDG7"),
    ("IN-Textile-1", "Sutra Weaving Works", "Shed 9, Vetal Road, Ichalkaranji", 16.69, 74.46, "IND", "TC120",
     "250", "2019-12-05", "true", "Industrial", "", "Rooftop Solar", "", "SDG7,SDG12"),
    ("IN-Dairy-Anand", "Gauri Dairy Cooperative", "Chilling Centre 3, Vasad Road, Anand", 22.56, 72.95, "IND", "TC120",
     "98.4", "2020-10-22", "true", "Commercial", "", "Rooftop Solar", "", "SDG2,SDG7"),
    ("IN-Pump-0451", "Niphad Irrigation Pumps", "Survey 451, Kothure, Nashik", 20.08, 74.11, "IND", "TC110",
     "5.5", "2021-02-11", "false", "Agriculture", "", "Ground Mount Solar", "", "SDG2,SDG6"),
]

# Per device: first day, days, UTC time at which its day begins, unit and decimals of its daily file, share of the
# possible energy that is used (full batteries and idle pumps waste some) and the share of days it stands still.
DAILY = {
    "KE-Coldstore-1": ("2025-09-01", 60, 0, "kWh", 2, 0.97, 0),
    "KE-Minigrid-Lomeri": ("2025-09-01", 60, 0, "kWh", 3, 0.78, 0),
    "KE-SHS-0117": ("2025-09-01", 60, 0, "Wh", 2, 0.62, 0),
    "KE-SHS-0242": ("2025-09-01", 60, 0, "Wh", 1, 0.58, 0),
    "KE-Lantern-0008": ("2025-10-01", 30, 0, "Wh", 2, 0.55, 0.1),
    "NG-Ricemill-1": ("2025-09-01", 60, 0, "kWh", 1, 0.96, 0),
    "NG-School-Ilorin": ("2025-09-01", 60, 0, "Wh", 0, 0.74, 0),
    "NG-Microgrid-Aba Oke": ("2025-09-01", 60, 0, "kWh", 4, 0.80, 0),
    "NG-SHS-0031": ("2025-09-15", 46, 0, "Wh", 3, 0.60, 0),
    "IN-Textile-1": ("2025-09-01", 60, 0, "kWh", 2, 0.97, 0),
    "IN-Dairy-Anand": ("2025-09-01", 60, 18.5, "Wh", 0, 0.96, 0),  # counts Indian days: midnight there is 18:30 UTC
    "IN-Pump-0451": ("2025-09-01", 60, 0, "kWh", 2, 0.85, 0.3),
}
HOURLY = {"KE-Coldstore-1": 0.97, "NG-Ricemill-1": 0.96, "IN-Textile-1": 0.97}
HOURLY_FROM, HOURLY_DAYS = datetime(2025, 11, 3, tzinfo=UTC), 14

# Mean clearness of the sky by country for September, October, November: rains end in Nigeria and India meanwhile.
CLEARNESS = {"KEN": (0.80, 0.76, 0.70), "NGA": (0.62, 0.72, 0.84), "IND": (0.64, 0.78, 0.82)}


class Device:
    def __init__(self, row):
        (self.id, _, _, self.latitude, self.longitude, self.country, _, kilowatts, commissioned) = row[:9]
        self.watts = int(Fraction(kilowatts) * 1000)
        self.commissioned = datetime.fromisoformat(commissioned).replace(tzinfo=UTC)

    def age(self, end):
        """Completed years from commissioning to `end`, at least 1."""
        years = end.year - self.commissioned.year
        birthday = self.commissioned.replace(year=end.year)
        return max(years - (end < birthday), 1)


# --- the sun -----------------------------------------------------------------------------------------------------

def clear_power(device, moment):
    """Share of nameplate under a clear sky, from the sun's height in local solar time."""
    day_of_year = moment.timetuple().tm_yday
    declination = math.radians(23.45) * math.sin(2 * math.pi * (284 + day_of_year) / 365)
    angle = 2 * math.pi * (day_of_year - 81) / 364
    equation_of_time = (9.87 * math.sin(2 * angle) - 7.53 * math.cos(angle) - 1.5 * math.sin(angle)) / 60
    solar_hour = moment.hour + moment.minute / 60 + device.longitude / 15 + equation_of_time
    latitude = math.radians(device.latitude)
    height = (math.sin(latitude) * math.sin(declination)
              + math.cos(latitude) * math.cos(declination) * math.cos(math.radians(15 * (solar_hour - 12))))
    return 0.92 * max(height, 0) ** 1.15


def energy(device, start, end, clearness):
    """Watt-hours of a window, by five-minute steps; the inverter never gives more than its nameplate."""
    step = timedelta(minutes=5)
    ageing = 0.995 ** (device.age(end) - 1)
    total, moment = 0.0, start + step / 2
    while moment < end:
        total += min(clear_power(device, moment) * clearness * ageing, 1) * device.watts / 12
        moment += step
    return total


def skies(device, first, days, chance):
    """One clearness a day: yesterday's weather lingers, and clear days are alike while cloudy ones differ."""
    lean = 0.0
    for number in range(days):
        mean = CLEARNESS[device.country][(first + number * DAY).month - 9]
        lean = 0.55 * lean + chance.gauss(0, 0.10)
        yield min(max(mean + lean, 0.18), 0.99)


# --- the limits (ledger rule L4), integers only ---------------------------------------------------------------------

BILLION = 10**9
DEFAULT_YIELD = 2000  # kWh per kWp a year, where the network's table has none for the country
with open(FOLDER.parent.parent / "Genesis" / "yields.csv", newline="", encoding="utf-8") as file:
    YIELDS = {row["country"]: int(row["kwh_per_kwp"]) for row in csv.DictReader(file)}


def most(device, start, end):
    """kWhmax of a period, in watt-hours: capacity x (1 - 0.5 %)^(age - 1) x hours x yield / 8760 x 120 %."""
    health = BILLION
    for _ in range(device.age(end) - 1):
        health = health * 995 // 1000
    seconds = int((end - start).total_seconds())
    annual = YIELDS.get(device.country, DEFAULT_YIELD)
    return device.watts * health * seconds * annual * 120 // (BILLION * 3600 * 8760 * 100)


def days_of(start, end, wh):
    """Shares a window out over its UTC days by seconds, rounded down; the last day takes the remainder."""
    whole, left = int((end - start).total_seconds()), wh
    while start < end:
        midnight = start.replace(hour=0, minute=0, second=0) + DAY
        share = left if midnight >= end else wh * int((midnight - start).total_seconds()) // whole
        yield midnight - DAY, share
        left -= share
        start = midnight


def check(devices, reads):
    """Asserts that all `reads` (device id, start, end, whole Wh) may be recorded; returns the highest ratios."""
    highest = {"window": 0.0, "day": 0.0, "month": 0.0}
    days, months, last = defaultdict(int), defaultdict(int), {}
    for name, start, end, wh in sorted(reads):
        device = devices[name]
        assert device.commissioned <= start < end, (name, start)
        assert last.get(name, start) <= start, (name, start, "overlap")
        last[name] = end
        limit = device.watts * 11 * int((end - start).total_seconds()) // 36000
        assert 0 <= wh <= limit, (name, start, wh, limit)
        highest["window"] = max(highest["window"], wh / limit)
        for day, share in days_of(start, end, wh):
            days[name, day] += share
            months[name, day.replace(day=1)] += share
    for (name, day), wh in days.items():
        limit = most(devices[name], day, day + DAY) * 3 // 2
        assert wh <= limit, (name, day, wh, limit)
        highest["day"] = max(highest["day"], wh / limit)
    for (name, month), wh in months.items():
        limit = most(devices[name], month, (month + 31 * DAY).replace(day=1))
        assert wh <= limit, (name, month, wh, limit)
        highest["month"] = max(highest["month"], wh / limit)
    return highest


# --- the files ------------------------------------------------------------------------------------------------------

def stamp(moment):
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def write(name, header, rows):
    with open(FOLDER / name, "w", newline="", encoding="utf-8") as file:
        csv.writer(file, lineterminator="\n").writerows([header, *rows])
    print(f"{name}: {len(rows)} rows")


def device_row(row):
    (name, project, address, latitude, longitude, country, kind, kilowatts, commissioned, grid, taker, story,
     description, storage, goals) = row
    return [1, name, project, address, latitude, longitude, country, "ES100", kind, kilowatts,
            f"{commissioned}T00:00:00.000Z", grid, taker, story, "", description, "true" if storage else "", storage,
            goals]


def daily_rows(devices):
    """Rows as a file shows them, and the same as whole watt-hours, fractions carried from day to day."""
    rows, reads = [], []
    for name, (first, days, begins, unit, decimals, used, idle) in DAILY.items():
        device, chance = devices[name], random.Random(f"{SEED}/daily/{name}")
        start = datetime.fromisoformat(first).replace(tzinfo=UTC) + begins * HOUR
        carried = Fraction(0)
        for clearness in skies(device, start, days, chance):
            wh = energy(device, start, start + DAY, clearness) * used * chance.uniform(0.97, 1.0)
            if chance.random() < idle:
                wh = 0
            value = f"{wh / (1000 if unit == 'kWh' else 1):.{decimals}f}"
            before = int(carried)
            carried += Fraction(value) * (1000 if unit == "kWh" else 1)
            rows.append([name, stamp(start), value, unit])
            reads.append((name, start, start + DAY, int(carried) - before))
            start += DAY
    return rows, reads


def hourly_rows(devices):
    reads = []
    for name, used in HOURLY.items():
        device, chance = devices[name], random.Random(f"{SEED}/hourly/{name}")
        start = HOURLY_FROM
        for clearness in skies(device, start, HOURLY_DAYS, chance):
            for _ in range(24):
                passing = min(max(clearness * chance.gauss(1, 0.25 * (1 - clearness)), 0.1), 0.99)  # clouds drift by
                reads.append((name, start, start + HOUR, int(energy(device, start, start + HOUR, passing) * used)))
                start += HOUR
    return [[name, stamp(start), stamp(end), wh] for name, start, end, wh in reads], reads


def refused_rows(devices, reads):
    """Each row is wrong in one way of its own, in the order in which README.md explains them."""
    store, school = devices["KE-Coldstore-1"], devices["NG-School-Ilorin"]
    free, taken = datetime(2025, 11, 20, tzinfo=UTC), datetime(2025, 9, 10, tzinfo=UTC)
    assert all(end <= free for _, _, end, _ in reads)
    assert most(store, free, free + DAY) * 3 // 2 < 2_900_000 < store.watts * 24 * 11 // 10
    assert any(read[:2] == (school.id, taken) and read[3] != 64_250 for read in reads)
    return [
        ["KE-Coldstore-9", stamp(free), "1012.40", "kWh"],
        [store.id, stamp(free), "2900", "kWh"],
        [school.id, stamp(taken), "64250", "Wh"],
        ["KE-SHS-0117", stamp(free), "-412.5", "Wh"],
        ["IN-Textile-1", "2099-01-01T00:00:00Z", "1105.20", "kWh"],
        ["NG-Ricemill-1", stamp(free), "804.6", "kVAh"],
        ["KE-Lantern-0008", "2024-12-01T00:00:00Z", "14.25", "Wh"],
    ]


def main():
    devices = {row[0]: Device(row) for row in DEVICES}
    assert all(1 <= device.watts <= 250_000 for device in devices.values())
    daily, daily_reads = daily_rows(devices)
    hourly, hourly_reads = hourly_rows(devices)
    reads = daily_reads + hourly_reads
    highest = check(devices, reads)
    write("devices.csv", DEVICE_COLUMNS, [device_row(row) for row in DEVICES])
    write("reads-daily.csv", ["id", "timestamp", "value", "unit"], daily)
    write("reads-hourly.csv", ["device", "start", "end", "wh"], hourly)
    write("reads-refused.csv", ["id", "timestamp", "value", "unit"], refused_rows(devices, reads))
    for file, part in (("daily", daily_reads), ("hourly", hourly_reads)):
        for country in CLEARNESS:
            print(f"{file} {country}: {sum(wh for name, _, _, wh in part if devices[name].country == country)} Wh")
    print("highest share of each limit:", ", ".join(f"{name} {ratio:.3f}" for name, ratio in highest.items()))


main()
