// Who decides: steps 3, 4 and 11.
import {
  H, U64_LIMIT, asBytes, base64, bigAt, fromBase64, hex, isEqual, isSigned, isSignedAs,
  joined, need, tagged, u64,
} from "./bytes.js";
import { AUTHORITY_SET, FINALIZATION, HEADER, decode, encodeAuthorities } from "./messages.js";
import { isConsistent } from "./trees.js";

// Bytes.
const CHECKPOINT_LIMIT = 64 * 1024;
const HEADER_LIMIT = 1024;
const CERTIFICATE_LIMIT = 8 * 1024;
const SET_LIMIT = 64 * 1024;

/** The authorities of the last epoch, by way of every change since genesis. */
export async function followAuthorities(file, genesis) {
  const chain = { network: file.network, epoch: 0n, last: null };
  await take(chain, genesis.authorities, encodeAuthorities(genesis.authorities));
  for (const transition of file.transitions) {
    const header = await finalHeader(chain, transition);
    need(transition.next.length <= SET_LIMIT, "a set of authorities too large");
    const { authorities } = decode(AUTHORITY_SET, transition.next);
    need(!isEqual(header.nextAuthoritiesHash, header.authoritiesHash), "no change of authorities");
    await take(chain, authorities, transition.next);
    need(isEqual(header.nextAuthoritiesHash, chain.hash), "other authorities than were voted for");
    need(authorities.length >= 1 && authorities.length <= 50, "no authorities, or too many");
    chain.last = header;
    chain.epoch += 1n;
  }
  return chain;
}

async function take(chain, authorities, raw) {
  chain.authorities = authorities;
  chain.hash = await tagged("drec/authorities/v1", raw);
}

export function quorum(count) {
  return count - Math.floor((count - 1) / 3);
}

/** A header that a quorum of the chain's authorities voted final. */
export async function finalHeader(chain, { header: raw, certificate }) {
  need(raw.length <= HEADER_LIMIT && certificate.length <= CERTIFICATE_LIMIT, "a header too large");
  const header = decode(HEADER, raw);
  const votes = decode(FINALIZATION, certificate);
  need(header.version === 1 && isEqual(header.network, chain.network)
    && header.epoch === chain.epoch, "a header of another network or epoch");
  need(isEqual(header.authoritiesHash, chain.hash), "a header of other authorities");
  need(header.logRoot.length === 32 && header.stateRoot.length === 32, "a header without roots");
  const { last } = chain;
  need(last === null || (header.height > last.height
    && header.timeMilliseconds > last.timeMilliseconds && header.logSize >= last.logSize),
  "a header that is not after the last one");
  const blockHash = await tagged("drec/header/v1", raw);
  need(votes.epoch === chain.epoch && isEqual(votes.blockHash, blockHash),
    "votes for another block");
  const count = chain.authorities.length;
  const signers = [];
  for (let bit = 0; bit < votes.signers.length * 8; bit += 1) {
    if (votes.signers[bit >> 3] & (1 << (bit & 7))) signers.push(bit);
  }
  need(votes.signers.length > 0 && votes.signers.at(-1) !== 0 && signers.at(-1) < count,
    "votes of strangers");
  need(signers.length === votes.signatures.length, "another number of signatures than of voters");
  need(signers.length >= quorum(count), `${signers.length} voted, and ${quorum(count)} decide`);
  const payload = joined(
    chain.network, u64(votes.epoch), u64(votes.view), u64(votes.parentView), blockHash);
  const valid = await Promise.all(signers.map((signer, place) => isSignedAs(
    "drec/vote/finalize/v1", votes.signatures[place], chain.authorities[signer].voteKey, payload)));
  need(valid.every(Boolean), "a vote that its authority did not sign");
  return { ...header, votes: signers.length };
}

