// What the page shows of a report.

// What each step says, for people.
const MEANINGS = {
  format: "The file is whole, and written in its one spelling.",
  genesis: "It is about the network of the genesis document.",
  authorities: "Each change of authorities was voted for by those before it.",
  head: "The block it is as of was voted final by the authorities.",
  log: "Every entry is in that block’s log.",
  signatures: "Every entry was signed by exactly those whom it names.",
  state: "Every owner, status and key is in that block’s state.",
  keys: "The signers’ keys were in force, and permit what was done.",
  lineage: "From the mints to the owners of today no step is missing.",
  energy: "Meter reads add up to the D-RECs, without a gap or an overlap.",
  witnesses: "Authorities cosigned the log, and it goes on from earlier ones.",
};
const MARKS = {
  holds: ["good", "✓", "holds"], fails: ["bad", "✗", "fails"],
  unchecked: ["unchecked", "–", "not checked"], "not asked": ["unchecked", "–", "not asked"],
};
const STATUS_WORDS = {
  active: "not used yet", listed: "offered for sale",
  "registry locked": "locked for another registry", redeemed: "redeemed", retired: "retired",
};

/** An element with attributes and content; text stays text. */
export function element(name, attributes = {}, ...content) {
  const result = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) result.setAttribute(key, value);
  result.append(...content);
  return result;
}

// What is not seen: also letters and marks that fonts leave blank.
const HIDDEN = new RegExp("(?![\\u200c\\u200d])[\\p{Cc}\\p{Cf}\\p{Cn}\\p{Co}\\p{Cs}\\u2028\\u2029"
  + "\\u034f\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180f\\u2800\\u3164\\uffa0"
  + "\\u{e0100}-\\u{e01ef}]", "u");
const MARK = /[\p{Mn}\p{Me}]/u;
const MOST_MARKS = 4;

/** Text that somebody wrote: hidden characters shown, its direction isolated. */
export function written(text) {
  // A mark at the beginning would go over what stands before the text.
  let marks = MOST_MARKS;
  return element("bdi", {}, Array.from(text, (character) => {
    marks = MARK.test(character) ? marks + 1 : 0;
    if (marks <= MOST_MARKS && !HIDDEN.test(character)) return character;
    return `[U+${character.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}]`;
  }).join(""));
}

function countOf(number, one, many) {
  return `${number.toLocaleString("en")} ${number === 1 ? one : many}`;
}

