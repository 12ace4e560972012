// What a file proves, in the words of `drec verify --json`.
import { count, isSameSeries } from "./lineage.js";

const ACCOUNT_KINDS = [
  "unknown", "initiative", "authority", "developer", "aggregator", "buyer", "intermediary",
  "on-site generator", "auditor", "metering operator", "grid operator", "registry",
];
const ACCOUNT_STATUSES = ["unknown", "pending", "active", "suspended"];
const DEVICE_KINDS = [
  "unknown", "solar home system", "mini-grid", "micro-grid", "irrigation pump",
  "stand-alone battery", "rooftop", "behind the meter", "grid with export", "lantern", "other",
];
const DEVICE_STATUSES = ["unknown", "active", "closed"];

export function kilowattHours({ ranges }) {
  return ranges.reduce((sum, range) => sum + count(range), 0n);
}

/** A number in JSON: a string where it could lose digits. */
export function told(number) {
  return number <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(number) : String(number);
}

export function timeText(seconds) {
  const last = 253402300799n;
  return new Date(Number(seconds < last ? seconds : last) * 1000).toISOString()
    .replace(".000Z", "Z");
}

export function rangeText({ project, vintage, first, last }) {
  return `DREC${project}-${vintage}-${first}${first === last ? "" : `..${last}`}`;
}

function accountOf(subject, leaf) {
  return {
    id: `A${subject.number}`, kind: ACCOUNT_KINDS[leaf.kind] ?? "unknown",
    legalName: leaf.legalName, country: leaf.country,
    status: ACCOUNT_STATUSES[leaf.status] ?? "unknown",
  };
}

function deviceOf(subject, { owner, status, details }) {
  return {
    id: `D${subject.number}`, effective: timeText(subject.effective), owner: `A${owner}`,
    kind: DEVICE_KINDS[details.kind] ?? "unknown", country: details.country,
    capacityWatts: told(details.capacityWatts), commissioned: timeText(details.commissioned),
    status: DEVICE_STATUSES[status] ?? "unknown", laterRevisions: "not looked for",
  };
}

/** What a replay proves. */
export function statementOf(replay) {
  return {
    subject: { kind: replay.subject.kind, id: replay.subject.id },
    ranges: replay.ranges.map(rangeText),
    account: replay.account ? accountOf(replay.subject, replay.account) : null,
    device: replay.device ? deviceOf(replay.subject, replay.device) : null,
    kilowattHours: told(kilowattHours(replay)),
    sources: replay.sources.map((source) => ({
      device: `D${source.device}`, start: timeText(source.start), end: timeText(source.end),
      shareWattHours: told(source.share), entry: told(source.entry),
    })),
    steps: joinedSteps(replay.steps).map(({ entry, action, range, from, to }) => ({
      entry: told(entry.index), time: timeText(entry.receipt.time), kind: action,
      range: rangeText(range), from: from === null ? null : `A${from}`, to: `A${to}`,
    })),
    lots: replay.holdings.map(({ range, owner, status }) => ({
      range: rangeText(range), owner: `A${owner}`, status,
    })),
    redemptions: replay.redemptions.sort((one, other) => (one.index < other.index ? -1 : 1))
      .map(({ index, body: { account, redeem } }) => ({
        entry: told(index), account: `A${account}`, beneficiary: redeem.beneficiary,
        location: redeem.location, purpose: redeem.purpose, start: timeText(redeem.periodStart),
        end: timeText(redeem.periodEnd),
      })),
  };
}

/** The steps in their order, with one of those that an entry did to neighbours. */
function joinedSteps(steps) {
  const key = ({ entry, range }) => [entry.index, range.project, range.vintage, range.first];
  const sorted = [...steps].sort((one, other) => {
    const [left, right] = [key(one), key(other)];
    const place = left.findIndex((part, at) => part !== right[at]);
    if (place < 0) return 0;
    return left[place] < right[place] ? -1 : 1;
  });
  const result = [];
  for (const step of sorted) {
    const last = result.at(-1);
    if (last && last.entry === step.entry && last.action === step.action
      && last.from === step.from && last.to === step.to && isSameSeries(last.range, step.range)
      && last.range.last + 1n === step.range.first) {
      result[result.length - 1] = { ...last, range: { ...last.range, last: step.range.last } };
    } else {
      result.push(step);
    }
  }
  return result;
}
