// The page: takes an id or files, checks them, and shows the report.
import { Refused, hex, missingCryptography, textOf } from "./bytes.js";
import { readCheckpoint } from "./authorities.js";
import { FILE_LIMIT, GENESIS_LIMIT, kindOfFile, readGenesis } from "./proof-file.js";
import { checkProof } from "./proof-check.js";
import { element, facts, levels, meaning, sentence, statementTables, steps, written }
  from "./page-parts.js";

const isSaved = !location.protocol.startsWith("http");
const byId = (id) => document.getElementById(id);
/** What is checked: named bytes, or null. */
const chosen = { proof: null, genesis: null, checkpoint: null };
let latest = 0;

/** Tells how it stands, to screen readers too. */
function tell(isBad, ...parts) {
  const state = byId("state");
  state.className = isBad ? "state-failed" : "";
  state.replaceChildren(...parts);
}

function say(text, isBad = false) {
  tell(isBad, ...(text === "" ? [] : [element("p", {}, text)]));
}

async function bytesOf(file, limit) {
  return new Uint8Array(await file.slice(0, limit + 1).arrayBuffer());
}

async function choose(kind, file) {
  const limit = kind === "genesis" ? GENESIS_LIMIT : FILE_LIMIT;
  chosen[kind] = { name: file.name, bytes: await bytesOf(file, limit), isOwn: true };
}

/** A document of this node. Nothing that it says is believed: it is checked. */
async function fetched(path, name) {
  const answer = await fetch(path, { credentials: "omit" });
  if (answer.status === 404) throw new Refused("This node has nothing under that id.");
  if (!answer.ok) throw new Refused(`This node does not answer with a proof (${answer.status}).`);
  return { name, bytes: new Uint8Array(await answer.arrayBuffer()), isOwn: false };
}

/** Where the proof of an id is. */
function proofPath(id) {
  if (/^DREC[0-9.-]+$/.test(id)) return `/v1/drecs/${id}/proof`;
  if (/^A[0-9]+$/.test(id)) return `/v1/accounts/${id}/proof`;
  if (/^D[0-9]+$/.test(id)) return `/v1/devices/${id}/proof`;
  const entry = /^#?([0-9]+)$/.exec(id);
  if (entry) return `/v1/redemptions/${entry[1]}/proof`;
  throw new Refused(
    "That is no id of D-RECs (DREC101-2021-42), of a redemption (#12), of an account (A4) or of a "
      + "device (D7).");
}

async function askFor(id) {
  const number = (latest += 1);
  chosen.proof = null;
  byId("proof").value = "";
  byId("result").replaceChildren();
  say("Asking this node for the proof …");
  try {
    const name = `${id.replace("#", "redemption-")}.proof.json`;
    const proof = await fetched(proofPath(id), name);
    if (number !== latest) return;
    chosen.proof = proof;
    await check();
  } catch (error) {
    if (number === latest) say(reason(error), true);
  }
}

function reason(error) {
  return error instanceof Refused ? error.message
    : `The node could not be asked (${error.message}).`;
}

/** Checks what is chosen, as soon as it is enough. */
async function check() {
  const number = (latest += 1);
  const result = byId("result");
  result.replaceChildren();
  result.removeAttribute("data-outcome");
  const missing = await missingCryptography();
  if (missing !== null) {
    say(`Nothing was checked. ${missing}`, true);
    return;
  }
  try {
    if (chosen.genesis === null && !isSaved) {
      chosen.genesis = await fetched("/v1/genesis", "genesis.json");
    }
    if (chosen.proof === null || chosen.genesis === null) {
      say(chosen.proof === null ? "" : "Nothing is checked yet: the genesis document is missing.");
      return;
    }
    const demands = { witnesses: Math.max(0, Math.floor(Number(byId("witnesses").value)) || 0) };
    demands.minimum = chosen.checkpoint ? readCheckpoint(textOf(chosen.checkpoint.bytes)) : null;
    say("Checking …");
    const start = performance.now();
    const report = await checkProof(chosen.proof.bytes, chosen.genesis.bytes, demands);
    const milliseconds = performance.now() - start;
    const sources = facts(await sourceFacts(milliseconds, demands));
    // What was chosen meanwhile has a report of its own.
    if (number !== latest) return;
    show(report, milliseconds, sources);
  } catch (error) {
    if (number === latest) say(reason(error), true);
  }
}

