// The proof file and the genesis document: steps 1 and 2.
import {
  H, U64_LIMIT, asBytes, fromBase64, fromHex, isEqual, need, pieces, textOf,
} from "./bytes.js";
import { canonical, items, members, number, parseJSON } from "./strict-json.js";

export const MEDIA_TYPE = "application/vnd.drec.proof.v1+json";
export const FILE_LIMIT = 16 * 1024 * 1024;
export const GENESIS_LIMIT = 1024 * 1024;
const GENESIS_FORMAT = "drec-genesis-1";

const hashes = (text) => pieces(text, 32);

/** Step 1: the file's parts, if it is written in the one way there is. */
export async function readProof(given) {
  const bytes = unwrapped(given);
  const root = parseJSON(bytes, FILE_LIMIT);
  const [kind, network, subject, transitions, head, log, entries, reads, state, seal] = members(
    root, "mediaType", "network", "subject", "transitions", "head", "log", "entries", "reads",
    "state", "sha256");
  need(kind === MEDIA_TYPE, "another media type");
  need(isEqual(asBytes(canonical(root)), bytes), "not in canonical form");
  need(typeof network === "string" && /^[0-9a-f]{64}$/.test(network), "network is no hash");
  const file = {
    size: bytes.length, network: fromHex(network),
    subject: subjectOf(...members(subject, "kind", "id")),
  };
  file.transitions = items(transitions).map((item) => {
    const [header, certificate, next] = members(item, "header", "certificate", "nextAuthorities");
    return { ...voted(header, certificate), next: fromBase64(next) };
  });
  file.head = voted(...members(head, "header", "certificate"));
  const [checkpoint, earlier] = members(log, "checkpoint", "earlier");
  need(checkpoint === null || typeof checkpoint === "string", "checkpoint is no note");
  file.checkpoint = checkpoint;
  file.earlier = earlier === null ? null : earlierLog(earlier);
  file.entries = items(entries).map((item) => {
    const [index, body, signatures, receipt, path] = members(
      item, "index", "body", "signatures", "receipt", "inclusion");
    return {
      index: number(index), rawBody: fromBase64(body), signatures: pieces(signatures, 64),
      rawReceipt: fromBase64(receipt), path: hashes(path),
    };
  });
  file.reads = items(reads).map(readPart);
  file.state = items(state).map((item) => {
    const [key, value, bitmap, siblings] = members(item, "key", "value", "bitmap", "siblings");
    return {
      key: fromBase64(key), value: fromBase64(value), bitmap: fromBase64(bitmap),
      siblings: hashes(siblings),
    };
  });
  root.delete("sha256");
  need(isEqual(fromBase64(seal), await H(canonical(root))), "changed since it was sealed");
  return file;
}

/** The proof file in a page, whose only element of its type it is; other bytes as they are. */
function unwrapped(bytes) {
  if (bytes[0] !== 0x3c) return bytes;
  need(bytes.length <= FILE_LIMIT, "too large");
  // A letter for each byte.
  const text = new TextDecoder("windows-1252").decode(bytes);
  need(text.toLowerCase().split(MEDIA_TYPE).length === 3, "a page without exactly one proof in it");
  const opening = "<" + `script type="${MEDIA_TYPE}">`;
  const start = text.indexOf(opening) + opening.length;
  const end = text.indexOf("<" + "/script>", start);
  need(text.includes(opening) && end >= 0, "a page without exactly one proof in it");
  const content = textOf(bytes.subarray(start, end));
  need(!content.includes("<") && content.includes(MEDIA_TYPE),
    "a page with a proof that is not written as it must be");
  return asBytes(content.replaceAll("\\u003c", "<"));
}

function voted(header, certificate) {
  return { header: fromBase64(header), certificate: fromBase64(certificate) };
}

function earlierLog(value) {
  const [size, root, consistency] = members(value, "size", "root", "consistency");
  const result = {
    size: number(size), root: fromBase64(root), consistency: hashes(consistency),
  };
  need(result.root.length === 32, "earlier.root is no hash");
  return result;
}