/** A checkpoint that somebody kept: size, root, and the lines as they are. */
export function readCheckpoint(text) {
  need(asBytes(text).length <= CHECKPOINT_LIMIT && text.endsWith("\n"), "no checkpoint");
  const lines = text.slice(0, -1).split("\n");
  need(lines.length >= 3 && lines[0] !== "" && /^(0|[1-9][0-9]{0,19})$/.test(lines[1]),
    "no checkpoint");
  const checkpoint = { origin: lines[0], size: BigInt(lines[1]), root: fromBase64(lines[2]) };
  need(checkpoint.size < U64_LIMIT && checkpoint.root.length === 32, "no checkpoint");
  checkpoint.text = `${lines.slice(0, 3).join("\n")}\n`;
  checkpoint.lines = lines.slice(4);
  need(lines.length === 3 || (lines[3] === "" && lines.length >= 5 && lines.length <= 132),
    "no checkpoint");
  return checkpoint;
}

/** Step 11: how many authorities cosigned the head's log, which goes on from earlier ones. */
export async function countWitnesses(file, head, chain, genesis, demands) {
  const cosigners = new Set();
  if (file.checkpoint !== null) {
    const checkpoint = readCheckpoint(file.checkpoint);
    const origin = `drec/${genesis.name}/${hex(file.network).slice(0, 16)}`;
    const logs = [[head.logSize, head.logRoot]];
    if (file.earlier !== null) logs.push([file.earlier.size, file.earlier.root]);
    need(logs.some(([size, root]) =>
      checkpoint.text === `${origin}\n${size}\n${base64(root)}\n`),
    "a checkpoint of another log");
    const seen = new Set();
    for (const line of checkpoint.lines) {
      const { place, type } = await signer(line, checkpoint.text, chain.authorities, seen);
      if (type === 4) cosigners.add(place);
    }
    // A witness of a log that lacks an entry is no witness of it.
    if (file.entries.some(({ index }) => index >= checkpoint.size)) cosigners.clear();
  }
  need(cosigners.size >= demands.witnesses,
    `${cosigners.size} cosigned, and ${demands.witnesses} are demanded`);
  const { earlier } = file;
  need(earlier === null || await isConsistent(
    earlier.size, earlier.root, head.logSize, head.logRoot, earlier.consistency),
  "the log does not go on from the earlier one");
  const { minimum } = demands;
  const isSame = (size, root) => minimum.size === size && isEqual(minimum.root, root);
  need(minimum === null || isSame(head.logSize, head.logRoot)
    || (earlier !== null && isSame(earlier.size, earlier.root)),
  "the file does not show that its log goes on from the demanded one");
  return cosigners.size;
}

/** A name as a part of a key's name: letters, digits, `-`, `.` and `_` stay. */
function escaped(name) {
  return Array.from(asBytes(name), (byte) => {
    const letter = String.fromCharCode(byte);
    return /[A-Za-z0-9._-]/.test(letter) ? letter
      : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  }).join("");
}

/** The authority that signed a line of a note, and how. */
async function signer(line, text, authorities, seen) {
  const parts = line.split(" ");
  need(parts.length === 3 && parts[0] === "—" && parts[1] !== "", "a line that is no signature");
  const raw = fromBase64(parts[2]);
  need(raw.length > 4, "a line that is no signature");
  const id = raw.subarray(0, 4);
  const name = `${parts[1]} ${hex(id)}`;
  need(!seen.has(name), "a line that comes twice");
  seen.add(name);
  const origin = text.slice(0, text.indexOf("\n"));
  for (const type of [4, 1]) {
    for (const [place, { name: authority, logKey }] of authorities.entries()) {
      if (parts[1] !== (type === 4 ? `${origin}/${escaped(authority)}` : origin)) continue;
      const hash = await H(parts[1], "\n", Uint8Array.of(type), logKey);
      if (!isEqual(hash.subarray(0, 4), id)) continue;
      let signature = raw.subarray(4);
      let message = text;
      if (type === 4) {
        need(raw.length === 76, "a line that is no cosignature");
        message = `cosignature/v1\ntime ${bigAt(raw, 4)}\n${text}`;
        signature = raw.subarray(12);
      }
      need(await isSigned(signature, logKey, asBytes(message)),
        "a line that its authority did not sign");
      return { place, type };
    }
  }
  need(false, "a line of a stranger");
  return null;
}
