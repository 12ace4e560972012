// Reads and placements add up to the D-RECs: step 10.
import { H, U64_LIMIT, ZERO, bigAt, need } from "./bytes.js";
import { isSameSeries, issueOf, issuesOf } from "./lineage.js";
import { onlyEvent } from "./messages.js";
import { isInLog } from "./trees.js";

const HISTORY = 1;
const DELTA = 2;
const AGGREGATE = 3;
const LAST_SECOND = 253402300799n;
const LONGEST_WINDOW = 366n * 86400n;

function yearOf(seconds) {
  return new Date(Number(seconds) * 1000).getUTCFullYear();
}

/** The first moment of the year after a moment's. */
function newYear(seconds) {
  if (seconds > LAST_SECOND || yearOf(seconds) >= 9999) return U64_LIMIT - 1n;
  return BigInt(Date.UTC(yearOf(seconds) + 1, 0, 1)) / 1000n;
}

/** A placement and the record that it is from, which agree. */
function placedRead({ entry, placement, record }) {
  const fails = (condition, reason) =>
    need(condition, `a placement of entry #${entry}: ${reason}`);
  fails(placement.length === 48 && (record.length === 33 || record.length === 97),
    "not of its size");
  const read = {
    entry, project: bigAt(placement, 0), vintage: bigAt(placement, 8, 4),
    offset: bigAt(placement, 12), length: bigAt(placement, 20), row: bigAt(placement, 28, 4),
    start: bigAt(placement, 32), end: bigAt(placement, 40), device: bigAt(record, 0),
    measured: bigAt(record, 24),
  };
  read.endOffset = read.offset + read.length;
  const [from, to, amount] = [8, 16, 24].map((at) => bigAt(record, at));
  const kind = record[32];
  fails(read.length > 0n && read.endOffset < U64_LIMIT && read.start < read.end
    && read.end <= LAST_SECOND && to <= LAST_SECOND && kind >= HISTORY && kind <= AGGREGATE, "no energy or time");
  fails(BigInt(yearOf(read.start)) === read.vintage && read.end <= newYear(read.start),
    "of another year");
  fails(agrees(read, kind, from, to, amount), "it is not what its read measured");
  return read;
}

function agrees(read, kind, from, to, amount) {
  // A counter's window began where the one before ended, which the record does not say.
  if (kind === AGGREGATE || (kind === DELTA && from === 0n)) {
    return (read.end === to || read.end === newYear(read.start)) && read.end <= to
      && read.length <= amount;
  }
  if (from >= to || to - from > LONGEST_WINDOW) return false;
  let left = amount;
  for (let at = from; at < to;) {
    const next = newYear(at);
    const end = next < to ? next : to;
    const share = end === to ? left : (amount * (end - at)) / (to - from);
    if (at === read.start) return end === read.end && share === read.length;
    left -= share;
    at = end;
  }
  return false;
}

/** Step 10. Gives the sources of the subject's energy. */
export async function addEnergy(file, replay) {
  const placed = await Promise.all(file.reads.map(async (part) => {
    const fails = (condition, reason) =>
      need(condition, `a placement of entry #${part.entry}: ${reason}`);
    const entry = replay.entries.get(part.entry);
    fails(entry !== undefined, "the entry is missing");
    const read = placedRead(part);
    const issue = issueOf(entry, read);
    const event = onlyEvent(entry, "energyPlaced");
    replay.used.add(part.entry);
    fails(issue && issue.offset <= read.offset && read.endOffset <= issue.end,
      "it lies outside of what the entry issued");
    const [placementLeaf, recordLeaf] = await Promise.all(
      [H(ZERO, part.placement), H(ZERO, part.record)]);
    fails(await isInLog(placementLeaf, part.position, BigInt(event.placementsCount),
      part.placementPath, event.placementsRoot), "it is not under the receipt's root");
    fails(await isInLog(recordLeaf, read.row, BigInt(entry.body.readsCount), part.recordPath,
      entry.body.readsRoot), "its read is not under the body's root");
    return read;
  }));
  need(placed.slice(1).every((read, place) => isAfter(read, placed[place])),
    "the placements do not ascend");
  const wanted = new Set();
  replay.sources = replay.ranges.flatMap((range) => fill(range, placed, wanted));
  need(wanted.size === placed.length, "a placement that no D-REC is of");
  requireOneClaim(placed);
  requireOneMeasure(placed);
  requireOrder(replay.entries);
  need(replay.used.size === replay.entries.size, "an entry that nothing was explained by");
  return replay.sources;
}

function isAfter(read, last) {
  if (read.project !== last.project) return read.project > last.project;
  if (read.vintage !== last.vintage) return read.vintage > last.vintage;
  return read.offset > last.offset;
}

/** The placements over a range, end to end. */
function fill(range, placed, wanted) {
  const start = 1000n * (range.first - 1n);
  const end = 1000n * range.last;
  const sources = [];
  let next = start;
  for (const read of placed) {
    if (!isSameSeries(read, range) || read.endOffset <= start || read.offset >= end) continue;
    const low = read.offset > start ? read.offset : start;
    const high = read.endOffset < end ? read.endOffset : end;
    need(low === next, `no read for the energy from ${next} Wh on`);
    next = high;
    wanted.add(read);
    sources.push({ ...read, share: high - low });
  }
  need(next === end, `no read for the energy from ${next} Wh on`);
  return sources;
}

/** No two placements are of one moment of one device. */
function requireOneClaim(placed) {
  const lasts = new Map();
  for (const read of [...placed].sort((one, other) => (one.start < other.start ? -1 : 1))) {
    need((lasts.get(read.device) ?? 0n) <= read.start, `device D${read.device} is counted twice`);
    lasts.set(read.device, read.end);
  }
}

/** The parts of a read, where its window crosses New Year, are no more than it measured. */
function requireOneMeasure(placed) {
  const sums = new Map();
  for (const read of placed) {
    const name = `${read.entry}-${read.row}`;
    const sum = (sums.get(name) ?? 0n) + read.length;
    need(sum <= read.measured,
      `a read of entry #${read.entry} is placed with more than it measured`);
    sums.set(name, sum);
  }
}

/** What is issued later lies behind on its axis. */
function requireOrder(entries) {
  const ends = new Map();
  for (const entry of entries.values()) {
    if (onlyEvent(entry, "energyPlaced") === null) continue;
    for (const issue of issuesOf(entry)) {
      const series = `${issue.project}-${issue.vintage}`;
      need((ends.get(series) ?? 0n) <= issue.offset,
        `entry #${entry.index} issued over an earlier entry's energy`);
      ends.set(series, issue.end);
    }
  }
}