function readPart(item) {
  const [entry, position, placement, placementPath, record, recordPath] = members(
    item, "entry", "position", "placement", "placementInclusion", "record", "recordInclusion");
  const read = {
    entry: number(entry), position: number(position), placement: fromBase64(placement),
    placementPath: hashes(placementPath), record: fromBase64(record),
    recordPath: hashes(recordPath),
  };
  need(read.position < 1n << 32n, "a position too large");
  return read;
}

/** What a proof is about; refuses every other spelling. */
export function subjectOf(kind, id) {
  need(typeof kind === "string" && typeof id === "string", "no subject");
  const digits = "(0|[1-9][0-9]{0,19})";
  const parts = (pattern) => {
    const match = new RegExp(`^${pattern}$`).exec(id);
    need(match !== null, "subject: no id of its kind");
    const numbers = match.slice(1).map((text) => (text === undefined ? null : BigInt(text)));
    need(numbers.every((part) => part === null || part < U64_LIMIT), "subject: a number too large");
    return numbers;
  };
  if (kind === "drecs") {
    const [project, vintage, first, last] = parts(
      `DREC${digits}-${digits}-${digits}(?:\\.\\.${digits})?`);
    need(last === null || last > first, "subject: a range in another spelling");
    return { kind, id, range: rangeOf({ project, vintage, first, last: last ?? first }) };
  }
  if (kind === "redemption") return { kind, id, entry: parts(`#${digits}`)[0] };
  need(kind === "account" || kind === "device", "subject: no such kind");
  const numbers = parts(kind === "account" ? `A${digits}` : `D${digits}@${digits}`);
  need(numbers[0] > 0n, "subject: no id of its kind");
  return { kind, id, number: numbers[0], effective: numbers[1] };
}

/** A range of D-RECs from any four numbers. */
export function rangeOf(message) {
  const range = {
    project: BigInt(message.project), vintage: BigInt(message.vintage), first: message.first,
    last: message.last,
  };
  need(range.project >= 101n && range.project < U64_LIMIT && range.vintage < 1n << 32n
    && range.first >= 1n && range.first <= range.last && range.last <= (U64_LIMIT - 1n) / 1000n,
  "no range of D-RECs");
  return range;
}

/** Step 2: the network's hash, name and first authorities, of a genesis document. */
export async function readGenesis(bytes) {
  const root = parseJSON(bytes, GENESIS_LIMIT);
  need(root instanceof Map && root.get("format") === GENESIS_FORMAT, "not a genesis document");
  const name = root.get("name");
  need(typeof name === "string", "not a genesis document");
  const authorities = [];
  // Account 1 is the initiative; those who run authorities follow in their order.
  let account = 1n;
  for (const item of items(root.get("authorities"))) {
    need(item instanceof Map && typeof item.get("name") === "string" && item.has("operatedBy"),
      "not a genesis document");
    const isOwn = item.get("operatedBy") === null;
    if (!isOwn) account += 1n;
    authorities.push({
      account: isOwn ? 1n : account, name: item.get("name"), voteKey: key(item.get("voteKey")),
      tlsKey: key(item.get("tlsKey")), logKey: key(item.get("logKey")),
    });
  }
  need(authorities.length >= 1 && authorities.length <= 50, "no authorities, or too many");
  return { network: await H(canonical(root)), name, authorities };
}

function key(text) {
  need(typeof text === "string" && /^[0-9a-fA-F]{64}$/.test(text), "a key that is none");
  return fromHex(text);
}

/** What a file seems to be: `proof`, `genesis`, `checkpoint`, or null. */
export function kindOfFile(bytes) {
  const start = new TextDecoder().decode(bytes.subarray(0, FILE_LIMIT));
  if (start.includes(`"${MEDIA_TYPE}"`)) return "proof";
  if (start.includes(`"${GENESIS_FORMAT}"`)) return "genesis";
  if (start.startsWith("drec/")) return "checkpoint";
  return start.trimStart().startsWith("{") ? "proof" : null;
}

