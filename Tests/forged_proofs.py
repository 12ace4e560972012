#!/usr/bin/env python3
"""Proof files that a lying quorum could sign, made from nothing: no node and nothing of drec is asked.

A model says what happened and what is; a file is made of it in which every hash, signature, path and
vote is right. Named forgeries say which step finds them; more are made by chance, and all verifiers
must agree on those. Here they are judged by drec and by the verifier in Python, and in
`verify_page.py` by drec and the browser. DREC_FORGERIES says how many are made by chance.
"""

import base64
import collections
import copy
import json
import os
import random
import shutil
import subprocess
import unittest

import nacl.signing

import processes
import verify_proofs
from node_processes import DREC, SEED
from verify_proofs import H, tagged, u64

DAY = 86_400
BEGIN = 1_614_556_800  # 2021-03-01
SIZE = 9  # of the head's log
HEADER_TIME = 1_640_995_200_000  # 2022-01-01
NAMES = ["Kenya Solar", "Zoë ~ 100%", "south", "west"]


class Raw(bytes):
    """A field as it is written, its tag included."""


# ---- Encoding, from the tables of the verifier

def varint(value):
    result = b""
    while value >= 128:
        result += bytes([value & 127 | 128])
        value >>= 7
    return result + bytes([value])


def framed(field, content):
    return varint(field << 3 | 2) + varint(len(content)) + content


def encode(schema, values):
    result = b""
    for field, (name, kind) in sorted(schema.items()):
        value = values.get(name)
        if isinstance(value, Raw):
            result += value
        elif isinstance(kind, list):
            result += b"".join(framed(field, content(kind[0], item)) for item in value or [])
        elif isinstance(kind, dict):
            result += b"" if value is None else framed(field, encode(kind, value))
        elif kind == "packed":
            packed = b"".join(varint(item) for item in value or [])
            result += framed(field, packed) if packed else b""
        elif kind in ("bytes", "text"):
            result += framed(field, content(kind, value)) if value else b""
        elif kind == "raw":
            result += b"" if value is None else framed(field, value)
        elif value:
            result += varint(field << 3) + varint(int(value) % 2**64)
    return result


def content(kind, item):
    if isinstance(kind, dict):
        return encode(kind, item)
    return item.encode() if isinstance(item, str) else item


def b64(data):
    return base64.b64encode(data).decode()


# ---- Keys and trees

def secret(name):
    return nacl.signing.SigningKey(H(name.encode()))


def public(name):
    return bytes(secret(name).verify_key)


def sign(name, tag, payload):
    return secret(name).sign(b"\0" + tag.encode() + b"\0" + payload).signature


def tree_root(hashes):
    if not hashes:
        return H()
    if len(hashes) == 1:
        return hashes[0]
    half = 1 << (len(hashes) - 1).bit_length() - 1
    return H(b"\1", tree_root(hashes[:half]), tree_root(hashes[half:]))


def tree_path(hashes, index):
    """The siblings of a leaf, the lowest first (RFC 9162); none for a leaf that there is not."""
    if len(hashes) <= 1 or index >= len(hashes):
        return []
    half = 1 << (len(hashes) - 1).bit_length() - 1
    if index < half:
        return tree_path(hashes[:half], index) + [tree_root(hashes[half:])]
    return tree_path(hashes[half:], index - half) + [tree_root(hashes[:half])]


def consistency(hashes, older, is_whole=True):
    """RFC 9162 section 2.1.4.1."""
    if older == len(hashes):
        return [] if is_whole else [tree_root(hashes)]
    half = 1 << (len(hashes) - 1).bit_length() - 1
    if older <= half:
        return consistency(hashes[:half], older, is_whole) + [tree_root(hashes[half:])]
    return consistency(hashes[half:], older - half, False) + [tree_root(hashes[:half])]


