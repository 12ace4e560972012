// Bytes, hashes and signatures: what the checks of a proof are made of.

/** A check that a file does not pass. */
export class Refused extends Error {}

export function need(condition, reason) {
  if (!condition) throw new Refused(reason);
}

const utf8 = new TextEncoder();

/** Text as UTF-8; bytes as they are. */
export function asBytes(part) {
  return typeof part === "string" ? utf8.encode(part) : part;
}

export function joined(...parts) {
  const pieces = parts.map(asBytes);
  const result = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    result.set(piece, at);
    at += piece.length;
  }
  return result;
}

/** Text of UTF-8; refuses what is none, and keeps a byte order mark as a character. */
export function textOf(bytes) {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new Refused("no UTF-8");
  }
}

export function isEqual(one, other) {
  return one.length === other.length && one.every((byte, at) => byte === other[at]);
}

/** Less than, equal or greater than 0, as bytes are compared. */
export function order(one, other) {
  for (let at = 0; at < Math.min(one.length, other.length); at += 1) {
    if (one[at] !== other[at]) return one[at] - other[at];
  }
  return one.length - other.length;
}

export function hex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export function fromHex(text) {
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}

export function base64(bytes) {
  let text = "";
  for (let at = 0; at < bytes.length; at += 4096) {
    text += String.fromCharCode(...bytes.subarray(at, at + 4096));
  }
  return btoa(text);
}

/** RFC 4648 section 4, padded and of one spelling. */
export function fromBase64(text) {
  need(typeof text === "string" && /^[A-Za-z0-9+/]*={0,2}$/.test(text), "no base64");
  let raw;
  try {
    raw = atob(text);
  } catch {
    throw new Refused("no base64");
  }
  need(btoa(raw) === text, "base64 of another spelling");
  return Uint8Array.from(raw, (character) => character.charCodeAt(0));
}

/** Bytes in pieces of one size, one after the other. */
export function pieces(text, size) {
  const bytes = fromBase64(text);
  need(bytes.length % size === 0, `not of ${size} bytes each`);
  const result = [];
  for (let at = 0; at < bytes.length; at += size) result.push(bytes.subarray(at, at + size));
  return result;
}

/** A number of 8 bytes, the highest first. */
export function u64(value) {
  const result = new Uint8Array(8);
  new DataView(result.buffer).setBigUint64(0, BigInt(value));
  return result;
}

/** A number in so many bytes, the highest first. */
export function bigAt(bytes, at, size = 8) {
  let value = 0n;
  for (let place = at; place < at + size; place += 1) value = (value << 8n) | BigInt(bytes[place]);
  return value;
}

export const U64_LIMIT = 1n << 64n;

/** SHA-256. */
export async function H(...parts) {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", joined(...parts)));
}

export const ZERO = Uint8Array.of(0);
export const ONE = Uint8Array.of(1);

export function tagged(tag, payload) {
  return H(ZERO, tag, ZERO, payload);
}

// ---- Ed25519, judged the same everywhere

const P = (1n << 255n) - 19n;
const L = (1n << 252n) + 27742317777372353535851937790883648493n;

function little(bytes) {
  return bigAt(Uint8Array.from(bytes).reverse(), 0, bytes.length);
}

/** The y of points of low order: with the sign bit, 14 encodings. */
const LOW_ORDER = new Set([
  0n, 1n, P - 1n, P, P + 1n,
  little(fromHex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05")),
  little(fromHex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a")),
]);

export function isPoint(bytes) {
  const y = little(bytes) & ((1n << 255n) - 1n);
  return y < P && !LOW_ORDER.has(y);
}

const importedKeys = new Map();

function imported(key) {
  const name = hex(key);
  if (!importedKeys.has(name)) {
    importedKeys.set(
      name, crypto.subtle.importKey("raw", key, "Ed25519", false, ["verify"]).catch(() => null));
  }
  return importedKeys.get(name);
}

/** Whether a signature is one, also for what browsers and libraries disagree on. */
export async function isSigned(signature, key, message) {
  if (signature.length !== 64 || key.length !== 32) return false;
  const r = signature.subarray(0, 32);
  if (!isPoint(key) || !isPoint(r) || little(signature.subarray(32)) >= L) return false;
  const publicKey = await imported(key);
  return publicKey !== null && crypto.subtle.verify("Ed25519", publicKey, signature, message);
}

export function isSignedAs(tag, signature, key, payload) {
  return isSigned(signature, key, joined(ZERO, tag, ZERO, payload));
}

/** Why this browser cannot check anything, or null. */
export async function missingCryptography() {
  if (!globalThis.crypto?.subtle) {
    return "This browser hashes nothing for pages of an address without TLS. Save this page and "
      + "open the saved file, or use https.";
  }
  const key = fromHex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
  try {
    await crypto.subtle.importKey("raw", key, "Ed25519", false, ["verify"]);
    return null;
  } catch {
    return "This browser does not know Ed25519 signatures. Newer ones do.";
  }
}