function show(report, milliseconds, sources) {
  const failed = report.steps.find((line) => line.verdict === "fails");
  const lead = report.holds ? sentence(report.statement)
    : [`This file proves nothing as a whole. It does not show this: “${meaning(failed.step)}” `
      + "What it shows regardless is told apart."];
  const json = element("pre", { id: "report", tabindex: "0" }, JSON.stringify(report, null, 1));
  const result = byId("result");
  tell(!report.holds,
    element("h2", {}, report.holds ? "The proof holds" : "The proof does not hold"),
    element("p", { class: "lead", id: "sentence" }, ...lead));
  result.replaceChildren(
    ...(report.inPage ? [element("p", { class: "note" }, "The proof is a part of a page. What else "
      + "that page says was not checked: compare it with what is proved here.")] : []),
    levels(report), sources, element("h2", {}, "Step by step"), steps(report),
    ...(report.holds ? [element("h2", {}, "What it proves"), ...statementTables(report.statement)]
      : []),
    element("details", {}, element("summary", {}, "The report as JSON"), json));
  result.setAttribute("data-milliseconds", milliseconds.toFixed(1));
  result.setAttribute("data-outcome", report.holds ? "holds" : "fails");
}

async function sourceFacts(milliseconds, demands) {
  const { proof, genesis, checkpoint } = chosen;
  let hash;
  try {
    hash = element("code", { id: "genesis-hash" }, hex((await readGenesis(genesis.bytes)).network));
  } catch {
    hash = "none: it is no genesis document";
  }
  const command = ["drec verify", quoted(proof.name), "--genesis", quoted(genesis.name)];
  if (demands.witnesses > 0) command.push("--require-witness", demands.witnesses);
  if (checkpoint) command.push("--min-checkpoint", quoted(checkpoint.name));
  const origin = genesis.isOwn ? ["your file ", written(genesis.name)]
    : ["this node’s: compare the hash with one that you trust, or choose your own file"];
  return [
    ["Proof file", written(proof.name), `, ${proof.bytes.length.toLocaleString("en")} bytes`],
    ["Genesis document", ...origin],
    ["Its hash", hash],
    ["The same elsewhere", element("code", { id: "command" }, command.join(" "))],
    ["Checked in", `${milliseconds.toFixed(0)} ms, in this browser`],
  ];
}

/** A word of a command line. */
function quoted(name) {
  return /^[A-Za-z0-9._][A-Za-z0-9._-]*$/.test(name) ? name : `'${name.replaceAll("'", "'\\''")}'`;
}

/** Files of any kind: what each is, it says itself. */
async function takeDropped(files) {
  let isTaken = false;
  for (const file of files) {
    const kind = kindOfFile(await bytesOf(file, GENESIS_LIMIT));
    if (kind === null) continue;
    await choose(kind, file);
    isTaken = true;
  }
  if (isTaken) await check();
  else say("That is neither a proof file nor a genesis document.", true);
}

function listen() {
  for (const kind of ["proof", "genesis", "checkpoint"]) {
    byId(kind).addEventListener("change", async ({ target }) => {
      if (target.files.length > 0) await choose(kind, target.files[0]);
      else chosen[kind] = null;
      await check();
    });
  }
  byId("witnesses").addEventListener("change", check);
  byId("ask").addEventListener("submit", (event) => {
    event.preventDefault();
    const id = byId("id").value.trim();
    if (id === "") return;
    history.pushState(null, "", `?id=${encodeURIComponent(id)}`);
    askFor(id);
  });
  addEventListener("popstate", askForAddress);
  addEventListener("dragover", (event) => {
    event.preventDefault();
    document.body.classList.add("dropping");
  });
  addEventListener("dragleave", () => document.body.classList.remove("dropping"));
  addEventListener("drop", (event) => {
    event.preventDefault();
    document.body.classList.remove("dropping");
    takeDropped([...event.dataTransfer.files]);
  });
}

function askForAddress() {
  const id = new URLSearchParams(location.search).get("id")?.trim();
  if (isSaved || !id) return;
  byId("id").value = id;
  askFor(id);
}

// A copy that a browser saved with its result begins anew.
say("");
byId("result").replaceChildren();
for (const part of document.querySelectorAll("[data-node]")) part.hidden = isSaved;
listen();
askForAddress();