def is_right(path, depth):
    return bool(path[depth // 8] & 128 >> depth % 8)


def state_root(leaves, depth=0):
    """The compact sparse tree of (path, hash) pairs."""
    if len(leaves) <= 1:
        return leaves[0][1] if leaves else bytes(32)
    return H(b"\1", state_root([leaf for leaf in leaves if not is_right(leaf[0], depth)], depth + 1),
             state_root([leaf for leaf in leaves if is_right(leaf[0], depth)], depth + 1))


def state_path(leaves, path):
    """Bitmap and siblings, the lowest first."""
    siblings, depth = [], 0
    while len(leaves) > 1:
        side = is_right(path, depth)
        siblings.append(state_root([leaf for leaf in leaves if is_right(leaf[0], depth) != side],
                                   depth + 1))
        leaves = [leaf for leaf in leaves if is_right(leaf[0], depth) == side]
        depth += 1
    bitmap = bytearray((len(siblings) + 7) // 8)
    for place, sibling in enumerate(siblings):
        if sibling != bytes(32):
            bitmap[place // 8] |= 128 >> place % 8
    return bytes(bitmap), [one for one in reversed(siblings) if one != bytes(32)]


# ---- Models

KINDS = {2: ("account", verify_proofs.ACCOUNT), 3: ("key", verify_proofs.KEY),
         4: ("delegation", verify_proofs.DELEGATION), 5: ("device", verify_proofs.DEVICE),
         15: ("lot", verify_proofs.LOT)}


def genesis(names=NAMES):
    return {"format": "drec-genesis-1", "name": "forged", "authorities": [
        {"name": name, "operatedBy": None if place == 0 else "a member",
         **{f"{kind}Key": public(f"{name} {kind}").hex() for kind in ("vote", "tls", "log")}}
        for place, name in enumerate(names)]}


def authorities(names):
    return [{"account": place + 1, "name": name,
             **{f"{kind}_key": public(f"{name} {kind}") for kind in ("vote", "tls", "log")}}
            for place, name in enumerate(names)]


def place(offset, length, row, start, end, project=101, vintage=2021):
    return {"project": project, "vintage": vintage, "offset": offset, "length": length, "row": row,
            "start": start, "end": end}


def record(device, start, end, energy, kind=1, signature=b""):
    return {"device": device, "start": start, "end": end, "energy": energy, "kind": kind,
            "signature": signature}


def drecs(first, last, project=101, vintage=2021):
    return {"project": project, "vintage": vintage, "first": first, "last": last}


def lot(first, last, owner, status, entry):
    return {"range": drecs(first, last), "owner": owner, "status": status, "entry": entry}


def entry(index, account, signers, action, value, events, height=2):
    return {"index": index, "body": {"version": 1, "account": account, "signers": [
        {"public_key": public(name), "nonce": index + 1} for name in signers], action: value},
        "receipt": {"log_index": index, "height": height, "time": BEGIN, "events": events},
        "signers": signers}


def key_leaf(name, account, added_at=0, **more):
    return [b"\3" + public(name), {"account": account, "roles": 15, "added_at": added_at, **more}]


def lot_leaf(first, last, owner, status, entry, project=101, vintage=2021):
    return [b"\x0f" + u64(project) + u64(vintage) + u64(first),
            {"last": last, "owner": owner, "status": status, "entry": entry}]


DETAILS = {"kind": 6, "country": "KEN", "capacity_watts": 20_000, "commissioned": BEGIN, "grid": 1,
           "latitude_e2": 255, "longitude_e2": 7_401, "meter_hash": H(b"meter")}


def bare(subject, entries, leaves, reads=()):
    return {"genesis": genesis(), "names": [NAMES], "subject": subject, "entries": entries,
            "reads": list(reads), "leaves": leaves, "header": {
                "version": 1, "height": 9, "view": 9, "time_milliseconds": HEADER_TIME,
                "log_size": SIZE}, "votes": {}, "voters": [0, 1, 2], "note": None, "earlier": None,
            "file": None}


def of_drecs():
    """Two mints of one and of two reads, one by a delegate; a trade of two D-RECs, one redeemed."""
    first = BEGIN + 9 * 3600

    def mint(index, offset, length, low, high, count, signer):
        return entry(index, 5, [signer], "submit_reads", {}, [
            {"reads_accepted": {"count": count, "watt_hours": length}},
            {"energy_placed": {"placements_count": count, "issues": [{
                "project": 101, "vintage": 2021, "offset": offset, "length": length, "first": low,
                "last": high, "owner": 5}]}}])

    entries = [
        mint(2, 0, 1_500, 1, 1, 2, "developer"), mint(3, 1_500, 2_500, 2, 4, 1, "agent"),
        entry(5, 5, ["developer"], "trade", {"ranges": [drecs(2, 3)], "to": 6}, [
            {"lots_moved": {"action": 1, "consumed": [lot(2, 4, 5, 1, 3)],
                            "created": [lot(2, 3, 6, 1, 5), lot(4, 4, 5, 1, 3)]}}], 5),
        entry(7, 6, ["buyer"], "redeem", {
            "ranges": [drecs(3, 3)], "beneficiary": "A school – Zoë", "location": "KEN",
            "purpose": "Light", "period_start": BEGIN, "period_end": BEGIN + DAY}, [
                {"lots_moved": {"action": 2, "consumed": [lot(2, 3, 6, 1, 5)],
                                "created": [lot(2, 2, 6, 1, 5), lot(3, 3, 6, 4, 7)]}}], 7)]
    reads = [
        {"entry": 2, "position": 0, "placement": place(0, 400, 0, first, first + 3600),
         "record": record(1, first, first + 3600, 400)},
        {"entry": 2, "position": 1, "placement": place(400, 1_100, 1, first, first + 3600),
         "record": record(2, first, first + 3600, 1_100, 2)},
        {"entry": 3, "position": 0,
         "placement": place(1_500, 2_500, 0, first + DAY, first + DAY + 3600),
         "record": record(1, 0, first + DAY + 3600, 2_500, 2, bytes(64))}]
    leaves = [key_leaf("developer", 5, 1), key_leaf("buyer", 6), key_leaf("agent", 7),
              [b"\4" + u64(5) + u64(7), {"roles": 6, "added_at": 1}],
              lot_leaf(1, 1, 5, 1, 2), lot_leaf(2, 2, 6, 1, 5), lot_leaf(3, 3, 6, 4, 7),
              lot_leaf(4, 4, 5, 1, 3)]
    return bare(("drecs", "DREC101-2021-1..4"), entries, leaves, reads)


def of_deferred():
    """A read over New Year that was deferred, then minted for the part of the old year."""
    end = 1_640_995_200 + 3600  # an hour into 2022
    start = end - 4 * 3600
    entries = [entry(4, 5, ["developer"], "mint", {"evidence": 3}, [
        {"energy_placed": {"placements_count": 2, "evidence": 4, "issues": [{
            "project": 101, "vintage": 2021, "length": 3_000, "first": 1, "last": 3, "owner": 5}]}}])]
    reads = [{"entry": 4, "position": 0, "placement": place(0, 3_000, 0, start, end - 3600),
              "record": record(1, start, end, 4_001)}]
    leaves = [key_leaf("developer", 5, 1), lot_leaf(1, 3, 5, 1, 4)]
    return bare(("drecs", "DREC101-2021-2"), entries, leaves, reads)


def of_account():
    entries = [entry(6, 2, ["agent", "newcomer"], "register_account", {
        "kind": 3, "legal_name": "Zoë Ltd", "country": "KEN",
        "keys": [{"public_key": public("newcomer"), "roles": 15}]}, [
            {"account_registered": {"account": 8, "status": 2}}], 6)]
    leaves = [[b"\2" + u64(8), {
        "kind": 3, "legal_name": "Zoë Ltd", "country": "KEN", "status": 2, "sponsor": 2,
        "registered_at": 7, "keys": [public("newcomer")], "delegates": [7, 300]}],
        key_leaf("agent", 2), key_leaf("newcomer", 8, 7)]
    return bare(("account", "A8"), entries, leaves)


def of_device():
    entries = [entry(6, 5, ["developer"], "register_devices", {"devices": [
        {"external_id_hash": H(b"one"), "details": dict(DETAILS)},
        {"external_id_hash": H(b"two"), "details": dict(DETAILS, country="DEU")}]}, [
            {"devices_registered": {"first": 11, "count": 2}}], 6)]
    leaves = [[b"\5" + u64(12) + u64(BEGIN), {
        "owner": 5, "details": dict(DETAILS, country="DEU"), "status": 1,
        "external_id_hash": H(b"two"), "registered": BEGIN, "entry": 6}],
        key_leaf("developer", 5, 1)]
    return bare(("device", f"D12@{BEGIN}"), entries, leaves)


def of_redemption():
    model = of_drecs()
    model["subject"] = ("redemption", "#7")
    model["entries"] = model["entries"][1:]
    model["reads"] = model["reads"][2:]
    model["leaves"] = [leaf for leaf in model["leaves"] if leaf[0][0] != 15] \
        + [lot_leaf(3, 3, 6, 4, 7)]
    return model


def of_changes():
    """The same D-RECs after two changes of authorities, cosigned, with an earlier log."""
    model = of_drecs()
    model["names"] = [NAMES, NAMES[1:] + ["east"], ["Kenya Solar", "Zoë ~ 100%", "east"]]
    model["note"] = {"size": SIZE, "signers": [("Kenya Solar", 4), ("Zoë ~ 100%", 4),
                                               ("east", 1), ("east", 4)]}
    model["earlier"] = {"size": 8}
    return model


# ---- A file of a model

def placement_bytes(one):
    return (u64(one["project"]) + one["vintage"].to_bytes(4, "big") + u64(one["offset"])
            + u64(one["length"]) + one["row"].to_bytes(4, "big") + u64(one["start"])
            + u64(one["end"]))


def record_bytes(one):
    return (u64(one["device"]) + u64(one["start"]) + u64(one["end"]) + u64(one["energy"])
            + bytes([one["kind"]]) + one["signature"])


def tree_of(parts, count):
    hashes = [H(b"\0")] * min(count, 64)
    for position, raw in parts:
        if position < len(hashes):
            hashes[position] = H(b"\0", raw)
    return hashes


class Maker:
    def __init__(self, model):
        self.model = copy.deepcopy(model)
        given = self.model["genesis"]
        self.genesis = given if isinstance(given, bytes) else json.dumps(given).encode()
        self.network = self.model.get("network") or H(verify_proofs.canonical(
            json.loads(self.genesis)))
        self.origin = self.model.get("origin") or \
            f"drec/{json.loads(self.genesis)['name']}/{self.network.hex()[:16]}"
        self.sets = [authorities(names) for names in self.model["names"]]
        for change in self.model.get("sets", []):
            change(self.sets)

    def file(self):
        model = self.model
        reads = self.reads()
        entries = [self.entry(one) for one in model["entries"]]
        log = [H(b"\0", b"%d" % place) for place in range(min(model["header"]["log_size"], 64))]
        for one, (body, signatures, receipt) in zip(model["entries"], entries):
            if one["index"] < len(log):
                log[one["index"]] = H(b"\0", H(body, signatures), H(receipt))
        leaves = sorted((key, self.value(key, value)) for key, value in model["leaves"])
        paths = {key: H(b"drec/state/v1\0", KINDS.get(key[0], ("?",))[0].encode(), b"\0", key[1:])
                 for key, _ in leaves}
        hashed = [(paths[key], H(b"\0", paths[key], H(value))) for key, value in leaves]
        head = {"log_root": tree_root(log), "state_root": state_root(hashed), **model["header"]}
        last = len(self.sets) - 1
        transitions = [
            {**self.voted({"version": 1, "height": epoch + 1, "view": epoch + 1, "log_size": epoch,
                           "time_milliseconds": 1_000 * (epoch + 1), "log_root": H(),
                           "state_root": H()}, epoch, {}, [0, 1, 2]),
             "nextAuthorities": b64(self.set_bytes(epoch + 1))} for epoch in range(last)]
        root = {
            "mediaType": verify_proofs.MEDIA_TYPE, "network": self.network.hex(),
            "subject": dict(zip(("kind", "id"), model["subject"])), "transitions": transitions,
            "head": self.voted(head, last, model["votes"], model["voters"]),
            "log": {"checkpoint": self.note(log), "earlier": self.earlier(log)},
            "entries": [
                {"index": self.number(one["index"]), "body": b64(body), "signatures": b64(signatures),
                 "receipt": b64(receipt), "inclusion": b64(b"".join(tree_path(log, one["index"])))}
                for one, (body, signatures, receipt) in zip(model["entries"], entries)],
            "reads": reads,
            "state": [
                {"key": b64(key), "value": b64(value), "bitmap": b64(bitmap),
                 "siblings": b64(b"".join(siblings))}
                for key, value in leaves
                for bitmap, siblings in [state_path(hashed, paths[key])]]}
        if model["file"]:
            model["file"](root)
        return sealed(root)

    @staticmethod
    def number(value):
        return value if value <= verify_proofs.LARGEST else str(value)

    @staticmethod
    def value(key, value):
        return value if isinstance(value, bytes) else encode(KINDS[key[0]][1], value)

    def reads(self):
        """Puts reads and placements under the roots of their entries."""
        result = []
        for one in self.model["entries"]:
            own = [read for read in self.model["reads"] if read["entry"] == one["index"]]
            events = {name: value for event in one["receipt"]["events"]
                      for name, value in event.items()}
            if not own or not isinstance(events.get("energy_placed"), dict):
                continue
            placed, accepted = events["energy_placed"], events.get("reads_accepted")
            parts = [(placement_bytes(read["placement"]), record_bytes(read["record"]))
                     for read in own]
            placements = tree_of([(read["position"], part[0]) for read, part in zip(own, parts)],
                                 placed.get("placements_count", 0))
            count = accepted["count"] if isinstance(accepted, dict) else 2
            records = tree_of([(read["placement"]["row"], part[1])
                               for read, part in zip(own, parts)],
                              one["body"].get("reads_count", count))
            placed.setdefault("placements_root", tree_root(placements))
            one["body"].setdefault("reads_root", tree_root(records))
            one["body"].setdefault("reads_count", count)
            if isinstance(accepted, dict):
                accepted.setdefault("reads_root", one["body"]["reads_root"])
            result += [(read, part, tree_path(placements, read["position"]),
                        tree_path(records, read["placement"]["row"]))
                       for read, part in zip(own, parts)]
        order = {id(read): place for place, read in enumerate(self.model["reads"])}
        result.sort(key=lambda item: order[id(item[0])])
        return [{"entry": self.number(read["entry"]), "position": read["position"],
                 "placement": b64(parts[0]), "placementInclusion": b64(b"".join(placement_path)),
                 "record": b64(parts[1]), "recordInclusion": b64(b"".join(record_path))}
                for read, parts, placement_path, record_path in result]

    def entry(self, one):
        one["body"].setdefault("network", self.network)
        body = encode(verify_proofs.BODY, one["body"])
        return body, b"".join(sign(name, "drec/transaction/v1", body) for name in one["signers"]), \
            encode(verify_proofs.RECEIPT, one["receipt"])

    def set_bytes(self, epoch):
        return encode(verify_proofs.AUTHORITY_SET, {"authorities": self.sets[epoch]})

    def voted(self, header, epoch, votes, voters):
        following = min(epoch + 1, len(self.sets) - 1)
        header = {"network": self.network, "epoch": epoch, "authorities_hash": tagged(
            "drec/authorities/v1", self.set_bytes(epoch)), "next_authorities_hash": tagged(
                "drec/authorities/v1", self.set_bytes(following)), **header}
        raw = encode(verify_proofs.HEADER, header)
        subject = {"epoch": epoch, "view": header["view"], "parent_view": 0,
                   "block_hash": tagged("drec/header/v1", raw), **votes}
        tag = subject.pop("tag", "drec/vote/finalize/v1")
        payload = (subject.pop("network", self.network) + u64(subject["epoch"])
                   + u64(subject["view"]) + u64(subject["parent_view"]) + subject["block_hash"])
        names = [self.sets[epoch][place]["name"] for place in voters
                 if place < len(self.sets[epoch])]
        signers = bytearray(7)
        for place in voters:
            signers[place // 8] |= 1 << place % 8
        certificate = {"signers": bytes(signers).rstrip(b"\0"), "signatures": [
            sign(f"{name} vote", tag, payload) for name in names], **subject}
        return {"header": b64(raw), "certificate": b64(
            encode(verify_proofs.FINALIZATION, certificate))}

    def earlier(self, log):
        given = self.model["earlier"]
        if given is None:
            return None
        size = given["size"]
        return {"size": size, "root": b64(given.get("root", tree_root(log[:size]))),
                "consistency": b64(b"".join(given.get(
                    "path", consistency(log, size) if 0 < size <= len(log) else [])))}

    def note(self, log):
        given = self.model["note"]
        if given is None or isinstance(given, str):
            return given
        size = given.get("size", len(log))
        text = f"{self.origin}\n{size}\n{b64(tree_root(log[:size]))}\n"
        lines = "".join(self.line(name, kind, text) for name, kind in given["signers"])
        note = text + ("\n" + lines if lines else "")
        return given["change"](note) if "change" in given else note

    def line(self, name, kind, text):
        signer = self.origin
        if kind == 4:
            signer += "/" + "".join(
                chr(byte) if chr(byte).isascii() and (chr(byte).isalnum() or chr(byte) in "-._")
                else f"%{byte:02X}" for byte in name.encode())
        key, time = f"{name} log", 1_700_000_000
        message = f"cosignature/v1\ntime {time}\n{text}" if kind == 4 else text
        raw = H(signer.encode(), b"\n", bytes([kind]), public(key))[:4]
        raw += (u64(time) if kind == 4 else b"") + secret(key).sign(message.encode()).signature
        return f"— {signer} {b64(raw)}\n"


def sealed(root):
    root = {name: value for name, value in root.items() if name != "sha256"}
    root["sha256"] = b64(H(verify_proofs.canonical(root)))
    return verify_proofs.canonical(root)


# ---- Forgeries with a name, and the step that finds each: None where nothing is wrong

def edit(base, change):
    def make():
        model = base()
        change(model)
        return model
    return make


def body(model, index):
    return next(one["body"] for one in model["entries"] if one["index"] == index)


def event(model, index, name):
    events = next(one["receipt"]["events"] for one in model["entries"] if one["index"] == index)
    return next(found[name] for found in events if name in found)


def leaf(model, kind, place=0):
    return [found for found in model["leaves"] if found[0][0] == kind][place][1]


def number_field(field, value):
    """A number in another spelling than `encode` gives."""
    return Raw(varint(field << 3) + varint(value))


def kelvin(text):
    """Another letter that Unicode calls the same."""
    return text.replace("K", "\u212a", 1)


def changed_note(change):
    return lambda model: model["note"].update(change=change)


def with_genesis(change):
    """Another founding document, under which all else is signed."""
    def apply(model):
        text = change(json.dumps(model["genesis"], ensure_ascii=False))
        model["genesis"] = text.encode()
        model["network"] = H(by_rfc8785(json.loads(text)).encode("utf-8", "surrogatepass"))
    return apply


def by_rfc8785(value):
    """Keys sorted by UTF-16, as RFC 8785 has it and Python's own sorting has not."""
    if isinstance(value, dict):
        keys = sorted(value, key=lambda key: key.encode("utf-16-be"))
        return "{" + ",".join(f"{json.dumps(key, ensure_ascii=False)}:{by_rfc8785(value[key])}"
                              for key in keys) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(by_rfc8785, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def renamed(old, new):
    def apply(model):
        model["genesis"]["authorities"] = genesis([new if name == old else name
                                                   for name in NAMES])["authorities"]
        model["names"] = [[new if name == old else name for name in names]
                          for names in model["names"]]
    return apply


def set_key(name, kind, key):
    """A seat of the second set with another key."""
    def apply(model):
        def change(sets):
            for authority in sets[1]:
                if authority["name"] == name:
                    authority[f"{kind}_key"] = key
        model["sets"] = [change]
    return apply


def both(*changes):
    def apply(model):
        for change in changes:
            change(model)
    return apply


NAMED = [
    (None, "as it is", of_drecs), (None, "deferred", of_deferred), (None, "an account", of_account),
    (None, "a device", of_device), (None, "a redemption", of_redemption),
    (None, "changes of authorities", of_changes),
    # What Unicode calls the same is not the same bytes.
    ("witnesses", "an origin with another letter", edit(of_changes, both(
        lambda model: model["genesis"].update(name="Kenya"),
        changed_note(lambda note: kelvin(note))))),
    ("witnesses", "an origin with another letter and no line", edit(of_changes, both(
        lambda model: model["genesis"].update(name="Kenya"), lambda model: model["note"].update(
            signers=[], change=kelvin)))),
    ("witnesses", "a witness' name with another letter", edit(of_changes, changed_note(
        lambda note: note.replace("/Kenya", "/\u212aenya")))),
    ("witnesses", "an origin in another form", edit(of_changes, both(
        lambda model: model["genesis"].update(name="zo\u00eb"),
        changed_note(lambda note: note.replace("zo\u00eb", "zoe\u0308"))))),
    (None, "an origin in its own form", edit(of_changes, lambda model: model["genesis"].update(
        name="zoe\u0308"))),
    ("lineage", "a name in another form", edit(of_account, lambda model: leaf(model, 2).update(
        legal_name="Zoe\u0308 Ltd"))),
    ("lineage", "a country in another form", edit(of_account, both(
        lambda model: leaf(model, 2).update(country="\u212aEN")))),
    ("lineage", "a device's country in another form", edit(of_device, both(
        lambda model: leaf(model, 5)["details"].update(country="\u212aEN"),
        lambda model: body(model, 6)["register_devices"]["devices"][1]["details"].update(
            country="KEN")))),
    # Numbers.
    ("lineage", "evidence that wraps around", edit(of_deferred, both(
        lambda model: body(model, 4)["mint"].update(evidence=2**64 - 1),
        lambda model: event(model, 4, "energy_placed").update(evidence=0)))),
    (None, "a kind below zero", edit(of_account, both(
        lambda model: body(model, 6)["register_account"].update(kind=2**64 - 1),
        lambda model: leaf(model, 2).update(kind=2**64 - 1)))),
    (None, "a kind of 2^31 - 1", edit(of_account, both(
        lambda model: body(model, 6)["register_account"].update(kind=2**31 - 1),
        lambda model: leaf(model, 2).update(kind=2**31 - 1)))),
    ("log", "a kind of 2^31", edit(of_account, both(
        lambda model: body(model, 6)["register_account"].update(kind=2**31),
        lambda model: leaf(model, 2).update(kind=2**31)))),
    ("log", "a kind of 2^32", edit(of_account, both(
        lambda model: body(model, 6)["register_account"].update(kind=2**32 + 3)))),
    ("log", "a kind below those of 32 bits", edit(of_account, both(
        lambda model: body(model, 6)["register_account"].update(kind=2**63)))),
    ("log", "a channel of 2^31", edit(of_drecs, lambda model: body(model, 5).update(
        channel=2**31))),
    (None, "a channel below zero", edit(of_drecs, lambda model: body(model, 5).update(
        channel=2**64 - 2**31))),
    ("state", "a status of 2^31", edit(of_drecs, lambda model: leaf(model, 15).update(
        status=2**31))),
    ("lineage", "a status below zero", edit(of_drecs, lambda model: leaf(model, 15).update(
        status=2**64 - 4))),
    ("log", "a number of 2^32", edit(of_drecs, lambda model: body(model, 5).update(
        reads_count=2**32))),
    ("log", "a bool of 2", edit(of_drecs, lambda model: body(model, 2).update(
        submit_reads={"defer_mint": 2}))),
    ("log", "a latitude of 2^32", edit(of_device, lambda model: body(
        model, 6)["register_devices"]["devices"][0]["details"].update(latitude_e2=2**32))),
    (None, "the southernmost place", edit(of_device, lambda model: body(
        model, 6)["register_devices"]["devices"][0]["details"].update(latitude_e2=2**32 - 1))),
    ("state", "a lot of a project that there cannot be", edit(of_drecs, lambda model: model[
        "leaves"].append(lot_leaf(1, 1, 5, 1, 2, project=100)))),
    ("lineage", "a lot of another project", edit(of_drecs, lambda model: model["leaves"].append(
        lot_leaf(1, 1, 5, 1, 2, project=102)))),
    ("state", "a lot of a vintage that is too large", edit(of_drecs, lambda model: model[
        "leaves"].append(lot_leaf(1, 1, 5, 1, 2, vintage=2**32)))),
    ("state", "a lot beyond the last serial", edit(of_drecs, lambda model: model["leaves"].append(
        lot_leaf(2**60, 2**64 - 1, 5, 1, 2)))),
    # Messages.
    ("log", "a number with a blank byte", edit(of_drecs, lambda model: body(model, 5).update(
        not_after=Raw(b"\x28\x85\x00")))),
    ("log", "a default value that is written", edit(of_drecs, lambda model: body(model, 5).update(
        not_after=Raw(b"\x28\x00")))),
    ("log", "a field of tomorrow", edit(of_drecs, lambda model: body(model, 5).update(
        reads_count=Raw(b"\x48\x01")))),
    ("log", "an action of tomorrow", edit(of_drecs, lambda model: body(model, 5).update(
        trade=Raw(b"\x82\x06\x00")))),
    ("log", "a field in a group", edit(of_drecs, lambda model: body(model, 5).update(
        not_after=Raw(b"\x2b\x2c")))),
    ("log", "two actions", edit(of_drecs, lambda model: body(model, 5).update(
        mint={"evidence": 4}))),
    ("log", "one field twice", edit(of_drecs, lambda model: body(model, 5).update(
        not_after=Raw(b"\x28\x01\x28\x02")))),
    ("keys", "no action", edit(of_drecs, lambda model: body(model, 5).pop("trade"))),
    ("keys", "an action of governance", edit(of_drecs, lambda model: body(model, 5).update(
        trade=None, **{"action 18": {"1": 5}}))),
    ("log", "an action of governance that is none", edit(of_drecs, lambda model: body(
        model, 5).update(trade=None, **{"action 18": Raw(framed(18, b"\x08\x00"))}))),
    ("log", "an event that is none", edit(of_drecs, lambda model: model["entries"][0]["receipt"][
        "events"].append({"event 9": Raw(framed(9, b"\xff"))}))),
    (None, "an event more", edit(of_drecs, lambda model: model["entries"][0]["receipt"][
        "events"].append({"event 9": {"2": 5}}))),
    (None, "an event of no kind", edit(of_drecs, lambda model: model["entries"][0]["receipt"][
        "events"].append({}))),
    ("log", "text that is none", edit(of_redemption, lambda model: body(model, 7)["redeem"].update(
        purpose=b"\xc0\xaf"))),
    (None, "a text that begins with a mark", edit(of_redemption, lambda model: body(
        model, 7)["redeem"].update(purpose="\ufeff<script>\0"))),
    ("lineage", "numbers that are not packed", edit(of_account, lambda model: leaf(model, 2).update(
        delegates=Raw(b"\x40\x07")))),
    ("lineage", "packed numbers of another spelling", edit(of_account, lambda model: leaf(
        model, 2).update(delegates=Raw(b"\x42\x02\x87\x00")))),
    ("lineage", "packed numbers cut short", edit(of_account, lambda model: leaf(model, 2).update(
        delegates=Raw(b"\x42\x01\x87")))),
    # Authorities.
    ("head", "too few voters", edit(of_drecs, lambda model: model.update(voters=[0, 1]))),
    ("head", "votes of another view", edit(of_drecs, lambda model: model["votes"].update(
        signers=b"\x0e"))),
    ("head", "a voter more than signed", edit(of_drecs, lambda model: model["votes"].update(
        signers=b"\x0f"))),
    ("head", "a voter that there is not", edit(of_drecs, lambda model: model["votes"].update(
        signers=b"\x13"))),
    ("head", "voters with a blank byte", edit(of_drecs, lambda model: model["votes"].update(
        signers=b"\x07\x00"))),
    ("head", "votes of another epoch", edit(of_drecs, lambda model: model["votes"].update(
        epoch=1))),
    ("head", "votes for another block", edit(of_drecs, lambda model: model["votes"].update(
        block_hash=bytes(32)))),
    ("head", "a head before the last change", edit(of_changes, lambda model: model["header"].update(
        height=2))),
    ("head", "a head of the time of the last change", edit(of_changes, lambda model: model[
        "header"].update(time_milliseconds=2_000))),
    ("head", "a head without a root", edit(of_drecs, lambda model: model["header"].update(
        state_root=bytes(31)))),
    ("authorities", "a change left out", edit(of_changes, lambda model: model.update(
        file=lambda root: root["transitions"].pop(0)))),
    ("head", "the last change left out", edit(of_changes, lambda model: model.update(
        file=lambda root: root["transitions"].pop()))),
    ("authorities", "a change twice", edit(of_changes, lambda model: model.update(
        file=lambda root: root["transitions"].insert(0, root["transitions"][0])))),
    ("authorities", "changes in another order", edit(of_changes, lambda model: model.update(
        file=lambda root: root["transitions"].reverse()))),
    ("authorities", "other authorities than were voted for", edit(of_changes, lambda model:
        model.update(file=lambda root: root["transitions"][0].update(
            nextAuthorities=root["transitions"][1]["nextAuthorities"])))),
    ("authorities", "a head in place of a change", edit(of_changes, lambda model: model.update(
        file=lambda root: root["transitions"].append(
            {**root["head"], "nextAuthorities": root["transitions"][1]["nextAuthorities"]})))),
    ("authorities", "a set of nobody", edit(of_changes, lambda model: model.update(
        names=[NAMES, [], NAMES]))),
    (None, "a set of fifty", edit(of_drecs, lambda model: model.update(
        names=[NAMES, [f"seat {place}" for place in range(50)]], voters=list(range(34))))),
    ("head", "a set of fifty without a vote", edit(of_drecs, lambda model: model.update(
        names=[NAMES, [f"seat {place}" for place in range(50)]], voters=list(range(33))))),
    ("authorities", "a set of fifty-one", edit(of_drecs, lambda model: model.update(
        names=[NAMES, [f"seat {place}" for place in range(51)]], voters=list(range(35))))),
    ("authorities", "a voter's key that is none", edit(of_changes, set_key(
        "west", "vote", bytes(31)))),
    (None, "another seat's key that is none", edit(of_changes, set_key("east", "vote", bytes(31)))),
    ("head", "a vote key of low order", edit(of_drecs, lambda model: (
        model.update(names=[NAMES, NAMES[:1]], voters=[0]), set_key(
            "Kenya Solar", "vote", b"\1" + bytes(31))(model)))),
    (None, "a seat with a second key", edit(of_changes, set_key("east", "second", bytes(32)))),
    # Witnesses.
    ("witnesses", "a line of a stranger", edit(of_changes, lambda model: model["note"].update(
        signers=[("Kenya Solar", 4), ("nobody", 4)]))),
    ("witnesses", "a line of one who left", edit(of_changes, lambda model: model["note"].update(
        signers=[("Kenya Solar", 4), ("west", 4)]))),
    ("witnesses", "a line twice", edit(of_changes, changed_note(
        lambda note: note + note.splitlines(True)[4]))),
    ("witnesses", "a line of another type", edit(of_changes, lambda model: model["note"].update(
        signers=[("Kenya Solar", 2)]))),
    ("witnesses", "lines that end as on Windows", edit(of_changes, changed_note(
        lambda note: note.replace("\n", "\r\n")))),
    ("witnesses", "a note without its last line's end", edit(of_changes, changed_note(
        lambda note: note[:-1]))),
    ("witnesses", "a line more than three", edit(of_changes, changed_note(
        lambda note: note.replace("\n\n", "\nextension\n\n", 1)))),
    ("witnesses", "a size with a zero", edit(of_changes, changed_note(
        lambda note: note.replace("\n9\n", "\n09\n", 1)))),
    ("witnesses", "a sign after a blank", edit(of_changes, changed_note(
        lambda note: note.replace("— ", "— \u0301", 1)))),
    ("witnesses", "a hyphen for a dash", edit(of_changes, changed_note(
        lambda note: note.replace("— ", "- ", 1)))),
    ("witnesses", "base64 of another spelling", edit(of_changes, changed_note(
        lambda note: note[:-1] + "=\n"))),
    ("witnesses", "a note of half of an entry", edit(of_changes, changed_note(lambda note: "\n"))),
    (None, "a note that nobody signed", edit(of_changes, lambda model: model["note"].update(
        signers=[]))),
    (None, "a note of the earlier log", edit(of_changes, lambda model: model["note"].update(
        size=8))),
    ("witnesses", "a note of a log that the file lacks", edit(of_changes, lambda model: model[
        "note"].update(size=7))),
    ("witnesses", "an earlier log of another root", edit(of_changes, lambda model: model[
        "earlier"].update(root=bytes(32)))),
    ("witnesses", "an earlier log without a path", edit(of_changes, lambda model: model[
        "earlier"].update(path=[]))),
    ("witnesses", "an earlier log with a longer path", edit(of_changes, lambda model: model[
        "earlier"].update(path=[bytes(32)] * 3))),
    ("witnesses", "an earlier log that is larger", edit(of_changes, lambda model: model[
        "earlier"].update(size=10))),
    (None, "an empty earlier log", edit(of_changes, lambda model: model["earlier"].update(size=0))),
    ("witnesses", "an empty earlier log with a root", edit(of_changes, lambda model: model[
        "earlier"].update(size=0, root=bytes(32)))),
    (None, "the same log as the earlier one", edit(of_changes, lambda model: model[
        "earlier"].update(size=9))),
    # The founding document.
    ("genesis", "one key in two forms", edit(of_drecs, with_genesis(lambda text: text.replace(
        '"name"', '"zo\u00eb": 1, "zoe\u0308": 2, "name"', 1)))),
    ("genesis", "a member with another letter", edit(of_drecs, with_genesis(
        lambda text: text.replace('"voteKey"', '"vote\u212aey"')))),
    ("genesis", "keys beyond the first plane", edit(of_drecs, with_genesis(lambda text: text.replace(
        '"name"', '"\U0001f31e": 1, "\uffee": 2, "name"', 1)))),
    ("genesis", "nested too deeply", edit(of_drecs, with_genesis(lambda text: text.replace(
        '"name"', f'"deep": {"[" * 32}{"]" * 32}, "name"', 1)))),
    (None, "nested deeply", edit(of_drecs, with_genesis(lambda text: text.replace(
        '"name"', f'"deep": {"[" * 31}{"]" * 31}, "name"', 1)))),
    ("genesis", "nothing below zero", edit(of_drecs, with_genesis(lambda text: text.replace(
        '"name"', '"zero": -0, "name"', 1)))),
    ("genesis", "half a character", edit(of_drecs, with_genesis(lambda text: text.replace(
        '"name"', '"half": "\\ud800", "name"', 1)))),
    (None, "escapes of all kinds", edit(of_drecs, with_genesis(lambda text: text.replace(
        '"name"', r'"all": "\u0000\u001f\u007f\u2028\ud83c\udf1e\/\b\f\n\r\t\"\\", "name"', 1)))),
    (None, "a seat without a name", edit(of_drecs, renamed("south", ""))),
    (None, "a seat with a name of blanks", edit(of_changes, renamed("south", "\n\0 "))),
]

# ---- Forgeries by chance

NUMBERS = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 15, 31, 100, 101, 999, 1_000, 1_500, 2_021, 2**31 - 1, 2**31,
           2**32 - 1, 2**32, 2**53, 2**63, 2**64 - 1000, 2**64 - 1]
TEXTS = ["", "KEN", "DEU", "Zoë Ltd", "Zoe\u0308 Ltd", "\u212aEN", "a\0b", "<", "\ufeff", "\U0001f31e"]


def places(value, found):
    """Every number, text and bytes within a model, as containers and keys."""
    for key, item in list(value.items() if isinstance(value, dict) else enumerate(value)):
        if isinstance(item, (dict, list)):
            places(item, found)
            if isinstance(item, list) or key not in ("genesis", "header", "receipt", "body"):
                found.append((value, key))
        elif isinstance(item, (int, str, bytes)) and isinstance(value, (dict, list)):
            found.append((value, key))
    return found


def changed(item, chance):
    if isinstance(item, bool):
        return not item
    if isinstance(item, int):
        return chance.choice([chance.choice(NUMBERS), max(0, item + chance.choice([-1, 1])),
                              max(0, item + chance.choice([-1000, 1000, 3600, -3600]))])
    if isinstance(item, str):
        return chance.choice(TEXTS)
    if isinstance(item, bytes):
        raw = bytearray(item or b"\0")
        raw[chance.randrange(len(raw))] ^= 1 << chance.randrange(8)
        return chance.choice([bytes(raw), bytes(raw[:-1]), bytes(raw) + b"\0", b""])
    if isinstance(item, list):
        other = list(item)
        how = chance.randrange(4)
        if how == 0 or not other:
            return []
        if how == 1:
            other.append(copy.deepcopy(chance.choice(other)))
        elif how == 2:
            other.pop(chance.randrange(len(other)))
        else:
            chance.shuffle(other)
        return other
    return chance.choice([{}, None]) if isinstance(item, dict) else item


BASES = [of_drecs, of_drecs, of_deferred, of_account, of_device, of_redemption, of_changes]


def by_chance(seed):
    """A file with one to three changes of what happened or is, or None where nothing can be made."""
    chance = random.Random(seed)
    model = chance.choice(BASES)()
    for _ in range(chance.choice([1, 1, 1, 2, 3])):
        found = places({name: model[name] for name in (
            "entries", "reads", "leaves", "header", "votes", "voters", "earlier") if model[name]}, [])
        container, key = chance.choice(found)
        container[key] = changed(container[key], chance)
    try:
        maker = Maker(model)
        return maker.file(), maker.genesis
    except (OverflowError, TypeError, KeyError, AttributeError, IndexError, ValueError):
        return None


class ForgedProofTests(unittest.TestCase):
    NAMED = NAMED
    COUNT = int(os.environ.get("DREC_FORGERIES", "150"))

    @classmethod
    def setUpClass(cls):
        cls.folder = processes.folder("drec forged ")

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.folder, ignore_errors=True)

    def judge(self, raw, genesis, name):
        """The steps that fail for both verifiers, which agree on each."""
        paths = []
        for file, data in (("proof.json", raw), ("genesis.json", genesis)):
            paths.append(os.path.join(self.folder, file))
            with open(paths[-1], "wb") as out:
                out.write(data)
        result = subprocess.run(
            [DREC, "verify", paths[0], "--genesis", paths[1], "--json"], capture_output=True,
            text=True, timeout=processes.PATIENCE)
        report = json.loads(result.stdout)
        proof = verify_proofs.Proof(raw, genesis).run()
        verdicts = {line["step"]: line["verdict"] for line in report["steps"]}
        self.assertEqual(verdicts, proof.verdicts, (name, report["steps"], proof.reasons))
        self.assertEqual(report["holds"], result.returncode == 0, name)
        self.assertEqual(report["levels"]["witnessed"], proof.witnesses, name)
        return [step for step, verdict in verdicts.items() if verdict == "fails"]

    def test_each_is_found_in_its_step(self):
        for step, name, make in self.NAMED:
            maker = Maker(make())
            self.assertEqual(self.judge(maker.file(), maker.genesis, name),
                             [] if step is None else [step], name)

    def test_both_agree_on_what_chance_forges(self):
        found = collections.Counter()
        for number in range(self.COUNT):
            made = by_chance(f"{SEED} {number}")
            if made is not None:
                found[(self.judge(*made, number) + ["holds"])[0]] += 1
        self.assertGreater(sum(found.values()), self.COUNT // 2)
        self.assertGreaterEqual(len(found), min(6, self.COUNT // 20), found)
        print(f"by chance: {dict(found)}")


if __name__ == "__main__":
    unittest.main()
