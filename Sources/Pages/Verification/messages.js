// Protobuf messages of the network, in their canonical encoding alone.
import { need, joined, textOf } from "./bytes.js";

/** A message of which only the encoding is looked at. */
function unread(...kinds) {
  return Object.fromEntries(kinds.map((kind, place) => [place + 1, [`${place + 1}`, kind]]));
}

// Field number to name and kind. A kind in a list is repeated, a table is a message.
const RANGE = {
  1: ["project", "u64"], 2: ["vintage", "u32"], 3: ["first", "u64"], 4: ["last", "u64"],
};
const AUTHORITY = {
  1: ["account", "u64"], 2: ["name", "text"], 3: ["voteKey", "bytes"], 4: ["tlsKey", "bytes"],
  5: ["logKey", "bytes"], 6: ["secondKey", "bytes"],
};
export const AUTHORITY_SET = { 1: ["authorities", [AUTHORITY]] };
export const HEADER = {
  1: ["version", "u32"], 2: ["network", "bytes"], 3: ["epoch", "u64"], 4: ["height", "u64"],
  5: ["view", "u64"], 6: ["parentHash", "bytes"], 7: ["timeMilliseconds", "u64"],
  8: ["proposer", "u32"], 9: ["logSize", "u64"], 10: ["logRoot", "bytes"],
  11: ["stateRoot", "bytes"], 12: ["authoritiesHash", "bytes"],
  13: ["nextAuthoritiesHash", "bytes"], 14: ["parametersHash", "bytes"],
};
export const FINALIZATION = {
  1: ["epoch", "u64"], 2: ["view", "u64"], 3: ["parentView", "u64"], 4: ["blockHash", "bytes"],
  5: ["signers", "bytes"], 6: ["signatures", ["bytes"]],
};
const DETAILS = {
  1: ["kind", "enum"], 2: ["country", "text"], 3: ["fuelCode", "u32"], 4: ["typeCode", "u32"],
  5: ["capacityWatts", "u64"], 6: ["commissioned", "u64"], 7: ["grid", "enum"],
  8: ["offTaker", "enum"], 9: ["source", "enum"],
  // Signed numbers, of which only equality is asked.
  10: ["latitudeE2", "u32"], 11: ["longitudeE2", "u32"],
  12: ["meterHash", "bytes"], 13: ["meterKey", "bytes"], 14: ["profileRoot", "bytes"],
};
const KEY_GRANT = { 1: ["publicKey", "bytes"], 2: ["roles", "u32"] };
const VOTE = unread("enum", "u64", "u64", "u64", "bytes", "u32", "bytes");
export const BODY = {
  1: ["version", "u32"], 2: ["network", "bytes"], 3: ["account", "u64"],
  4: ["signers", [{ 1: ["publicKey", "bytes"], 2: ["nonce", "u64"] }]],
  5: ["notAfter", "u64"], 6: ["channel", "enum"], 7: ["readsRoot", "bytes"],
  8: ["readsCount", "u32"],
  70: ["submit_reads", { 1: ["deferMint", "bool"] }],
  90: ["mint", { 1: ["evidence", "u64"] }],
  91: ["trade", { 1: ["ranges", [RANGE]], 2: ["to", "u64"] }],
  92: ["redeem", {
    1: ["ranges", [RANGE]], 2: ["beneficiary", "text"], 3: ["location", "text"],
    4: ["purpose", "text"], 5: ["periodStart", "u64"], 6: ["periodEnd", "u64"],
  }],
  93: ["retire", { 1: ["ranges", [RANGE]], 2: ["reason", "enum"] }],
  40: ["register_account", {
    1: ["kind", "enum"], 2: ["legalName", "text"], 3: ["country", "text"],
    4: ["keys", [KEY_GRANT]], 5: ["delegate", "u64"],
    6: ["delegateRoles", "u32"], 7: ["takeoverKey", "bytes"], 8: ["profileRoot", "bytes"],
  }],
  42: ["change_delegation", { 1: ["delegate", "u64"], 2: ["roles", "u32"] }],
  44: ["commit_profile", { 1: ["device", "u64"], 2: ["root", "bytes"] }],
  45: ["register_devices", {
    1: ["devices", [{ 1: ["externalIDHash", "bytes"], 2: ["details", DETAILS] }]],
  }],
  46: ["update_device", {
    1: ["device", "u64"], 2: ["effective", "u64"], 3: ["details", DETAILS],
  }],
  47: ["close_device", { 1: ["device", "u64"], 2: ["effective", "u64"] }],
  48: ["hand_over_meter", {
    1: ["device", "u64"], 2: ["meterHash", "bytes"], 3: ["meterKey", "bytes"],
  }],
};
/** What an action needs a signer for: admin 1, devices 2, metering 4, trading 8. */
export const ROLES = {
  submit_reads: 4, mint: 4, trade: 8, redeem: 8, retire: 8, register_account: 1,
  change_delegation: 1,
  register_devices: 2, update_device: 2, close_device: 2, hand_over_meter: 2, commit_profile: 2,
};
export const ACTIONS = Object.keys(ROLES);
// What no step has a use for.
const OTHER_ACTIONS = {
  16: unread("u64", unread(...Array(14).fill("u64"))),
  17: unread("text", "u64", unread("u64", "packed", "text")),
  18: unread("u64"), 19: unread("u64"), 20: unread("text", "u64"),
  21: unread("u64", [unread("text", AUTHORITY)]), 22: unread("u64"), 23: unread("u64"),
  24: unread("text", "bytes", "bytes", "bytes", "u64", "bytes"), 25: unread(VOTE, VOTE),
  41: unread([KEY_GRANT], ["bytes"]), 43: unread([KEY_GRANT], "bytes"),
};
for (const [field, kind] of Object.entries(OTHER_ACTIONS)) {
  BODY[field] = [`action ${field}`, kind];
  ACTIONS.push(`action ${field}`);
}
const LOT_RECORD = {
  1: ["range", RANGE], 2: ["owner", "u64"], 3: ["status", "enum"], 4: ["entry", "u64"],
};
const EVENT = {
  1: ["accountRegistered", { 1: ["account", "u64"], 2: ["status", "enum"] }],
  4: ["delegationChanged", {
    1: ["account", "u64"], 2: ["delegate", "u64"], 3: ["roles", "u32"],
  }],
  6: ["devicesRegistered", { 1: ["first", "u64"], 2: ["count", "u32"] }],
  10: ["readsAccepted", {
    1: ["readsRoot", "bytes"], 2: ["count", "u32"], 3: ["wattHours", "u64"],
    4: ["deferred", "bool"],
  }],
  11: ["energyPlaced", {
    1: ["placementsRoot", "bytes"], 2: ["placementsCount", "u32"],
    3: ["issues", [{
      1: ["project", "u64"], 2: ["vintage", "u32"], 3: ["offset", "u64"], 4: ["length", "u64"],
      5: ["first", "u64"], 6: ["last", "u64"], 7: ["owner", "u64"],
    }]],
    4: ["evidence", "u64"],
  }],
  12: ["lotsMoved", {
    1: ["action", "enum"], 2: ["consumed", [LOT_RECORD]], 3: ["created", [LOT_RECORD]],
  }],
};
const OTHER_EVENTS = {
  2: unread("u64", "enum"), 3: unread("u64", "bytes", "u32"), 5: unread("u64", "u64", "bytes"),
  7: unread("u64", "u64", "text"), 8: unread("u64", "u64", "enum"),
  9: unread("text", "u64", "bool"), 13: unread("u64", "enum", "u64", "u32", "u32"),
  14: unread("u64", "text"), 15: unread("u64", "u32", "text", "u64"),
};
for (const [field, kind] of Object.entries(OTHER_EVENTS)) EVENT[field] = [`event ${field}`, kind];
export const RECEIPT = {
  1: ["logIndex", "u64"], 2: ["height", "u64"], 3: ["time", "u64"], 4: ["events", [EVENT]],
};
export const KEY = {
  1: ["account", "u64"], 2: ["roles", "u32"], 3: ["addedAt", "u64"], 4: ["removedAt", "u64"],
  5: ["highestNonce", "u64"], 6: ["window", "bytes"],
};
export const DELEGATION = { 1: ["roles", "u32"], 2: ["addedAt", "u64"], 3: ["removedAt", "u64"] };
export const ACCOUNT = {
  1: ["kind", "enum"], 2: ["legalName", "text"], 3: ["country", "text"], 4: ["status", "enum"],
  5: ["sponsor", "u64"], 6: ["registeredAt", "u64"], 7: ["keys", ["bytes"]],
  8: ["delegates", "packed"], 9: ["takeoverKey", "bytes"], 10: ["profileRoot", "bytes"],
  11: ["channel", "enum"],
};
export const DEVICE = {
  1: ["owner", "u64"], 2: ["details", DETAILS], 3: ["status", "enum"],
  4: ["externalIDHash", "bytes"], 5: ["registered", "u64"], 6: ["entry", "u64"],
  7: ["channel", "enum"],
};
export const LOT = {
  1: ["last", "u64"], 2: ["owner", "u64"], 3: ["status", "enum"], 4: ["entry", "u64"],
};

