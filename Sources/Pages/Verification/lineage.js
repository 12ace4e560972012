// From the lots of today back to their mints: step 9.
import { U64_LIMIT, isEqual, need } from "./bytes.js";
import { onlyEvent } from "./messages.js";
import { proveAccount, proveDevice } from "./origins.js";
import { rangeOf } from "./proof-file.js";

const ACTIVE = 1;
const REDEEMED = 4;
const STATUSES = {
  1: "active", 2: "listed", 3: "registry locked", 4: "redeemed", 5: "retired",
};
// An action's number in a receipt, and the status that it leaves.
const MOVES = { trade: [1, 1], redeem: [2, 4], retire: [3, 5] };

export function isSameSeries(one, other) {
  return one.project === other.project && one.vintage === other.vintage;
}

function isBefore(one, other) {
  if (one.project !== other.project) return one.project < other.project;
  if (one.vintage !== other.vintage) return one.vintage < other.vintage;
  return one.last < other.first;
}

/** The D-RECs of both ranges, or null. */
function common(one, other) {
  const first = one.first > other.first ? one.first : other.first;
  const last = one.last < other.last ? one.last : other.last;
  return isSameSeries(one, other) && first <= last ? { ...one, first, last } : null;
}

function covers(one, other) {
  return isSameSeries(one, other) && one.first <= other.first && other.last <= one.last;
}

export function count(range) {
  return range.last - range.first + 1n;
}

/** Ascending ranges that do not overlap, one at least. */
function ascending(messages) {
  const result = messages.map((message) => {
    need(message !== null, "no range of D-RECs");
    return rangeOf(message);
  });
  need(result.length > 0, "no ranges");
  need(result.slice(1).every((range, place) => isBefore(result[place], range)),
    "ranges that overlap or do not ascend");
  return result;
}

/** Ascending ranges with those that touch made one. */
function joinedRanges(ranges) {
  const result = [];
  for (const range of ranges) {
    const last = result.at(-1);
    if (last && isSameSeries(last, range) && last.last + 1n === range.first) {
      result[result.length - 1] = { ...last, last: range.last };
    } else {
      result.push(range);
    }
  }
  return result;
}

/** Whether the receipt tells of the very reads or evidence that were signed for. */
function isOfBody(entry, placed) {
  const { action, body } = entry;
  if (action === "mint") return placed.evidence === body.mint.evidence + 1n;
  if (action !== "submit_reads" || body.submit_reads.deferMint) return false;
  const accepted = onlyEvent(entry, "readsAccepted");
  return placed.evidence === 0n && accepted !== null && !accepted.deferred
    && accepted.count === body.readsCount && isEqual(accepted.readsRoot, body.readsRoot);
}

/** The energy that a mint appended to series. */
export function issuesOf(entry) {
  const placed = onlyEvent(entry, "energyPlaced");
  need(placed !== null, `entry #${entry.index} placed no energy`);
  need(isOfBody(entry, placed),
  `entry #${entry.index}: its receipt tells of another action than was signed`);
  const issues = [];
  for (const message of placed.issues) {
    const issue = {
      ...message, vintage: BigInt(message.vintage), end: message.offset + message.length,
    };
    const last = issues.at(-1);
    need(!last || last.project < issue.project
      || (last.project === issue.project && last.vintage < issue.vintage),
    `entry #${entry.index}: its series do not ascend`);
    need(issue.length > 0n && issue.end < U64_LIMIT, `entry #${entry.index} issued no energy`);
    const before = issue.offset / 1000n;
    const after = issue.end / 1000n;
    need(after > before ? issue.first === before + 1n && issue.last === after
      : issue.first === 0n && issue.last === 0n,
    `entry #${entry.index} minted other D-RECs than its energy completed`);
    need(issue.owner === entry.body.account,
      `entry #${entry.index} minted for another account than it acted for`);
    issues.push(issue);
  }
  return issues;
}

export function issueOf(entry, series) {
  return issuesOf(entry).find((issue) => isSameSeries(issue, series));
}

