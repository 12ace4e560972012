// The log (RFC 9162) and the state (a compact sparse Merkle tree).
import { H, ONE, ZERO, isEqual } from "./bytes.js";

const EMPTY = new Uint8Array(32);

function node(left, right) {
  return H(ONE, left, right);
}

/** Whether an entry is at an index of a log (RFC 9162 section 2.1.3.2). */
export async function isInLog(leaf, index, size, path, root) {
  if (index >= size) return false;
  let first = index;
  let last = size - 1n;
  let result = leaf;
  for (const sibling of path) {
    if (last === 0n) return false;
    if (first & 1n || first === last) {
      result = await node(sibling, result);
      while (!(first & 1n) && first !== 0n) {
        first >>= 1n;
        last >>= 1n;
      }
    } else {
      result = await node(result, sibling);
    }
    first >>= 1n;
    last >>= 1n;
  }
  return last === 0n && isEqual(result, root);
}

/** Whether a log goes on from an older one (RFC 9162 section 2.1.4.2). */
export async function isConsistent(older, olderRoot, newer, newerRoot, proof) {
  if (older > newer) return false;
  if (older === 0n || older === newer) {
    const empty = await H();
    return proof.length === 0 && isEqual(olderRoot, older === newer ? newerRoot : empty)
      && (newer > 0n || isEqual(newerRoot, empty));
  }
  const path = older & (older - 1n) ? [...proof] : [olderRoot, ...proof];
  if (path.length === 0) return false;
  let first = older - 1n;
  let last = newer - 1n;
  while (first & 1n) {
    first >>= 1n;
    last >>= 1n;
  }
  let [oldNode] = path;
  let [newNode] = path;
  for (const sibling of path.slice(1)) {
    if (last === 0n) return false;
    if (first & 1n || first === last) {
      oldNode = await node(sibling, oldNode);
      newNode = await node(sibling, newNode);
      while (!(first & 1n) && first !== 0n) {
        first >>= 1n;
        last >>= 1n;
      }
    } else {
      newNode = await node(newNode, sibling);
    }
    first >>= 1n;
    last >>= 1n;
  }
  return last === 0n && isEqual(oldNode, olderRoot) && isEqual(newNode, newerRoot);
}

/** Whether a value is at a path of the state. */
export async function isInState(path, value, bitmap, siblings, root) {
  if (bitmap.length > 32 || bitmap.at(-1) === 0) return false;
  const isSet = (bits, depth) => (bits[depth >> 3] & (128 >> (depth & 7))) !== 0;
  const depths = [];
  for (let depth = 0; depth < bitmap.length * 8; depth += 1) {
    if (isSet(bitmap, depth)) depths.push(depth);
  }
  if (depths.length !== siblings.length) return false;
  if (siblings.some((sibling) => isEqual(sibling, EMPTY))) return false;
  let result = await H(ZERO, path, await H(value));
  let next = 0;
  for (let depth = depths.at(-1) ?? -1; depth >= 0; depth -= 1) {
    const sibling = isSet(bitmap, depth) ? siblings[next++] : EMPTY;
    result = isSet(path, depth) ? await node(sibling, result) : await node(result, sibling);
  }
  return isEqual(result, root);
}
