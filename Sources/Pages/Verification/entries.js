// What happened, who signed it, and what is: steps 5 to 8.
import { H, ZERO, bigAt, hex, isEqual, isSignedAs, joined, need, order, u64 }
  from "./bytes.js";
import { ACTIONS, BODY, DELEGATION, KEY, LOT, RECEIPT, ROLES, decode, onlyEvent }
  from "./messages.js";
import { rangeOf } from "./proof-file.js";
import { isInLog, isInState } from "./trees.js";

// Bytes of a body and of a receipt, and of a leaf's value.
const ENTRY_LIMIT = 1024 * 1024;
const LEAF_LIMIT = 64 * 1024;

/** Step 5: the entries, each of them in the head's log. */
export async function readEntries(file, head) {
  const seconds = head.timeMilliseconds / 1000n;
  let lastIndex = -1n;
  let lastHeight = 1n;
  const entries = [];
  for (const part of file.entries) {
    need(part.rawBody.length <= ENTRY_LIMIT && part.rawReceipt.length <= ENTRY_LIMIT,
      "an entry too large");
    const entry = { ...part, body: decode(BODY, part.rawBody) };
    entry.receipt = decode(RECEIPT, part.rawReceipt);
    const actions = ACTIONS.filter((name) => entry.body[name] !== null);
    need(actions.length <= 1, "an entry of two actions");
    [entry.action] = actions;
    need(entry.receipt.events.every(
      (event) => Object.values(event).filter((value) => value !== null).length <= 1),
    "two events in one");
    const { receipt } = entry;
    need(receipt.logIndex === entry.index && entry.index > lastIndex,
      `entry #${entry.index} does not ascend, or has another one's receipt`);
    need(receipt.height >= lastHeight && receipt.height <= head.height && receipt.time <= seconds,
      `entry #${entry.index} has a receipt of another moment`);
    lastIndex = entry.index;
    lastHeight = receipt.height;
    entries.push(entry);
  }
  await Promise.all(entries.map(async (entry) => {
    const leaf = await H(ZERO, ...await Promise.all([
      H(entry.rawBody, ...entry.signatures), H(entry.rawReceipt)]));
    need(await isInLog(leaf, entry.index, head.logSize, entry.path, head.logRoot),
      `entry #${entry.index} is not in the head's log`);
  }));
  return entries;
}

/** Step 6: each entry is signed by exactly those whom it names. */
export async function checkSignatures(entries, network) {
  await Promise.all(entries.map(async ({ index, body, rawBody, signatures }) => {
    need(body.version === 1 && isEqual(body.network, network),
      `entry #${index} is of another network or version`);
    const keys = body.signers.map((signer) => signer.publicKey);
    need(keys.length >= 1 && keys.length <= 64 && new Set(keys.map(hex)).size === keys.length
      && keys.length === signatures.length, `entry #${index} has other signers than it names`);
    const valid = await Promise.all(keys.map((key, place) => isSignedAs(
      "drec/transaction/v1", signatures[place], key, rawBody)));
    need(valid.every(Boolean), `entry #${index} is not signed by whom it names`);
  }));
}

// Number to name and bytes of an id.
const KINDS = {
  2: ["account", 8], 3: ["key", 32], 4: ["delegation", 16], 5: ["device", 16], 15: ["lot", 24],
};

/** Step 7: the leaves, each of them in the head's state. */
export async function readState(file, head) {
  const leaves = new Map();
  const lots = [];
  let last = new Uint8Array();
  for (const { key, value } of file.state) {
    const [name, size] = KINDS[key[0]] ?? ["", -1];
    need(key.length === 1 + size && value.length > 0, "a leaf that no proof has a use for");
    need(order(last, key) < 0, "the leaves do not ascend");
    last = key;
    leaves.set(hex(key), { name, value });
  }
  await Promise.all(file.state.map(async ({ key, value, bitmap, siblings }) => {
    const { name } = leaves.get(hex(key));
    const path = await H("drec/state/v1\0", name, "\0", key.subarray(1));
    need(await isInState(path, value, bitmap, siblings, head.stateRoot),
      `a leaf (${name}) is not in the head's state`);
  }));
  for (const { key, value } of file.state) {
    if (key[0] !== 15) continue;
    const lot = decode(LOT, value);
    const range = rangeOf({
      project: bigAt(key, 1), vintage: bigAt(key, 9), first: bigAt(key, 17), last: lot.last,
    });
    lots.push({ ...lot, range, key: hex(key) });
  }
  return { leaves, lots, unused: new Set(leaves.keys()), grants: new Set() };
}

/** The value of a leaf, which is thereby of use; null where there is none. */
export function leafOf(state, key, schema) {
  const found = state.leaves.get(hex(key));
  if (found === undefined) return null;
  state.unused.delete(hex(key));
  need(found.value.length <= LEAF_LIMIT, "a leaf too large");
  return decode(schema, found.value);
}

/** A delegation that was granted anew has forgotten what was before: an earlier entry tells. */
function lastGrant(entries, before, account, delegate) {
  const grants = entries.filter((entry) => {
    const change = onlyEvent(entry, "delegationChanged");
    if (entry.index >= before || change === null || change.account !== account
      || change.delegate !== delegate) return false;
    const action = entry.body[entry.action];
    if (entry.action === "change_delegation") {
      return entry.body.account === account && action.delegate === delegate
        && action.roles === change.roles;
    }
    return entry.action === "register_account" && action.delegate === delegate
      && action.delegateRoles === change.roles;
  });
  const last = grants.at(-1);
  return last === undefined
    ? null : { index: last.index, roles: onlyEvent(last, "delegationChanged").roles };
}

/** Step 8: the signers' keys were in force, and one of them may act for the account. */
export function checkKeys(entries, state) {
  for (const { index, action, body } of entries) {
    need(Object.hasOwn(ROLES, action ?? ""), `entry #${index} has an action of no use here`);
    const isOwnProfile = action === "commit_profile" && body.commit_profile.device === 0n;
    const role = isOwnProfile ? 1 : ROLES[action];
    const isInForce = ({ addedAt, removedAt }) =>
      addedAt <= index && (removedAt === 0n || index < removedAt);
    let isPermitted = false;
    for (const { publicKey } of body.signers) {
      const key = leafOf(state, joined(Uint8Array.of(3), publicKey), KEY);
      need(key !== null, `entry #${index}: no leaf of a signer's key`);
      // Who is registered signs the registration too.
      const isNew = action === "register_account" && key.addedAt === index + 1n;
      need(isNew || isInForce(key), `entry #${index}: a signer's key was not in force`);
      let mayAct = !isNew && (key.roles & role) !== 0;
      if (key.account !== body.account) {
        const delegation = leafOf(
          state, joined(Uint8Array.of(4), u64(body.account), u64(key.account)), DELEGATION);
        // Who may act for the account is its own to say.
        mayAct = mayAct && delegation !== null && action !== "change_delegation";
        if (mayAct && delegation.addedAt > index) {
          const grant = lastGrant(entries, index, body.account, key.account);
          mayAct = grant !== null && (grant.roles & role) !== 0;
          if (mayAct) state.grants.add(grant.index);
        } else {
          mayAct = mayAct && isInForce(delegation) && (delegation.roles & role) !== 0;
        }
      }
      isPermitted ||= mayAct;
    }
    need(isPermitted, `entry #${index}: no signer may act for A${body.account}`);
  }
}