/** What an entry did to lots, found consistent in itself. */
function movementOf(entry) {
  const { index, action, body } = entry;
  const fails = (condition, reason) => need(condition, `entry #${index}: ${reason}`);
  const event = onlyEvent(entry, "lotsMoved");
  fails(event !== null, "it moved no lots");
  const [number, status] = MOVES[action] ?? [0, 0];
  fails(number !== 0 && event.action === number,
    "its receipt tells of another action than was signed");
  const owner = body.account;
  const to = action === "trade" ? body.trade.to : owner;
  const named = ascending(body[action].ranges);
  const [consumed, created] = [event.consumed, event.created].map((lots) => {
    const ranges = ascending(lots.map((lot) => lot.range));
    return lots.map((lot, place) => ({ ...lot, range: ranges[place] }));
  });
  const whole = joinedRanges(consumed.map((lot) => lot.range));
  const after = joinedRanges(created.map((lot) => lot.range));
  fails(whole.length === after.length && whole.every(
    (range, place) => covers(range, after[place]) && covers(after[place], range)),
  "what it created is not what it consumed");
  fails(named.every((range) => whole.some((one) => covers(one, range))),
    "it moved what was not consumed");
  fails(consumed.every((lot) => lot.owner === owner && lot.status === ACTIVE),
    `A${owner} had not all of it, or it was spent`);
  fails(consumed.every((lot) => lot.entry < index), "it consumed what was not there yet");
  for (const lot of created) {
    const moved = named.map((range) => common(range, lot.range)).filter(Boolean)
      .reduce((sum, part) => sum + count(part), 0n);
    fails(moved === 0n || (lot.owner === to && lot.status === status && lot.entry === index),
      "what was moved has another owner or status than was signed");
    fails(moved === count(lot.range)
      || (lot.owner === owner && lot.status === ACTIVE && lot.entry <= index),
    "what was not moved has another owner or status");
  }
  return { consumed, created };
}

/** Step 9. Gives what happened, what is, and the entries that explain it. */
export function replayLineage(subject, entries, state) {
  const replay = {
    subject, entries: new Map(entries.map((entry) => [entry.index, entry])),
    used: new Set(state.grants),
    ranges: [], steps: [], holdings: [], redemptions: [], pending: [], movements: new Map(),
  };
  if (subject.kind === "drecs") replay.ranges = [subject.range];
  if (subject.kind === "redemption") {
    const entry = replay.entries.get(subject.entry);
    need(entry?.action === "redeem", `entry #${subject.entry} is no redemption`);
    replay.ranges = ascending(entry.body.redeem.ranges);
  }
  if (subject.kind === "account") proveAccount(replay, state);
  if (subject.kind === "device") proveDevice(replay, state);
  for (const range of replay.ranges) begin(replay, range, state);
  while (replay.pending.length > 0) {
    const index = replay.pending.reduce((most, { entry }) => (entry > most ? entry : most), 0n);
    const parts = replay.pending.filter((part) => part.entry === index);
    replay.pending = replay.pending.filter((part) => part.entry !== index);
    const entry = replay.entries.get(index);
    need(entry !== undefined, `entry #${index} is missing`);
    replay.used.add(index);
    for (const part of parts) explain(replay, part, entry);
  }
  noteRedemptions(replay, state.lots);
  need(state.unused.size === 0, "a leaf that nothing asks for");
  return replay;
}

/** The lots of today tile the range; each part goes to the entry that its lot names. */
function begin(replay, range, state) {
  let next = range.first;
  for (const lot of state.lots) {
    const part = common(lot.range, range);
    if (part === null) continue;
    need(part.first === next, `no lot holds ${next} of the range`);
    next = part.last + 1n;
    state.unused.delete(lot.key);
    need(replay.subject.kind === "drecs"
      || (lot.status === REDEEMED && lot.entry === replay.subject.entry),
    "a lot that is not redeemed by that entry");
    const { owner, status, entry } = lot;
    replay.pending.push({ range: part, owner, status, entry });
    replay.holdings.push({ range: part, owner, status: STATUSES[status] ?? "unknown" });
  }
  need(next === range.last + 1n, `no lot holds ${next} of the range`);
}

function explain(replay, part, entry) {
  const { range } = part;
  if (onlyEvent(entry, "energyPlaced") !== null) {
    const issue = issueOf(entry, range);
    need(issue && issue.first > 0n && issue.first <= range.first && range.last <= issue.last,
      `entry #${entry.index} did not mint these D-RECs`);
    need(part.owner === issue.owner && part.status === ACTIVE,
      `entry #${entry.index} minted for another owner`);
    replay.steps.push({ entry, action: "mint", range, from: null, to: issue.owner });
    return;
  }
  if (!replay.movements.has(entry.index)) replay.movements.set(entry.index, movementOf(entry));
  const { consumed, created } = replay.movements.get(entry.index);
  const lot = created.find((one) => covers(one.range, range));
  need(lot && lot.owner === part.owner && lot.status === part.status && lot.entry === entry.index,
    `entry #${entry.index} left the D-RECs in other hands`);
  for (const before of consumed) {
    const shared = common(before.range, range);
    if (shared === null) continue;
    replay.pending.push({
      range: shared, owner: before.owner, status: before.status, entry: before.entry,
    });
    if (before.owner !== lot.owner || before.status !== lot.status) {
      replay.steps.push({
        entry, action: entry.action, range: shared, from: before.owner, to: lot.owner,
      });
    }
  }
}

function noteRedemptions(replay, lots) {
  const indexes = new Set(lots.filter((lot) => lot.status === REDEEMED).map((lot) => lot.entry));
  for (const index of indexes) {
    const entry = replay.entries.get(index);
    need(entry?.action === "redeem", `entry #${index} is no redemption`);
    replay.redemptions.push(entry);
  }
}
