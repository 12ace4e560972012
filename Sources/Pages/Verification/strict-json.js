// JSON as the network's documents are written: whole numbers, no key twice; objects are Maps.
import { Refused, need, textOf } from "./bytes.js";

const DEPTH_LIMIT = 32;
const BLANKS = /[ \t\n\r]*/y;
const PLAIN = /[^"\\\u0000-\u001f]*/y;
const PLAIN_KEY = /^[\u0000-\u007f]*$/;
const NUMBER = /-?(?:0|[1-9][0-9]*)/y;
const ESCAPES = { '"': '"', "\\": "\\", "/": "/", b: "\b", t: "\t", n: "\n", f: "\f", r: "\r" };
const WORDS = [["true", true], ["false", false], ["null", null]];

/** Reads one document of at most `limit` bytes. */
export function parseJSON(bytes, limit) {
  need(bytes.length <= limit, "too large");
  const reader = new Reader(textOf(bytes));
  const value = reader.value(0);
  reader.match(BLANKS);
  need(reader.at === reader.text.length, "text after the end of the document");
  return value;
}

class Reader {
  constructor(text) {
    this.text = text;
    this.at = 0;
  }

  match(pattern) {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0] ?? "";
    this.at += found.length;
    return found;
  }

  takes(character) {
    this.match(BLANKS);
    if (this.text[this.at] !== character) return false;
    this.at += 1;
    return true;
  }

  value(depth) {
    need(depth < DEPTH_LIMIT, "nested too deeply");
    if (this.takes("{")) return this.object(depth);
    if (this.takes("[")) return this.array(depth);
    if (this.takes('"')) return this.string();
    const word = WORDS.find(([name]) => this.text.startsWith(name, this.at));
    if (word) {
      this.at += word[0].length;
      return word[1];
    }
    return this.number();
  }

  object(depth) {
    const members = new Map();
    if (this.takes("}")) return members;
    do {
      need(this.takes('"'), "no JSON: a key is missing");
      const key = this.string();
      need(!members.has(key), "a key comes twice");
      // Others could be the same in one version of Unicode and differ in another.
      need(PLAIN_KEY.test(key), "a key that is not of ASCII alone");
      need(this.takes(":"), "no JSON: a colon is missing");
      members.set(key, this.value(depth + 1));
    } while (this.takes(","));
    need(this.takes("}"), "no JSON: an object without an end");
    return members;
  }

  array(depth) {
    const items = [];
    if (this.takes("]")) return items;
    do items.push(this.value(depth + 1)); while (this.takes(","));
    need(this.takes("]"), "no JSON: a list without an end");
    return items;
  }

  number() {
    const text = this.match(NUMBER);
    need(text !== "" && text !== "-0" && !/[0-9.eE]/.test(this.text[this.at] ?? ""),
      "no JSON, or a number that is not whole");
    const number = Number(text);
    need(Number.isSafeInteger(number), "a number too large");
    return number;
  }

  string() {
    let result = "";
    for (;;) {
      result += this.match(PLAIN);
      if (this.takesRaw('"')) break;
      need(this.takesRaw("\\"), "no JSON: a string without an end");
      result += this.escape();
    }
    need(!/[\ud800-\udfff]/u.test(result), "half a character");
    return result;
  }

  takesRaw(character) {
    if (this.text[this.at] !== character) return false;
    this.at += 1;
    return true;
  }

  escape() {
    const mark = this.text[this.at];
    this.at += 1;
    if (mark === "u") {
      const digits = this.text.slice(this.at, this.at + 4);
      need(/^[0-9a-fA-F]{4}$/.test(digits), "no JSON: an escape");
      this.at += 4;
      return String.fromCharCode(parseInt(digits, 16));
    }
    if (!Object.hasOwn(ESCAPES, mark ?? "")) throw new Refused("no JSON: an escape");
    return ESCAPES[mark];
  }
}

/** The text of RFC 8785. */
export function canonical(value) {
  if (value instanceof Map) {
    const keys = [...value.keys()].sort();
    return `{${keys.map((key) => `${JSON.stringify(key)}:${canonical(value.get(key))}`)}}`;
  }
  if (Array.isArray(value)) return `[${value.map(canonical)}]`;
  return JSON.stringify(value);
}

/** The values of an object that has exactly these members. */
export function members(value, ...names) {
  need(value instanceof Map, "no object");
  const unknown = [...value.keys()].find((name) => !names.includes(name));
  need(unknown === undefined, `${unknown} is not known`);
  const missing = names.find((name) => !value.has(name));
  need(missing === undefined, `${missing} is missing`);
  return names.map((name) => value.get(name));
}

export function items(value) {
  need(Array.isArray(value), "no list");
  return value;
}

/** A whole number as a BigInt, from its one spelling. */
export function number(value) {
  if (typeof value === "number") {
    need(value >= 0, "below 0");
    return BigInt(value);
  }
  need(typeof value === "string" && /^[1-9][0-9]{0,19}$/.test(value), "no number");
  const result = BigInt(value);
  need(result > BigInt(Number.MAX_SAFE_INTEGER) && result < 1n << 64n,
    "a number of another spelling, or too large");
  return result;
}