const DEFAULTS = {
  u64: 0n, u32: 0, enum: 0, bool: false, bytes: new Uint8Array(), text: "",
  packed: new Uint8Array(),
};
const U32_LIMIT = 1n << 32n;

/** A message from its canonical encoding; refuses every other one. */
export function decode(schema, raw) {
  const result = {};
  for (const [name, kind] of Object.values(schema)) {
    result[name] = Array.isArray(kind) ? [] : typeof kind === "object" ? null : DEFAULTS[kind];
  }
  const reader = { raw, at: 0 };
  let last = 0;
  while (reader.at < raw.length) {
    const tag = varint(reader);
    const field = Number(tag >> 3n);
    need(Object.hasOwn(schema, field), `a field ${field} that is not known`);
    const [name, kind] = schema[field];
    const isList = Array.isArray(kind);
    need(field > last || (isList && field === last), "fields that do not ascend");
    last = field;
    const value = fieldValue(reader, isList ? kind[0] : kind, Number(tag & 7n), isList);
    if (isList) result[name].push(value);
    else result[name] = value;
  }
  return result;
}

function fieldValue(reader, kind, wire, isList) {
  const value = varint(reader);
  if (kind === "u64" || kind === "u32" || kind === "enum" || kind === "bool") {
    need(wire === 0 && value > 0n, "a default value, or another type");
    if (kind === "u64") return value;
    if (kind === "enum") {
      // Of 32 bits with a sign, written in 64.
      const signed = BigInt.asIntN(64, value);
      need(signed === BigInt.asIntN(32, value), "a number too large");
      return Number(signed);
    }
    need(value < (kind === "bool" ? 2n : U32_LIMIT), "a number too large");
    return kind === "bool" ? true : Number(value);
  }
  need(wire === 2 && value <= BigInt(reader.raw.length - reader.at), "a length beyond the end");
  const content = reader.raw.subarray(reader.at, reader.at + Number(value));
  reader.at += content.length;
  if (typeof kind === "object") return decode(kind, content);
  need(content.length > 0 || isList, "a default value");
  if (kind === "packed") {
    const numbers = { raw: content, at: 0 };
    while (numbers.at < content.length) varint(numbers);
  }
  return kind === "text" ? textOf(content) : content;
}

