#!/usr/bin/env python3
"""A verifier of proof files that shares nothing with drec: it was written from the page
Sources/Verifier/Verifier.docc/Verifier.md and the .proto files alone.

    verify_proofs.py FILE --genesis genesis.json [--require-witness K] [--min-checkpoint FILE]

Prints a line for each step and ends with 0 only if all that is mandatory holds. Without arguments it
tests its own pieces; the tests against a node are in command_line_proofs.py. Needs PyNaCl.
"""

import argparse
import base64
import datetime
import hashlib
import json
import re
import sys
import unittest
import urllib.parse

import nacl.bindings
import nacl.exceptions

STEPS = ["format", "genesis", "authorities", "head", "log", "signatures", "state", "keys",
         "lineage", "energy", "witnesses"]
MEDIA_TYPE = "application/vnd.drec.proof.v1+json"
LARGEST = 2**53 - 1
DEEPEST = 32


class Refused(Exception):
    """A check that a file does not pass."""


def need(condition, reason):
    if not condition:
        raise Refused(reason)


def H(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def tagged(tag, *payload):
    return H(b"\0", tag.encode(), b"\0", *payload)


def u64(number):
    return number.to_bytes(8, "big")


# ---- JSON

def unique(pairs):
    names = {name for name, _ in pairs}
    need(len(names) == len(pairs) and all(map(str.isascii, names)), "a key twice, or not of ASCII")
    return dict(pairs)


def no_number(text):
    raise Refused("a number that is not whole")


def whole(text):
    number = int(text)
    need(abs(number) <= LARGEST and text != "-0", "a number too large, or no number")
    return number


def parse(data):
    try:
        value = json.loads(data.decode("utf-8"), object_pairs_hook=unique, parse_float=no_number,
                           parse_constant=no_number, parse_int=whole)
        need(depth(value) <= DEEPEST, "nested too deeply")
        return value
    except (ValueError, RecursionError) as error:
        raise Refused(f"no JSON: {error}") from error


def depth(value):
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return 1 + max(map(depth, inner), default=0)


def canonical(value):
    text = json.dumps(value, separators=(",", ":"), ensure_ascii=False, sort_keys=True)
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise Refused("half a character") from error


def members(value, *names):
    need(isinstance(value, dict) and sorted(value) == sorted(names), f"not exactly {names}")
    return [value[name] for name in names]


def items(value):
    need(isinstance(value, list), "no list")
    return value


def number(value):
    if isinstance(value, int) and not isinstance(value, bool):
        need(value >= 0, "below 0")
        return value
    need(isinstance(value, str) and re.fullmatch("[1-9][0-9]{0,19}", value), "no number")
    need(LARGEST < int(value) < 2**64, "a number in another spelling, or too large")
    return int(value)


def data(value):
    need(isinstance(value, str), "no string")
    try:
        result = base64.b64decode(value, validate=True)
    except ValueError as error:
        raise Refused("no base64") from error
    need(base64.b64encode(result).decode() == value, "base64 of another spelling")
    return result


def pieces(value, size):
    whole_data = data(value)
    need(len(whole_data) % size == 0, f"not of {size} bytes each")
    return [whole_data[at:at + size] for at in range(0, len(whole_data), size)]


def hashes(value):
    return pieces(value, 32)


# ---- Protobuf: field number to (name, kind); a kind in a list is repeated

def unread(*kinds):
    """A message of which only the encoding is looked at."""
    return {field: (str(field), kind) for field, kind in enumerate(kinds, 1)}


RANGE = {1: ("project", "u64"), 2: ("vintage", "u32"), 3: ("first", "u64"), 4: ("last", "u64")}
AUTHORITY = {1: ("account", "u64"), 2: ("name", "text"), 3: ("vote_key", "bytes"),
             4: ("tls_key", "bytes"), 5: ("log_key", "bytes"), 6: ("second_key", "bytes")}
AUTHORITY_SET = {1: ("authorities", [AUTHORITY])}
HEADER = {1: ("version", "u32"), 2: ("network", "bytes"), 3: ("epoch", "u64"),
          4: ("height", "u64"), 5: ("view", "u64"), 6: ("parent_hash", "bytes"),
          7: ("time_milliseconds", "u64"), 8: ("proposer", "u32"), 9: ("log_size", "u64"),
          10: ("log_root", "bytes"), 11: ("state_root", "bytes"),
          12: ("authorities_hash", "bytes"), 13: ("next_authorities_hash", "bytes"),
          14: ("parameters_hash", "bytes")}
FINALIZATION = {1: ("epoch", "u64"), 2: ("view", "u64"), 3: ("parent_view", "u64"),
                4: ("block_hash", "bytes"), 5: ("signers", "bytes"), 6: ("signatures", ["bytes"])}
DETAILS = {1: ("kind", "enum"), 2: ("country", "text"), 3: ("fuel_code", "u32"),
           4: ("type_code", "u32"), 5: ("capacity_watts", "u64"), 6: ("commissioned", "u64"),
           7: ("grid", "enum"), 8: ("off_taker", "enum"), 9: ("source", "enum"),
           # sint32, of which only equality is asked
           10: ("latitude_e2", "u32"), 11: ("longitude_e2", "u32"), 12: ("meter_hash", "bytes"),
           13: ("meter_key", "bytes"), 14: ("profile_root", "bytes")}
KEY_GRANT = {1: ("public_key", "bytes"), 2: ("roles", "u32")}
VOTE = unread("enum", "u64", "u64", "u64", "bytes", "u32", "bytes")
BODY = {1: ("version", "u32"), 2: ("network", "bytes"), 3: ("account", "u64"),
        4: ("signers", [{1: ("public_key", "bytes"), 2: ("nonce", "u64")}]),
        5: ("not_after", "u64"), 6: ("channel", "enum"), 7: ("reads_root", "bytes"),
        8: ("reads_count", "u32"),
        70: ("submit_reads", {1: ("defer_mint", "bool")}), 90: ("mint", {1: ("evidence", "u64")}),
        91: ("trade", {1: ("ranges", [RANGE]), 2: ("to", "u64")}),
        92: ("redeem", {1: ("ranges", [RANGE]), 2: ("beneficiary", "text"),
                        3: ("location", "text"), 4: ("purpose", "text"),
                        5: ("period_start", "u64"), 6: ("period_end", "u64")}),
        93: ("retire", {1: ("ranges", [RANGE]), 2: ("reason", "enum")}),
        40: ("register_account", {
            1: ("kind", "enum"), 2: ("legal_name", "text"), 3: ("country", "text"),
            4: ("keys", [KEY_GRANT]), 5: ("delegate", "u64"), 6: ("delegate_roles", "u32"), 7: ("takeover_key", "bytes"),
            8: ("profile_root", "bytes")}),
        42: ("change_delegation", {1: ("delegate", "u64"), 2: ("roles", "u32")}),
        44: ("commit_profile", {1: ("device", "u64"), 2: ("root", "bytes")}),
        45: ("register_devices", {
            1: ("devices", [{1: ("external_id_hash", "bytes"), 2: ("details", DETAILS)}])}),
        46: ("update_device", {1: ("device", "u64"), 2: ("effective", "u64"),
                               3: ("details", DETAILS)}),
        47: ("close_device", {1: ("device", "u64"), 2: ("effective", "u64")}),
        48: ("hand_over_meter", {1: ("device", "u64"), 2: ("meter_hash", "bytes"),
                                 3: ("meter_key", "bytes")})}
# What an action needs a signer for: admin 1, devices 2, metering 4, trading 8.
ROLES = {"submit_reads": 4, "mint": 4, "trade": 8, "redeem": 8, "retire": 8,
         "register_account": 1, "change_delegation": 1, "register_devices": 2, "update_device": 2, "close_device": 2,
         "hand_over_meter": 2, "commit_profile": 2}
ACTIONS = list(ROLES)
# What no step has a use for.
for field, kind in {
        16: unread("u64", unread(*["u64"] * 14)),
        17: unread("text", "u64", unread("u64", "packed", "text")),
        18: unread("u64"), 19: unread("u64"), 20: unread("text", "u64"),
        21: unread("u64", [unread("text", AUTHORITY)]), 22: unread("u64"), 23: unread("u64"),
        24: unread("text", "bytes", "bytes", "bytes", "u64", "bytes"), 25: unread(VOTE, VOTE),
        41: unread([KEY_GRANT], ["bytes"]), 43: unread([KEY_GRANT], "bytes")}.items():
    BODY[field] = (f"action {field}", kind)
    ACTIONS.append(f"action {field}")
LOT_RECORD = {1: ("range", RANGE), 2: ("owner", "u64"), 3: ("status", "enum"), 4: ("entry", "u64")}
EVENT = {1: ("account_registered", {1: ("account", "u64"), 2: ("status", "enum")}),
         4: ("delegation_changed", {1: ("account", "u64"), 2: ("delegate", "u64"),
                                    3: ("roles", "u32")}),
         6: ("devices_registered", {1: ("first", "u64"), 2: ("count", "u32")}),
         10: ("reads_accepted", {1: ("reads_root", "bytes"), 2: ("count", "u32"),
                                 3: ("watt_hours", "u64"), 4: ("deferred", "bool")}),
         11: ("energy_placed", {
             1: ("placements_root", "bytes"), 2: ("placements_count", "u32"),
             3: ("issues", [{1: ("project", "u64"), 2: ("vintage", "u32"), 3: ("offset", "u64"),
                             4: ("length", "u64"), 5: ("first", "u64"), 6: ("last", "u64"),
                             7: ("owner", "u64")}]), 4: ("evidence", "u64")}),
         12: ("lots_moved", {1: ("action", "enum"), 2: ("consumed", [LOT_RECORD]),
                             3: ("created", [LOT_RECORD])})}
for field, kind in {
        2: unread("u64", "enum"), 3: unread("u64", "bytes", "u32"), 5: unread("u64", "u64", "bytes"),
        7: unread("u64", "u64", "text"), 8: unread("u64", "u64", "enum"),
        9: unread("text", "u64", "bool"), 13: unread("u64", "enum", "u64", "u32", "u32"),
        14: unread("u64", "text"), 15: unread("u64", "u32", "text", "u64")}.items():
    EVENT[field] = (f"event {field}", kind)
RECEIPT = {1: ("log_index", "u64"), 2: ("height", "u64"), 3: ("time", "u64"),
           4: ("events", [EVENT])}
KEY = {1: ("account", "u64"), 2: ("roles", "u32"), 3: ("added_at", "u64"),
       4: ("removed_at", "u64"), 5: ("highest_nonce", "u64"), 6: ("window", "bytes")}
DELEGATION = {1: ("roles", "u32"), 2: ("added_at", "u64"), 3: ("removed_at", "u64")}
ACCOUNT = {1: ("kind", "enum"), 2: ("legal_name", "text"), 3: ("country", "text"),
           4: ("status", "enum"), 5: ("sponsor", "u64"), 6: ("registered_at", "u64"),
           7: ("keys", ["bytes"]), 8: ("delegates", "packed"), 9: ("takeover_key", "bytes"),
           10: ("profile_root", "bytes"), 11: ("channel", "enum")}
DEVICE = {1: ("owner", "u64"), 2: ("details", DETAILS), 3: ("status", "enum"),
          4: ("external_id_hash", "bytes"), 5: ("registered", "u64"), 6: ("entry", "u64"),
          7: ("channel", "enum")}
LOT = {1: ("last", "u64"), 2: ("owner", "u64"), 3: ("status", "enum"), 4: ("entry", "u64")}

DEFAULTS = {"u64": 0, "u32": 0, "enum": 0, "bool": False, "bytes": b"", "text": "", "packed": ()}


def varint(raw, at):
    value = shift = 0
    while True:
        need(at < len(raw) and shift < 70, "a varint without an end")
        byte = raw[at]
        at += 1
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            need(byte or shift == 7, "a long varint")
            need(value < 2**64, "a varint too large")
            return value, at


def decode(schema, raw):
    """Decodes the canonical encoding of a message, and nothing else."""
    result = {}
    for name, kind in schema.values():
        result[name] = [] if isinstance(kind, list) else (
            None if isinstance(kind, dict) else DEFAULTS[kind])
    at = last = 0
    while at < len(raw):
        tag, at = varint(raw, at)
        field, wire = tag >> 3, tag & 7
        need(field in schema, f"a field {field} that is not known")
        name, kind = schema[field]
        is_list = isinstance(kind, list)
        kind = kind[0] if is_list else kind
        need(field > last or is_list and field == last, "fields that do not ascend")
        last = field
        value, at = varint(raw, at)
        if kind in ("u64", "u32", "enum", "bool"):
            need(wire == 0 and value > 0, "a default value, or another type")
            need(kind != "u32" or value < 2**32, "a number too large")
            need(kind != "enum" or value < 2**31 or value >= 2**64 - 2**31, "a number too large")
            need(kind != "bool" or value == 1, "no truth value")
            value = True if kind == "bool" else value
        else:
            need(wire == 2 and at + value <= len(raw), "a length beyond the end")
            content, at = raw[at:at + value], at + value
            if isinstance(kind, dict):
                value = decode(kind, content)
            else:
                need(content or is_list, "a default value")
                try:
                    value = content.decode("utf-8") if kind == "text" else content
                except UnicodeDecodeError as error:
                    raise Refused("no UTF-8") from error
                if kind == "packed":
                    place = 0
                    while place < len(content):
                        _, place = varint(content, place)
        if is_list:
            result[name].append(value)
        else:
            result[name] = value
    return result


def encode_authorities(authorities):
    def framed(field, content):
        if not content:
            return b""
        size, length = len(content), b""
        while size >= 128:
            length += bytes([size & 127 | 128])
            size >>= 7
        return bytes([field << 3 | 2]) + length + bytes([size]) + content

    result = b""
    for authority in authorities:
        content, account = b"\x08", authority["account"]
        while account >= 128:
            content += bytes([account & 127 | 128])
            account >>= 7
        content += bytes([account]) + framed(2, authority["name"].encode())
        for field, name in ((3, "vote_key"), (4, "tls_key"), (5, "log_key")):
            content += framed(field, authority[name])
        result += framed(1, content)
    return result


# ---- Signatures and trees

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
ORDER_8 = [
    int.from_bytes(bytes.fromhex(text), "little") for text in (
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a")]
LOW_ORDER = {0, 1, P - 1, P, P + 1, *ORDER_8}


def is_point(raw):
    y = int.from_bytes(raw, "little") & (2**255 - 1)
    return y < P and y not in LOW_ORDER


def is_signed(signature, key, message):
    if len(signature) != 64 or len(key) != 32:
        return False
    if not (is_point(key) and is_point(signature[:32])):
        return False
    if int.from_bytes(signature[32:], "little") >= L:
        return False
    try:
        nacl.bindings.crypto_sign_open(signature + message, key)
        return True
    except nacl.exceptions.BadSignatureError:
        return False


def is_signed_as(tag, signature, key, payload):
    return is_signed(signature, key, b"\0" + tag.encode() + b"\0" + payload)


def log_root(leaf, index, size, path):
    """The root over a leaf (RFC 9162 section 2.1.3.2); None where path and place do not fit."""
    if index >= size:
        return None
    first, last, node = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            return None
        if first & 1 or first == last:
            node = H(b"\1", sibling, node)
            while not first & 1 and first:
                first, last = first >> 1, last >> 1
        else:
            node = H(b"\1", node, sibling)
        first, last = first >> 1, last >> 1
    return node if last == 0 else None


def is_consistent(older, older_root, newer, newer_root, path):
    """RFC 9162 section 2.1.4.2."""
    if older > newer:
        return False
    if older in (0, newer):
        expected = H() if older == 0 else newer_root
        return not path and older_root == expected and (newer or newer_root == H())
    path = list(path)
    if older & (older - 1) == 0:
        path.insert(0, older_root)
    if not path:
        return False
    first, last = older - 1, newer - 1
    while first & 1:
        first, last = first >> 1, last >> 1
    old = new = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if first & 1 or first == last:
            old, new = H(b"\1", sibling, old), H(b"\1", sibling, new)
            while not first & 1 and first:
                first, last = first >> 1, last >> 1
        else:
            new = H(b"\1", new, sibling)
        first, last = first >> 1, last >> 1
    return last == 0 and old == older_root and new == newer_root


def is_in_state(path, value, bitmap, siblings, root):
    bits = [bit for bit in range(len(bitmap) * 8) if bitmap[bit // 8] & 128 >> bit % 8]
    if len(bitmap) > 32 or bitmap and bitmap[-1] == 0 or len(bits) != len(siblings):
        return False
    if bytes(32) in siblings:
        return False
    node, rest = H(b"\0", path, H(value)), list(siblings)
    for depth in reversed(range(bits[-1] + 1 if bits else 0)):
        sibling = rest.pop(0) if depth in bits else bytes(32)
        is_right = path[depth // 8] & 128 >> depth % 8
        node = H(b"\1", sibling, node) if is_right else H(b"\1", node, sibling)
    return node == root


# ---- The steps

def unwrapped(raw):
    """The proof file in a page, whose only element of its type it is; other bytes as they are."""
    if not raw.startswith(b"<"):
        return raw
    name = MEDIA_TYPE.encode()
    need(raw.lower().count(name) == 2, "a page without exactly one proof in it")
    parts = raw.split(b'<script type="' + name + b'">')
    need(len(parts) == 2 and b"</script>" in parts[1], "a page without exactly one proof in it")
    content = parts[1].split(b"</script>")[0]
    need(b"<" not in content and name in content, "a proof that is not written as it must be")
    return content.replace(b"\\u003c", b"<")


class Proof:
    def __init__(self, raw, genesis, witnesses=0, minimum=None):
        self.raw, self.genesis = raw, genesis
        self.demanded, self.minimum = witnesses, minimum
        self.verdicts, self.reasons, self.witnesses = {}, {}, 0

    def run(self):
        needs = {"genesis": ["format"], "authorities": ["genesis"], "head": ["authorities"],
                 "log": ["head"], "signatures": ["log"], "state": ["head"],
                 "keys": ["signatures", "state"], "lineage": ["keys"], "energy": ["lineage"],
                 "witnesses": ["head"]}
        for step in STEPS:
            if any(self.verdicts[other] != "holds" for other in needs.get(step, [])):
                self.verdicts[step] = "unchecked"
                continue
            try:
                self.verdicts[step] = getattr(self, "check_" + step)() or "holds"
            except Refused as refused:
                self.verdicts[step], self.reasons[step] = "fails", str(refused)
        return self

    @property
    def holds(self):
        return all(verdict in ("holds", "not asked") for verdict in self.verdicts.values())

    def check_format(self):
        need(len(self.raw) <= 16 * 1024 * 1024, "too large")
        raw = unwrapped(self.raw)
        root = parse(raw)
        need(isinstance(root, dict) and canonical(root) == raw, "not in canonical form")
        kind, network, subject, transitions, head, log, entries, reads, state, seal = members(
            root, "mediaType", "network", "subject", "transitions", "head", "log", "entries",
            "reads", "state", "sha256")
        need(kind == MEDIA_TYPE, "another media type")
        need(isinstance(network, str) and re.fullmatch("[0-9a-f]{64}", network), "no network")
        self.network = bytes.fromhex(network)
        self.read_subject(*members(subject, "kind", "id"))
        self.transitions = [
            [data(part) for part in members(item, "header", "certificate", "nextAuthorities")]
            for item in items(transitions)]
        self.head_parts = [data(part) for part in members(head, "header", "certificate")]
        self.checkpoint, self.earlier = members(log, "checkpoint", "earlier")
        need(self.checkpoint is None or isinstance(self.checkpoint, str), "no checkpoint")
        if self.earlier is not None:
            size, earlier_root, path = members(self.earlier, "size", "root", "consistency")
            self.earlier = number(size), data(earlier_root), hashes(path)
            need(len(self.earlier[1]) == 32, "no root")
        self.entries = []
        for item in items(entries):
            index, body, signatures, receipt, path = members(
                item, "index", "body", "signatures", "receipt", "inclusion")
            self.entries.append({
                "index": number(index), "raw": data(body), "signatures": pieces(signatures, 64),
                "raw_receipt": data(receipt), "path": hashes(path)})
        self.reads = []
        for item in items(reads):
            entry, position, placement, placement_path, record, record_path = members(
                item, "entry", "position", "placement", "placementInclusion", "record",
                "recordInclusion")
            need(number(position) < 2**32, "a position too large")
            self.reads.append((number(entry), number(position), data(placement),
                               hashes(placement_path), data(record), hashes(record_path)))
        self.leaves = []
        for item in items(state):
            key, value, bitmap, siblings = members(item, "key", "value", "bitmap", "siblings")
            self.leaves.append((data(key), data(value), data(bitmap), hashes(siblings)))
        seal = data(seal)
        del root["sha256"]
        need(seal == H(canonical(root)), "changed since it was sealed")

    def read_subject(self, kind, text):
        need(isinstance(kind, str) and isinstance(text, str), "no subject")
        self.kind = kind
        digits = "(0|[1-9][0-9]{0,19})"
        if kind == "drecs":
            match = re.fullmatch(f"DREC{digits}-{digits}-{digits}(?:\\.\\.{digits})?", text)
            need(match, "no D-RECs")
            project, vintage, first = (int(match[part]) for part in (1, 2, 3))
            last = first if match[4] is None else int(match[4])
            need(match[4] is None or last > first, "a range in another spelling")
            self.ranges = [check_range(project, vintage, first, last)]
        elif kind == "redemption":
            match = re.fullmatch(f"#{digits}", text)
            need(match and int(match[1]) < 2**64, "no entry")
            self.redemption = int(match[1])
        elif kind == "account":
            match = re.fullmatch("A([1-9][0-9]{0,19})", text)
            need(match and int(match[1]) < 2**64, "no account")
            self.leaf_key = b"\2" + u64(int(match[1]))
        else:
            match = re.fullmatch(f"D([1-9][0-9]{{0,19}})@{digits}", text)
            need(kind == "device" and match and int(match[1]) < 2**64 > int(match[2]), "no device")
            self.leaf_key = b"\5" + u64(int(match[1])) + u64(int(match[2]))

    def check_genesis(self):
        need(len(self.genesis) <= 1024 * 1024, "too large")
        root = parse(self.genesis)
        need(isinstance(root, dict) and root.get("format") == "drec-genesis-1", "no genesis")
        need(H(canonical(root)) == self.network, "a proof of another network")
        self.name, account, self.authorities = root.get("name"), 1, []
        need(isinstance(self.name, str), "no name")
        for item in items(root.get("authorities")):
            need(isinstance(item, dict) and isinstance(item.get("name"), str)
                 and "operatedBy" in item, "no authority")
            authority = {"account": 1, "name": item["name"]}
            if item["operatedBy"] is not None:
                account += 1
                authority["account"] = account
            for name, member in (("vote_key", "voteKey"), ("tls_key", "tlsKey"),
                                 ("log_key", "logKey")):
                key = item.get(member)
                need(isinstance(key, str) and re.fullmatch("[0-9a-fA-F]{64}", key), "no key")
                authority[name] = bytes.fromhex(key)
            self.authorities.append(authority)
        need(1 <= len(self.authorities) <= 50, "no authorities")
        self.epoch, self.last = 0, None
        self.set_hash = tagged("drec/authorities/v1", encode_authorities(self.authorities))

    def final_header(self, raw, certificate):
        need(len(raw) <= 2**10 and len(certificate) <= 2**13, "too large")
        header, votes = decode(HEADER, raw), decode(FINALIZATION, certificate)
        need(header["version"] == 1 and header["network"] == self.network
             and header["epoch"] == self.epoch, "a header of another network or epoch")
        need(header["authorities_hash"] == self.set_hash, "a header of other authorities")
        need(len(header["log_root"]) == len(header["state_root"]) == 32, "no roots")
        if self.last:
            need(header["height"] > self.last["height"]
                 and header["time_milliseconds"] > self.last["time_milliseconds"]
                 and header["log_size"] >= self.last["log_size"], "not after the last one")
        block_hash = tagged("drec/header/v1", raw)
        need(votes["epoch"] == self.epoch and votes["block_hash"] == block_hash, "other votes")
        count, bits = len(self.authorities), votes["signers"]
        signers = [bit for bit in range(len(bits) * 8) if bits[bit // 8] & 1 << bit % 8]
        need(bits and bits[-1] and signers[-1] < count, "signers that there are not")
        need(len(signers) == len(votes["signatures"]), "another number of signatures")
        need(len(signers) >= count - (count - 1) // 3, "no quorum")
        payload = (self.network + u64(votes["epoch"]) + u64(votes["view"])
                   + u64(votes["parent_view"]) + block_hash)
        for signer, signature in zip(signers, votes["signatures"]):
            key = self.authorities[signer]["vote_key"]
            need(is_signed_as("drec/vote/finalize/v1", signature, key, payload), "no vote")
        return header

    def check_authorities(self):
        for raw, certificate, following in self.transitions:
            header = self.final_header(raw, certificate)
            need(len(following) <= 2**16, "too large")
            authorities = decode(AUTHORITY_SET, following)["authorities"]
            need(header["next_authorities_hash"] != header["authorities_hash"], "no change")
            self.set_hash = tagged("drec/authorities/v1", following)
            need(header["next_authorities_hash"] == self.set_hash, "another set")
            need(1 <= len(authorities) <= 50, "a set too large or empty")
            self.authorities, self.last = authorities, header
            self.epoch += 1

    def check_head(self):
        self.head = self.final_header(*self.head_parts)

    def check_log(self):
        last_index, last_height = -1, 0
        seconds = self.head["time_milliseconds"] // 1000
        for entry in self.entries:
            need(len(entry["raw"]) <= 2**20 and len(entry["raw_receipt"]) <= 2**20, "too large")
            entry["body"] = decode(BODY, entry["raw"])
            entry["actions"] = [name for name in ACTIONS if entry["body"][name] is not None]
            entry["receipt"] = receipt = decode(RECEIPT, entry["raw_receipt"])
            for event in receipt["events"]:
                need(sum(value is not None for value in event.values()) <= 1, "two in one event")
            need(len(entry["actions"]) <= 1, "two actions")
            leaf = H(b"\0", H(entry["raw"], *entry["signatures"]), H(entry["raw_receipt"]))
            root = log_root(leaf, entry["index"], self.head["log_size"], entry["path"])
            need(root == self.head["log_root"], "an entry that is not in the log")
            need(receipt["log_index"] == entry["index"] > last_index, "entries do not ascend")
            need(max(1, last_height) <= receipt["height"] <= self.head["height"]
                 and receipt["time"] <= seconds, "a receipt of another moment")
            last_index, last_height = entry["index"], receipt["height"]

    def check_signatures(self):
        for entry in self.entries:
            body = entry["body"]
            need(body["version"] == 1 and body["network"] == self.network, "another network")
            keys = [signer["public_key"] for signer in body["signers"]]
            need(1 <= len(keys) <= 64 and len(set(keys)) == len(keys)
                 and len(keys) == len(entry["signatures"]), "other signers")
            for key, signature in zip(keys, entry["signatures"]):
                need(is_signed_as("drec/transaction/v1", signature, key, entry["raw"]),
                     "a signature that is none")

    def check_state(self):
        kinds = {2: ("account", 8), 3: ("key", 32), 4: ("delegation", 16), 5: ("device", 16),
                 15: ("lot", 24)}
        last, self.state, self.lots = b"", {}, []
        for key, value, bitmap, siblings in self.leaves:
            need(key > last and value, "leaves that do not ascend")
            name, size = kinds.get(key[0], ("", -1))
            need(len(key) == 1 + size, "a leaf of another kind")
            path = H(b"drec/state/v1\0", name.encode(), b"\0", key[1:])
            need(is_in_state(path, value, bitmap, siblings, self.head["state_root"]),
                 "a leaf that is not in the state")
            last, self.state[key] = key, value
            if name == "lot":
                project, vintage, first = (
                    int.from_bytes(key[at:at + 8], "big") for at in (1, 9, 17))
                lot = decode(LOT, value)
                lot["range"] = check_range(project, vintage, first, lot["last"])
                lot["key"] = key
                self.lots.append(lot)
        self.unused = set(self.state)

    def leaf(self, key, schema):
        if key not in self.state:
            return None
        self.unused.discard(key)
        need(len(self.state[key]) <= 2**16, "too large")
        return decode(schema, self.state[key])

    def check_keys(self):
        self.explaining = set()
        for entry in self.entries:
            need(entry["actions"] and entry["actions"][0] in ROLES, "an action of no use")
            action, index = entry["actions"][0], entry["index"]
            role = ROLES[action]
            if action == "commit_profile" and not entry["body"][action]["device"]:
                role = 1

            def in_force(leaf):
                removed = leaf["removed_at"]
                return leaf["added_at"] <= index and (removed == 0 or index < removed)

            permitted = False
            for signer in entry["body"]["signers"]:
                self.granting = None
                key = self.leaf(b"\3" + signer["public_key"], KEY)
                # Who is registered signs the registration too.
                new = key and action == "register_account" and key["added_at"] == index + 1
                need(key and (new or in_force(key)), "a key that was not in force")
                may = not new and key["roles"] & role
                if key["account"] != entry["body"]["account"]:
                    delegation = self.leaf(
                        b"\4" + u64(entry["body"]["account"]) + u64(key["account"]), DELEGATION)
                    may = may and delegation and action != "change_delegation" \
                        and self.delegated(entry, key["account"], delegation, in_force) & role
                if may and self.granting is not None:
                    self.explaining.add(self.granting)
                permitted = permitted or bool(may)
            need(permitted, "nobody who may")

    def delegated(self, entry, delegate, leaf, in_force):
        """The roles that a delegation gave at an entry."""
        if leaf["added_at"] <= entry["index"]:
            return leaf["roles"] if in_force(leaf) else 0
        account = entry["body"]["account"]
        for other in reversed(self.entries):
            change = event(other, "delegation_changed")
            if other["index"] >= entry["index"] or not change or not other["actions"] \
                    or (change["account"], change["delegate"]) != (account, delegate):
                continue
            action = other["body"][other["actions"][0]]
            agrees = {
                "change_delegation": lambda: other["body"]["account"] == account
                and (action["delegate"], action["roles"]) == (delegate, change["roles"]),
                "register_account": lambda: (action["delegate"], action["delegate_roles"])
                == (delegate, change["roles"]),
            }.get(other["actions"][0], lambda: False)()
            if agrees:
                # Of use only where it is what lets the delegate act.
                self.granting = other["index"]
                return change["roles"]
        return 0

    def check_lineage(self):
        self.by_index = {entry["index"]: entry for entry in self.entries}
        if self.kind == "redemption":
            entry = self.by_index.get(self.redemption)
            need(entry and entry["actions"] == ["redeem"], "no redemption")
            self.ranges = ranges(entry["body"]["redeem"]["ranges"])
        if self.kind in ("account", "device"):
            self.ranges = []
            self.check_origin()
        pending = []
        for wanted in self.ranges:
            place = wanted[2]
            for lot in self.lots:
                part = common(lot["range"], wanted)
                if not part:
                    continue
                need(part[2] == place, "no lot")
                place = part[3] + 1
                self.unused.discard(lot["key"])
                if self.kind == "redemption":
                    need(lot["status"] == 4 and lot["entry"] == self.redemption, "not redeemed")
                pending.append((lot["entry"], part, lot["owner"], lot["status"]))
            need(place == wanted[3] + 1, "no lot")
        while pending:
            pending.sort(key=lambda part: part[0])
            index, part, owner, status = pending.pop()
            entry = self.by_index.get(index)
            need(entry, f"entry {index} is missing")
            self.explaining.add(index)
            if event(entry, "energy_placed"):
                issue = self.issues(entry).get(part[:2])
                need(issue and issue["first"] and issue["first"] <= part[2]
                     and part[3] <= issue["last"], "not minted there")
                need(owner == issue["owner"] and status == 1, "minted for another")
            else:
                pending += moved(entry, part, owner, status)
        for lot in self.lots:
            if lot["status"] == 4:
                entry = self.by_index.get(lot["entry"])
                need(entry and entry["actions"] == ["redeem"], "no redemption")
        need(not self.unused, "a leaf of no use")

    def check_origin(self):
        """An account or a device: its leaf, and the entry that made it so."""
        number = int.from_bytes(self.leaf_key[1:9], "big")
        leaf = self.leaf(self.leaf_key, ACCOUNT if self.kind == "account" else DEVICE)
        need(leaf, "no leaf")
        if self.kind == "account" and leaf["registered_at"] == 0:
            return
        index = leaf["registered_at"] - 1 if self.kind == "account" else leaf["entry"]
        entry = self.by_index.get(index)
        need(entry, f"entry {index} is missing")
        self.explaining.add(index)
        name = entry["actions"][0]
        action = entry["body"][name]
        if self.kind == "account":
            registered = event(entry, "account_registered")
            need(name == "register_account" and registered and registered["account"] == number
                 and all(action[same] == leaf[same] for same in ("kind", "legal_name", "country"))
                 and entry["body"]["account"] == leaf["sponsor"], "not registered there")
            return
        need(entry["body"]["account"] == leaf["owner"], "not by its owner")
        details = leaf["details"] or decode(DETAILS, b"")
        if name == "register_devices":
            registered = event(entry, "devices_registered")
            need(registered and registered["count"] == len(action["devices"])
                 and 0 <= number - registered["first"] < registered["count"], "not there")
            made = action["devices"][number - registered["first"]]
            same = (made["details"] or decode(DETAILS, b"")) == details \
                and made["external_id_hash"] == leaf["external_id_hash"]
        else:
            same = action.get("device") == number and {
                "update_device": lambda: (action["details"] or decode(DETAILS, b"")) == details,
                "close_device": lambda: leaf["status"] == 2,
                "hand_over_meter": lambda: all(
                    action[part] == details[part] for part in ("meter_hash", "meter_key")),
                "commit_profile": lambda: action["root"] == details["profile_root"],
            }.get(name, lambda: False)()
        need(same, "not made so there")

    def issues(self, entry):
        placed = event(entry, "energy_placed")
        need(placed, "nothing placed")
        action = entry["actions"][0]
        need(action == "mint" or action == "submit_reads"
             and not entry["body"]["submit_reads"]["defer_mint"], "another action")
        if action == "mint":
            need(placed["evidence"] == entry["body"]["mint"]["evidence"] + 1, "other evidence")
        else:
            accepted, body = event(entry, "reads_accepted"), entry["body"]
            need(accepted and not accepted["deferred"] and not placed["evidence"], "not accepted")
            need((accepted["reads_root"], accepted["count"])
                 == (body["reads_root"], body["reads_count"]), "other reads accepted")
        result = {}
        for issue in placed["issues"]:
            series = issue["project"], issue["vintage"]
            end = issue["offset"] + issue["length"]
            need(not result or series > max(result), "series that do not ascend")
            need(issue["length"] and end < 2**64, "no energy")
            first, last = issue["offset"] // 1000 + 1, end // 1000
            first, last = (first, last) if first <= last else (0, 0)
            need((issue["first"], issue["last"]) == (first, last), "other D-RECs")
            need(issue["owner"] == entry["body"]["account"], "another owner")
            result[series] = issue
        return result

    def check_energy(self):
        placed, last = [], None
        for entry_index, position, placement, placement_path, record, record_path in self.reads:
            entry = self.by_index.get(entry_index)
            need(entry, "a read of an entry that is missing")
            issues, used = self.issues(entry), event(entry, "energy_placed")
            self.explaining.add(entry_index)
            read = placed_read(placement, record)
            read["entry"] = entry_index
            place = read["series"] + (read["offset"],)
            need(last is None or place > last, "placements that do not ascend")
            last = place
            root = log_root(H(b"\0", placement), position, used["placements_count"],
                            placement_path)
            need(root is not None and root == used["placements_root"], "no such placement")
            root = log_root(H(b"\0", record), read["row"], entry["body"]["reads_count"],
                            record_path)
            need(root is not None and root == entry["body"]["reads_root"], "no such read")
            issue = issues.get(read["series"])
            need(issue and issue["offset"] <= read["offset"]
                 and read["end_offset"] <= issue["offset"] + issue["length"], "not issued")
            placed.append(read)
        of_use = set()
        for project, vintage, first, final in self.ranges:
            at, end = 1000 * (first - 1), 1000 * final
            for place, read in enumerate(placed):
                low, high = max(at, read["offset"]), min(end, read["end_offset"])
                if read["series"] != (project, vintage) or \
                        read["end_offset"] <= 1000 * (first - 1) or read["offset"] >= end:
                    continue
                need(low == at and read["offset"] <= at < high, "energy without a read")
                at = high
                of_use.add(place)
            need(at == end, "energy without a read")
        need(len(of_use) == len(placed), "a placement of no use")
        placed.sort(key=lambda read: (read["device"], read["start"]))
        for read, following in zip(placed, placed[1:]):
            need(read["device"] != following["device"] or read["end"] <= following["start"],
                 "counted twice")
        measured = {}
        for read in placed:
            key = (read["entry"], read["row"])
            measured[key] = measured.get(key, 0) + read["end_offset"] - read["offset"]
            need(measured[key] <= read["watt_hours"], "placed with more than was measured")
        ends = {}
        for entry in self.entries:
            if event(entry, "energy_placed"):
                for series, issue in self.issues(entry).items():
                    need(ends.get(series, 0) <= issue["offset"], "issued over another entry's")
                    ends[series] = issue["offset"] + issue["length"]
        need(self.explaining == set(self.by_index), "an entry of no use")

    def check_witnesses(self):
        if not (self.demanded or self.minimum or self.checkpoint is not None or self.earlier):
            return "not asked"
        size, root = self.head["log_size"], self.head["log_root"]
        count = 0
        if self.checkpoint is not None:
            need(len(self.checkpoint.encode()) <= 2**16, "too large")
            origin = f"drec/{self.name}/{self.network.hex()[:16]}"
            logs = [(size, root)] + ([self.earlier[:2]] if self.earlier else [])
            texts = {f"{origin}\n{log[0]}\n{base64.b64encode(log[1]).decode()}\n": log[0]
                     for log in logs}
            text = "".join(line + "\n" for line in self.checkpoint.split("\n")[:3])
            need(text in texts, "a checkpoint of another log")
            rest = self.checkpoint[len(text):]
            need(not rest or rest.startswith("\n") and rest.endswith("\n") and len(rest) > 2,
                 "no note")
            lines = rest[1:-1].split("\n") if rest else []
            need(len(lines) <= 128, "too many lines")
            self.signed = set()
            count = len({signer for signer, kind in map(
                lambda line: self.signer(line, text), lines) if kind == 4})
            if any(entry["index"] >= texts[text] for entry in self.entries):
                count = 0
        need(count >= self.demanded, "too few witnesses")
        if self.earlier:
            need(is_consistent(self.earlier[0], self.earlier[1], size, root, self.earlier[2]),
                 "the log does not go on from the earlier one")
        if self.minimum:
            need(self.minimum in ((size, root), self.earlier and self.earlier[:2]),
                 "the log does not go on from the demanded one")
        self.witnesses = count
        return None

    def signer(self, line, text):
        parts = line.split(" ")
        need(len(parts) == 3 and parts[0] == "—" and parts[1], "no signature line")
        raw = data(parts[2])
        need((parts[1], raw[:4]) not in self.signed, "a line that comes twice")
        self.signed.add((parts[1], raw[:4]))
        for kind in (4, 1):
            for place, authority in enumerate(self.authorities):
                key, name = authority["log_key"], text.split("\n")[0]
                if kind == 4:
                    name += "/" + urllib.parse.quote(authority["name"], safe="-._")\
                        .replace("~", "%7E")
                if parts[1] != name \
                        or H(name.encode(), b"\n", bytes([kind]), key)[:4] != raw[:4]:
                    continue
                signature, message = raw[4:], text
                if kind == 4:
                    time, signature = int.from_bytes(raw[4:12], "big"), raw[12:]
                    message = f"cosignature/v1\ntime {time}\n{text}"
                need(is_signed(signature, key, message.encode()), "a line that is not signed")
                return place, kind
        raise Refused("a line of a stranger")


def check_range(project, vintage, first, last):
    need(101 <= project < 2**64 and vintage < 2**32 and 1 <= first <= last <= (2**64 - 1) // 1000,
         "no range")
    return project, vintage, first, last


def ranges(messages):
    """Ascending ranges that do not overlap, one at least."""
    result = []
    for message in messages:
        found = check_range(
            message["project"], message["vintage"], message["first"], message["last"])
        need(not result or result[-1][:2] < found[:2]
             or result[-1][:2] == found[:2] and result[-1][3] < found[2], "ranges overlap")
        result.append(found)
    need(result, "no ranges")
    return result


def common(one, other):
    first, last = max(one[2], other[2]), min(one[3], other[3])
    return (one[0], one[1], first, last) if one[:2] == other[:2] and first <= last else None


def joined(parts):
    result = []
    for part in parts:
        if result and result[-1][:2] == part[:2] and result[-1][3] + 1 == part[2]:
            part = result.pop()[:3] + (part[3],)
        result.append(part)
    return result


def event(entry, name):
    found = [one[name] for one in entry["receipt"]["events"] if one[name] is not None]
    return found[0] if len(found) == 1 else None


def moved(entry, part, owner, status):
    """The parts that a part was made of by an entry that moved lots."""
    index, account, change = entry["index"], entry["body"]["account"], event(entry, "lots_moved")
    need(change, "nothing moved")
    action = entry["actions"][0]
    need({"trade": 1, "redeem": 2, "retire": 3}.get(action) == change["action"], "another action")
    named = ranges(entry["body"][action]["ranges"])
    to = entry["body"][action]["to"] if action == "trade" else account
    new_status = {"trade": 1, "redeem": 4, "retire": 5}[action]
    sides = []
    for lots in (change["consumed"], change["created"]):
        need(all(lot["range"] for lot in lots), "no range")
        sides.append(list(zip(ranges([lot["range"] for lot in lots]), lots)))
    consumed, created = sides
    whole_lots = joined([place for place, _ in consumed])
    need(whole_lots == joined([place for place, _ in created]), "more or less than there was")
    need(all(any(common(one, place) == one for place in whole_lots) for one in named),
         "moved what was not consumed")
    for _, lot in consumed:
        need(lot["owner"] == account and lot["status"] == 1 and lot["entry"] < index,
             "not the owner's to spend")
    for place, lot in created:
        inside = [part_of for part_of in (common(place, one) for one in named) if part_of]
        count = sum(last - first + 1 for _, _, first, last in inside)
        if count:
            need((lot["owner"], lot["status"], lot["entry"]) == (to, new_status, index),
                 "moved to another")
        if count < place[3] - place[2] + 1:
            need(lot["owner"] == account and lot["status"] == 1 and lot["entry"] <= index,
                 "moved what was not named")
    left = [lot for place, lot in created if common(place, part) == part]
    need(left and (left[0]["owner"], left[0]["status"], left[0]["entry"])
         == (owner, status, index), "left in other hands")
    return [(lot["entry"], common(place, part), lot["owner"], lot["status"])
            for place, lot in consumed if common(place, part)]


EPOCH = datetime.datetime(1970, 1, 1)


def year(seconds):
    return (EPOCH + datetime.timedelta(seconds=seconds)).year


def new_year(seconds):
    following = year(seconds) + 1
    if following > 9999:
        return 2**64 - 1
    return int((datetime.datetime(following, 1, 1) - EPOCH).total_seconds())


def placed_read(placement, record):
    need(len(placement) == 48 and len(record) in (33, 97), "no placement or record")

    def at(raw, place, size=8):
        return int.from_bytes(raw[place:place + size], "big")

    read = {"series": (at(placement, 0), at(placement, 8, 4)), "offset": at(placement, 12),
            "row": at(placement, 28, 4), "start": at(placement, 32), "end": at(placement, 40),
            "device": at(record, 0), "watt_hours": at(record, 24)}
    length = at(placement, 20)
    read["end_offset"] = read["offset"] + length
    start, end = read["start"], read["end"]
    from_time, to_time, amount, kind = at(record, 8), at(record, 16), at(record, 24), record[32]
    need(length and read["end_offset"] < 2**64 and start < end <= 253402300799 and 1 <= kind <= 3
         and to_time <= 253402300799, "no placement or record")
    need(year(start) == read["series"][1] and end <= new_year(start), "of another year")
    if kind == 3 or kind == 2 and from_time == 0:
        need(end in (to_time, new_year(start)) and end <= to_time and length <= amount,
             "not what was measured")
        return read
    need(from_time < to_time and to_time - from_time <= 366 * 86400, "no window")
    left, moment = amount, from_time
    while moment < to_time:
        part_end = min(new_year(moment), to_time)
        share = left if part_end == to_time else \
            amount * (part_end - moment) // (to_time - from_time)
        if moment == start:
            need((part_end, share) == (end, length), "not what was measured")
            return read
        left, moment = left - share, part_end
    raise Refused("not what was measured")


def checkpoint_of(text):
    """Size and root of a signed note's first three lines."""
    lines = text.split("\n")
    need(len(lines) > 3 and re.fullmatch("0|[1-9][0-9]*", lines[1]), "no checkpoint")
    return int(lines[1]), data(lines[2])


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("file")
    parser.add_argument("--genesis", required=True)
    parser.add_argument("--require-witness", type=int, default=0)
    parser.add_argument("--min-checkpoint")
    asked = parser.parse_args()
    minimum = None
    if asked.min_checkpoint:
        with open(asked.min_checkpoint, encoding="utf-8") as note:
            minimum = checkpoint_of(note.read())
    with open(asked.file, "rb") as file, open(asked.genesis, "rb") as genesis:
        proof = Proof(file.read(), genesis.read(), asked.require_witness, minimum).run()
    for step in STEPS:
        print(f"{step:12}{proof.verdicts[step]:11}{proof.reasons.get(step, '')}".rstrip())
    return 0 if proof.holds else 1


class PieceTests(unittest.TestCase):
    def test_json_is_strict(self):
        for text in (b"", b"{", b'{"a":1,"a":1}', b"1.0", b"1e3", b"NaN", b"9007199254740992",
                     b"\xff", b"\xef\xbb\xbf{}", b"{} {}", b"[" * 100000, b"-0",
                     b"[" * 33 + b"]" * 33, '{"\u00e9":1}'.encode()):
            with self.assertRaises(Refused, msg=text[:20]):
                parse(text)
        self.assertEqual(canonical(parse('{"b":[1, "\u00e9"],"a":null}'.encode())),
                         '{"a":null,"b":[1,"\u00e9"]}'.encode())

    def test_base64_has_one_spelling(self):
        self.assertEqual(data("AAE="), b"\0\1")
        for text in ("A", "AA", "AAE", "AAF=", "AAE=\n", "A A=", "AA-_", "====", None, 7):
            with self.assertRaises(Refused, msg=text):
                data(text)

    def test_numbers_have_one_spelling(self):
        self.assertEqual([number(0), number(LARGEST), number(str(LARGEST + 1))],
                         [0, LARGEST, LARGEST + 1])
        for value in ("0", "7", "01", str(2**64), -1, True, None, 1.0, "1e9", " 1"):
            with self.assertRaises(Refused, msg=value):
                number(value)

    def test_messages_have_one_spelling(self):
        self.assertEqual(decode(LOT, bytes.fromhex("0807100518012009")),
                         {"last": 7, "owner": 5, "status": 1, "entry": 9})
        for text in ("0800", "080700", "08870010051801", "10050807", "08070807", "0a0107", "3001",
                     "08", "0807ff", "08ffffffffffffffffffff01", "0807188080808010"):
            with self.assertRaises(Refused, msg=text):
                decode(LOT, bytes.fromhex(text))

    def test_trees(self):
        leaves = [H(b"\0", bytes([place])) for place in range(5)]
        pair, four = H(b"\1", leaves[0], leaves[1]), H(b"\1", leaves[2], leaves[3])
        left = H(b"\1", pair, four)
        root = H(b"\1", left, leaves[4])
        self.assertEqual(log_root(leaves[4], 4, 5, [left]), root)
        self.assertEqual(log_root(leaves[2], 2, 5, [leaves[3], pair, leaves[4]]), root)
        for index, size, path in ((4, 5, []), (5, 5, [left]), (4, 5, [left, left]), (4, 9, [left])):
            self.assertNotEqual(log_root(leaves[4], index, size, path), root)
        self.assertTrue(is_consistent(2, pair, 5, root, [four, leaves[4]]))
        self.assertTrue(is_consistent(0, H(), 5, root, []) and is_consistent(5, root, 5, root, []))
        for older, older_root, path in ((2, pair, [leaves[4], four]), (3, pair, [four, leaves[4]]),
                                        (2, pair, []), (0, pair, []), (5, pair, []),
                                        (5, root, [pair]), (6, root, [])):
            self.assertFalse(is_consistent(older, older_root, 5, root, path))

    def test_points_of_low_order_are_refused(self):
        for y in LOW_ORDER | {2**255 - 1, P + 2}:
            for sign in (0, 1):
                raw = (y | sign << 255).to_bytes(32, "little") if y < 2**255 else b""
                self.assertFalse(is_point(raw))
        self.assertTrue(is_point((9).to_bytes(32, "little")))


if __name__ == "__main__":
    if len(sys.argv) == 1:
        unittest.main()
    sys.exit(main())