function day(milliseconds) {
  return new Date(milliseconds).toLocaleDateString(
    "en-GB", { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" });
}

/** The days of a window, whose end is not in it. */
function days(starts, ends) {
  const first = day(Math.min(...starts.map(Date.parse)));
  const last = day(Math.max(...ends.map(Date.parse)) - 1000);
  return first === last ? `on ${first}` : `from ${first} to ${last}`;
}

function energyOf(range) {
  const [, first, last] = /-(\d+)(?:\.\.(\d+))?$/.exec(range);
  return Number(BigInt(last ?? first) - BigInt(first) + 1n);
}

/** What a valid proof says, in one sentence. */
export function sentence({ subject, account, device, kilowattHours: total, sources, lots,
  redemptions }) {
  if (account) {
    return [written(account.legalName || account.id), ` (${account.id}, ${account.country}) is `
      + `registered as ${account.kind} and is ${account.status}.`];
  }
  if (device) {
    return [`${device.id} is a device (${device.kind}) of ${device.capacityWatts} W in `
      + `${device.country}, owned by ${device.owner}; this revision, in effect from `
      + `${device.effective.slice(0, 10)}, is ${device.status}. Whether a later revision took its `
      + "place is not shown."];
  }
  const devices = countOf(
    new Set(sources.map((source) => source.device)).size, "device", "devices");
  const origin = `${Number(total).toLocaleString("en")} kWh from ${devices}, generated `
    + days(sources.map((source) => source.start), sources.map((source) => source.end));
  if (subject.kind === "redemption" || (lots.every((lot) => lot.status === "redeemed")
    && redemptions.length === 1)) {
    const [{ account: by, beneficiary, start, end }] = redemptions;
    const whom = beneficiary === "" ? [] : [" on behalf of ", written(beneficiary)];
    return [`${origin}, redeemed by ${by}`, ...whom,
      ` for the use of electricity ${days([start], [end])}.`];
  }
  const parts = new Map();
  for (const { range, owner, status } of lots) {
    const key = `${status}\n${owner}`;
    parts.set(key, (parts.get(key) ?? 0) + energyOf(range));
  }
  const clauses = [...parts].map(([key, energy]) => {
    const [status, owner] = key.split("\n");
    const words = status === "redeemed" || status === "retired"
      ? `${STATUS_WORDS[status]} by ${owner}`
      : `owned by ${owner} and ${STATUS_WORDS[status] ?? status}`;
    return parts.size === 1 ? words : `${energy.toLocaleString("en")} kWh ${words}`;
  });
  return [`${origin}, ${clauses.join("; ")}.`];
}

/** Four levels, apart: what was checked, what failed, and what nobody could check. */
export function levels(report) {
  const verdict = (step) => report.steps.find((line) => line.step === step).verdict;
  const state = (last, ...steps) => {
    if (verdict(last) === "holds") return "holds";
    return [last, ...steps].some((step) => verdict(step) === "fails") ? "fails" : "unchecked";
  };
  const { witnessed } = report.levels;
  const witnesses = verdict("witnesses");
  const cosigners = countOf(witnessed, "authority", "authorities");
  return element("ul", { class: "levels" },
    level("Included", state("signatures", "log"), "in the log, as it was signed"),
    level("Final", state("head", "authorities", "genesis"), "voted by a quorum of authorities"),
    level("Current", state("state"), currentText(report)),
    level("Witnessed", witnesses === "holds" && witnessed === 0 ? "not asked" : witnesses,
      witnessed > 0 ? `cosigned by ${cosigners}` : "no cosignature of the log counts"));
}

/** What the state says is as of a block; of a device it says what one revision is. */
function currentText({ levels: { current }, statement }) {
  if (current === null) return "owners and statuses";
  const text = `as of block ${current.height}, ${current.time}`;
  if (!statement?.device) return text;
  const isAhead = Date.parse(statement.device.effective) > Date.parse(current.time);
  return `this revision ${text}${isAhead ? ", not in force then" : ""}; later ones were not looked `
    + "for";
}

function level(name, verdict, text) {
  const [style, mark, word] = MARKS[verdict];
  return element("li", { class: style, "data-level": name, "data-verdict": verdict },
    element("strong", { class: "verdict", "data-mark": mark }, `${name}: ${word}`),
    element("span", {}, text));
}

export function steps(report) {
  return element("ol", { class: "steps", "aria-label": "Steps of the check" },
    ...report.steps.map(({ step, verdict, detail }) => {
      const [style, mark, word] = MARKS[verdict];
      return element("li", { "data-step": step },
        element("span", { class: `verdict ${style}`, "data-mark": mark }, word),
        element("span", {}, element("strong", {}, step), ` – ${MEANINGS[step]}`),
        element("span", { class: "found" }, written(detail)));
    }));
}

function table(caption, heads, rows) {
  return element("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": caption },
    element("table", {},
      element("caption", {}, caption),
      element("thead", {}, element("tr", {},
        ...heads.map((head) => element("th", { scope: "col" }, head)))),
      element("tbody", {}, ...rows.map((row) => element("tr", {},
        ...row.map((cell) => element("td", {}, cell)))))));
}

export function facts(pairs) {
  return element("dl", { class: "facts" }, ...pairs.map(([name, ...values]) =>
    element("div", {}, element("dt", {}, name), element("dd", {}, ...values))));
}

/** Everything that a valid proof proves, in tables. */
export function statementTables(statement) {
  const tables = [];
  const add = (caption, heads, rows) => {
    if (rows.length > 0) tables.push(table(caption, heads, rows));
  };
  add("Meter reads that the energy is made of",
    ["Device", "From", "Until", "Share (Wh)", "Entry"],
    statement.sources.map((source) => [source.device, source.start, source.end,
      Number(source.shareWattHours).toLocaleString("en"), `#${source.entry}`]));
  add("What happened, the mint first", ["Step", "When", "D-RECs", "From", "To", "Entry"],
    statement.steps.map((step) => [
      step.kind, step.time, step.range, step.from ?? "–", step.to, `#${step.entry}`]));
  add("Who has it", ["D-RECs", "Owner", "Status"],
    statement.lots.map((lot) => [lot.range, lot.owner, lot.status]));
  add("For whom it was redeemed",
    ["Beneficiary", "Place", "Purpose", "From", "Until", "By", "Entry"],
    statement.redemptions.map((one) => [written(one.beneficiary), written(one.location),
      written(one.purpose), one.start, one.end, one.account, `#${one.entry}`]));
  return tables;
}

export function meaning(step) {
  return MEANINGS[step];
}
