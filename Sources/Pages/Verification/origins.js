// Accounts and devices: a leaf of today, and the entry that made it so. A part of step 9.
import { isEqual, joined, need, u64 } from "./bytes.js";
import { leafOf } from "./entries.js";
import { ACCOUNT, DEVICE, detailsOf, onlyEvent } from "./messages.js";

const CLOSED = 2;

/** An account's leaf, and its registration unless the genesis document names it. */
export function proveAccount(replay, state) {
  const { number } = replay.subject;
  const leaf = leafOf(state, joined(Uint8Array.of(2), u64(number)), ACCOUNT);
  need(leaf !== null, `no leaf of account A${number}`);
  replay.account = leaf;
  if (leaf.registeredAt === 0n) return;
  const entry = originOf(replay, leaf.registeredAt - 1n);
  const action = entry.body.register_account;
  need(action !== null && onlyEvent(entry, "accountRegistered")?.account === number
    && ["kind", "legalName", "country"].every((name) => action[name] === leaf[name])
    && entry.body.account === leaf.sponsor, `entry #${entry.index} did not register A${number}`);
}

/** A revision of a device, and the entry that made it. */
export function proveDevice(replay, state) {
  const { number, effective } = replay.subject;
  const leaf = leafOf(state, joined(Uint8Array.of(5), u64(number), u64(effective)), DEVICE);
  need(leaf !== null, `no leaf of device D${number}`);
  replay.device = { ...leaf, details: detailsOf(leaf) };
  const entry = originOf(replay, leaf.entry);
  need(entry.body.account === leaf.owner && isMadeBy(entry, replay.device, number),
    `entry #${entry.index} did not make device D${number} so`);
}

function originOf(replay, index) {
  const entry = replay.entries.get(index);
  need(entry !== undefined, `entry #${index} is missing`);
  replay.used.add(index);
  return entry;
}

function isMadeBy(entry, leaf, number) {
  const action = entry.body[entry.action];
  if (entry.action === "register_devices") {
    const event = onlyEvent(entry, "devicesRegistered");
    if (event === null || event.count !== action.devices.length || number < event.first
      || number - event.first >= BigInt(event.count)) return false;
    const made = action.devices[Number(number - event.first)];
    return isSameValue(detailsOf(made), leaf.details)
      && isEqual(made.externalIDHash, leaf.externalIDHash);
  }
  if (action.device !== number) return false;
  switch (entry.action) {
    case "update_device": return isSameValue(detailsOf(action), leaf.details);
    case "close_device": return leaf.status === CLOSED;
    case "hand_over_meter":
      return isEqual(action.meterHash, leaf.details.meterHash)
        && isEqual(action.meterKey, leaf.details.meterKey);
    case "commit_profile": return isEqual(action.root, leaf.details.profileRoot);
    default: return false;
  }
}

/** Whether two decoded messages of one kind are equal. */
function isSameValue(one, other) {
  return Object.keys(one).every((name) => (one[name] instanceof Uint8Array
    ? isEqual(one[name], other[name]) : one[name] === other[name]));
}