function varint(reader) {
  let value = 0n;
  for (let shift = 0n; ; shift += 7n) {
    need(reader.at < reader.raw.length && shift < 70n, "a number without an end");
    const byte = reader.raw[reader.at];
    reader.at += 1;
    value |= BigInt(byte & 127) << shift;
    if (byte < 128) {
      need(byte > 0 || shift === 0n, "a number with blank bytes");
      need(value < 1n << 64n, "a number too large");
      return value;
    }
  }
}

/** An empty message of a kind: what an absent one stands for. */
export function detailsOf(message) {
  return message.details ?? decode(DETAILS, new Uint8Array());
}

/** The canonical `AuthoritySetValue`. */
export function encodeAuthorities(authorities) {
  return joined(...authorities.map((authority) => framed(1, joined(
    Uint8Array.of(8), encodedVarint(authority.account), framed(2, authority.name),
    framed(3, authority.voteKey), framed(4, authority.tlsKey), framed(5, authority.logKey)))));
}

function framed(field, content) {
  const bytes = joined(content);
  if (bytes.length === 0) return bytes;
  return joined(Uint8Array.of((field << 3) | 2), encodedVarint(BigInt(bytes.length)), bytes);
}

function encodedVarint(value) {
  const bytes = [];
  for (let rest = value; ; rest >>= 7n) {
    if (rest < 128n) return Uint8Array.of(...bytes, Number(rest));
    bytes.push(Number(rest & 127n) | 128);
  }
}

/** The one event of a kind, null where there is none or more. */
export function onlyEvent(entry, name) {
  const found = entry.receipt.events.map((event) => event[name]).filter((event) => event !== null);
  return found.length === 1 ? found[0] : null;
}
