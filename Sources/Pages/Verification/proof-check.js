// The steps in their order, and what came of them.
import { Refused, hex, need, isEqual } from "./bytes.js";
import { countWitnesses, finalHeader, followAuthorities, quorum } from "./authorities.js";
import { checkKeys, checkSignatures, readEntries, readState } from "./entries.js";
import { addEnergy } from "./energy.js";
import { replayLineage } from "./lineage.js";
import { readGenesis, readProof } from "./proof-file.js";
import { kilowattHours, statementOf, timeText, told } from "./statement.js";

/** Names, and the steps that each needs. */
export const STEPS = {
  format: [], genesis: ["format"], authorities: ["genesis"], head: ["authorities"],
  log: ["head"], signatures: ["log"], state: ["head"], keys: ["signatures", "state"],
  lineage: ["keys"], energy: ["lineage"], witnesses: ["head"],
};

const checks = {
  async format(run) {
    run.file = await readProof(run.bytes);
    run.isInPage = run.bytes[0] === 0x3c;
    return `${run.file.size} bytes${run.isInPage ? " in a page" : ""} about `
      + `${run.file.subject.kind} ${run.file.subject.id}`;
  },
  async genesis(run) {
    run.genesis = await readGenesis(run.genesisBytes);
    need(isEqual(run.genesis.network, run.file.network),
      `the file is about network ${hex(run.file.network)}`);
    return `network ${run.genesis.name}, ${hex(run.file.network)}`;
  },
  async authorities(run) {
    run.chain = await followAuthorities(run.file, run.genesis);
    return `${run.chain.authorities.length} in epoch ${run.chain.epoch}`;
  },
  async head(run) {
    run.head = await finalHeader(run.chain, run.file.head);
    const count = run.chain.authorities.length;
    return `block ${run.head.height} of ${timeText(run.head.timeMilliseconds / 1000n)}, voted by `
      + `${run.head.votes} of ${count}, ${quorum(count)} decide`;
  },
  async log(run) {
    run.entries = await readEntries(run.file, run.head);
    return `${run.entries.length} entries of ${run.head.logSize}`;
  },
  async signatures(run) {
    await checkSignatures(run.entries, run.file.network);
    return `${run.entries.reduce((sum, entry) => sum + entry.signatures.length, 0)} signatures`;
  },
  async state(run) {
    run.state = await readState(run.file, run.head);
    return `${run.state.leaves.size} leaves as of block ${run.head.height}`;
  },
  async keys(run) {
    checkKeys(run.entries, run.state);
    return "";
  },
  async lineage(run) {
    run.replay = replayLineage(run.file.subject, run.entries, run.state);
    if (run.replay.ranges.length === 0) return "as its entry made it";
    return `${run.replay.holdings.length} lots, ${run.replay.used.size} entries`;
  },
  async energy(run) {
    const sources = await addEnergy(run.file, run.replay);
    return `${kilowattHours(run.replay)} kWh of ${sources.length} reads`;
  },
  async witnesses(run) {
    const { file, demands } = run;
    if (demands.witnesses === 0 && demands.minimum === null && file.checkpoint === null
      && file.earlier === null) return null;
    run.witnesses = await countWitnesses(file, run.head, run.chain, run.genesis, demands);
    return `${run.witnesses} cosigned`;
  },
};

/**
 * Checks a file with nothing but a genesis document.
 *
 * @param demands at least so many `witnesses`; `minimum`, a log of an earlier day, or null.
 */
export async function checkProof(
  bytes, genesisBytes, demands = { witnesses: 0, minimum: null },
) {
  const run = { bytes, genesisBytes, demands, witnesses: 0 };
  const steps = [];
  const verdictOf = (step) => steps.find((line) => line.step === step).verdict;
  for (const [step, needed] of Object.entries(STEPS)) {
    const line = { step, verdict: "unchecked", detail: "" };
    if (needed.every((other) => verdictOf(other) === "holds")) {
      try {
        const detail = await checks[step](run);
        line.verdict = detail === null ? "not asked" : "holds";
        line.detail = detail ?? "";
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
        line.verdict = "fails";
        line.detail = error.message;
      }
    }
    steps.push(line);
  }
  const holds = steps.every(({ verdict }) => verdict === "holds" || verdict === "not asked");
  const isCurrent = verdictOf("state") === "holds";
  return {
    holds,
    inPage: run.isInPage === true,
    steps,
    levels: {
      included: verdictOf("signatures") === "holds",
      final: verdictOf("head") === "holds",
      current: isCurrent ? {
        height: told(run.head.height), time: timeText(run.head.timeMilliseconds / 1000n),
      } : null,
      witnessed: run.witnesses,
    },
    statement: holds ? statementOf(run.replay) : null,
  };
}
