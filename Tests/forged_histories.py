#!/usr/bin/env python3
"""More files that a lying quorum could sign, made as in `forged_proofs.py`: numbers and texts at the
ends of their kinds, events and actions that do not belong together, parts that are too large, and
votes and grants for something else. All verifiers give each step the same verdict.
"""

import unittest

import forged_proofs
from forged_proofs import (
    BEGIN, NAMES, Raw, body, both, changed_note, drecs, edit, entry, event, leaf, lot, lot_leaf,
    of_account, of_changes, of_device, of_drecs, of_redemption, place, public, record, renamed, u64,
    with_genesis)

MOST = 2**64 - 1
#: 9999-12-31T23:59:59Z
LAST_SECOND = 253_402_300_799


def granted(*more, roles=6):
    """The agent's delegation was granted anew since; the file has an earlier grant, and more."""
    def apply(model):
        for key, value in model["leaves"]:
            if key[0] == 4:
                value["added_at"] = 9
        model["entries"].insert(0, entry(
            1, 5, ["developer"], "change_delegation", {"delegate": 7, "roles": roles},
            [{"delegation_changed": {"account": 5, "delegate": 7, "roles": roles}}, *more]))
    return apply


def of_founder():
    """An account of the founding document: no entry made it."""
    leaves = [[b"\2" + u64(1), {"kind": 1, "legal_name": "Initiative", "country": "KEN", "status": 2}]]
    return forged_proofs.bare(("account", "A1"), [], leaves)


def energy_of_old(start, end, kind, opened, vintage):
    """One D-REC of one read, in any year."""
    entries = [entry(2, 5, ["developer"], "submit_reads", {}, [
        {"reads_accepted": {"count": 1, "watt_hours": 1_000}},
        {"energy_placed": {"placements_count": 1, "issues": [{
            "project": 101, "vintage": vintage, "length": 1_000, "first": 1, "last": 1,
            "owner": 5}]}}])]
    reads = [{"entry": 2, "position": 0,
              "placement": place(0, 1_000, 0, start, end, vintage=vintage),
              "record": record(1, opened, end, 1_000, kind)}]
    leaves = [forged_proofs.key_leaf("developer", 5, 1), lot_leaf(1, 1, 5, 1, 2, vintage=vintage)]
    return lambda: forged_proofs.bare(("drecs", f"DREC101-{vintage}-1"), entries, leaves, reads)


def given_to(account):
    def apply(model):
        body(model, 5)["trade"].update(to=account)
        event(model, 5, "lots_moved")["created"][0]["owner"] = account
        moved = event(model, 7, "lots_moved")
        body(model, 7).update(account=account)
        for one in moved["consumed"] + moved["created"]:
            one["owner"] = account
        for key, value in model["leaves"]:
            if key[0] in (3, 15) and value.get("owner", value.get("account")) == 6:
                value["owner" if key[0] == 15 else "account"] = account
    return apply


def with_events(index, *more):
    return lambda model: next(
        one for one in model["entries"] if one["index"] == index)["receipt"]["events"].extend(more)


def device_of(effective, **details):
    def apply(model):
        model["subject"] = ("device", f"D12@{effective}")
        model["leaves"][0][0] = b"\5" + u64(12) + u64(effective)
        for one in (leaf(model, 5)["details"],
                    body(model, 6)["register_devices"]["devices"][1]["details"]):
            one.update(details)
    return apply


def founded_in(before, after):
    """The founding document with more around it."""
    def apply(model):
        with_genesis(lambda text: text)(model)
        model["origin"] = "drec"
        model["genesis"] = before.encode() + model["genesis"] + after.encode()
    return apply


NAMED = [
    # The ends of numbers and times.
    (None, "a period without an end", edit(of_redemption, lambda model: body(model, 7)[
        "redeem"].update(period_start=MOST - 1, period_end=MOST))),
    (None, "a period that ends before it begins", edit(of_redemption, lambda model: body(model, 7)[
        "redeem"].update(period_start=BEGIN, period_end=1))),
    (None, "a device of the end of time", edit(of_device, device_of(
        MOST, capacity_watts=MOST, commissioned=MOST))),
    (None, "a head of the end of time", edit(of_drecs, lambda model: model["header"].update(
        time_milliseconds=MOST, height=MOST, view=MOST))),
    (None, "entries of the end of time", edit(of_drecs, both(
        lambda model: model["header"].update(time_milliseconds=MOST, height=MOST),
        lambda model: [one["receipt"].update(time=MOST // 1_000, height=MOST)
                       for one in model["entries"]]))),
    (None, "a device's status below zero", edit(of_device, lambda model: leaf(model, 5).update(
        status=2**64 - 1))),
    ("lineage", "a device's status of 2^31", edit(of_device, lambda model: leaf(model, 5).update(
        status=2**31))),
    (None, "an account's channel below zero", edit(of_account, lambda model: leaf(model, 2).update(
        channel=2**64 - 2**31))),
    ("lineage", "an account's channel of 2^32 - 1", edit(of_account, lambda model: leaf(
        model, 2).update(channel=2**32 - 1))),
    (None, "the first hour that there is", energy_of_old(0, 3_600, 1, 0, 1970)),
    ("energy", "an hour before there was one", energy_of_old(0, 3_600, 1, 3_600, 1970)),
    (None, "a delta of the first hour", energy_of_old(0, 3_600, 2, 0, 1970)),
    (None, "the last hour that there is", energy_of_old(
        LAST_SECOND - 3_600, LAST_SECOND, 1, LAST_SECOND - 3_600, 9999)),
    ("energy", "an hour after the last one", energy_of_old(
        LAST_SECOND - 3_599, LAST_SECOND + 1, 1, LAST_SECOND - 3_599, 9999)),
    ("energy", "a counter after the last hour", energy_of_old(
        LAST_SECOND - 3_599, LAST_SECOND + 1, 3, 0, 9999)),
    ("energy", "a kind of read that there is not", energy_of_old(0, 3_600, 4, 0, 1970)),
    ("energy", "a read of no kind", energy_of_old(0, 3_600, 0, 0, 1970)),
    (None, "an account of number 0", edit(of_drecs, given_to(0))),
    (None, "the last account", edit(of_drecs, given_to(MOST))),
    # Nobody's entry.
    (None, "a founder", of_founder),
    (None, "a founder in an empty log", edit(of_founder, lambda model: model["header"].update(
        log_size=0))),
    ("lineage", "a founder of a number that another has", edit(of_founder, lambda model: model.update(
        subject=("account", "A2")))),
    ("lineage", "one who was registered, as a founder", edit(of_account, both(
        lambda model: model.update(subject=("account", "A1")),
        lambda model: leaf(model, 2).update(registered_at=0)))),
    ("energy", "a founder with an entry", edit(of_account, lambda model: leaf(model, 2).update(
        registered_at=0))),
    # Events that come twice, or with another action's.
    ("lineage", "a trade twice in a receipt", edit(of_drecs, lambda model: with_events(
        5, {"lots_moved": dict(event(model, 5, "lots_moved"))})(model))),
    ("lineage", "a trade that mints", edit(of_drecs, with_events(5, {"energy_placed": {
        "placements_root": bytes(32), "placements_count": 1}}))),
    (None, "a trade that mints twice", edit(of_drecs, with_events(5, *[
        {"energy_placed": {"placements_root": bytes(32), "placements_count": 1}}] * 2))),
    ("lineage", "reads that were accepted twice", edit(of_drecs, with_events(
        2, {"reads_accepted": {"count": 2}}))),
    (None, "a grant", edit(of_drecs, granted())),
    ("energy", "a grant that mints", edit(of_drecs, granted({"energy_placed": {
        "placements_root": bytes(32), "placements_count": 1}}))),
    (None, "a grant that mints twice", edit(of_drecs, granted(*[{"energy_placed": {}}] * 2))),
    ("keys", "a grant twice in a receipt", edit(of_drecs, granted(
        {"delegation_changed": {"account": 5, "delegate": 7, "roles": 6}}))),
    ("keys", "a grant of another role", edit(of_drecs, granted(roles=8))),
    ("keys", "a grant that was ended", edit(of_drecs, both(
        granted(roles=0), lambda model: model["entries"].insert(0, entry(
            0, 5, ["developer"], "change_delegation", {"delegate": 7, "roles": 6},
            [{"delegation_changed": {"account": 5, "delegate": 7, "roles": 6}}]))))),
    ("energy", "an account that mints", edit(of_account, with_events(6, {"energy_placed": {}}))),
    # Lots and ranges.
    ("lineage", "a trade of nothing", edit(of_drecs, lambda model: event(
        model, 5, "lots_moved").update(consumed=[], created=[]))),
    ("lineage", "a rest of a later entry", edit(of_drecs, lambda model: event(
        model, 5, "lots_moved")["created"][1].update(entry=6))),
    ("lineage", "a lot of the same entry", edit(of_drecs, lambda model: event(
        model, 5, "lots_moved")["consumed"][0].update(entry=5))),
    ("lineage", "a lot that is offered", edit(of_drecs, lambda model: leaf(model, 15, 1).update(
        status=2))),
    ("lineage", "ranges that do not ascend", edit(of_redemption, lambda model: body(model, 7)[
        "redeem"].update(ranges=[drecs(3, 3), drecs(2, 2)]))),
    ("lineage", "a range that comes twice", edit(of_redemption, lambda model: body(model, 7)[
        "redeem"].update(ranges=[drecs(3, 3)] * 2))),
    ("lineage", "a range that is not written", edit(of_redemption, lambda model: event(
        model, 7, "lots_moved")["created"][1].update(range=None))),
    ("lineage", "a lot within a lot", edit(of_drecs, lambda model: model["leaves"][4][1].update(
        last=2))),
    ("lineage", "a trade that creates more", edit(of_drecs, lambda model: event(
        model, 5, "lots_moved")["created"].append(lot(5, 5, 5, 1, 3)))),
    # Votes and signatures.
    ("head", "votes that only notarize", edit(of_drecs, lambda model: model["votes"].update(
        tag="drec/vote/notarize/v1"))),
    ("head", "votes in another network", edit(of_drecs, lambda model: model["votes"].update(
        network=bytes(32)))),
    ("head", "a certificate that is too large", edit(of_drecs, lambda model: model["votes"].update(
        block_hash=bytes(8_192)))),
    ("signatures", "a signer twice", edit(of_drecs, lambda model: (
        body(model, 5)["signers"].append(dict(body(model, 5)["signers"][0])),
        model["entries"][2]["signers"].append("developer")))),
    ("signatures", "a signer's key that is none", edit(of_drecs, lambda model: body(model, 5)[
        "signers"].append({"public_key": bytes(31), "nonce": 1}))),
    ("keys", "a sponsor who is no admin", edit(of_account, lambda model: leaf(model, 3).update(
        roles=14))),
    ("keys", "newcomers alone", edit(of_account, lambda model: leaf(model, 3).update(added_at=7))),
    # Parts that are too large.
    ("authorities", "a set that is too large", edit(of_changes, lambda model: model.update(
        sets=[lambda sets: sets[1][0].update(second_key=bytes(65_536))]))),
    ("lineage", "a leaf that is too large", edit(of_account, lambda model: leaf(model, 2).update(
        profile_root=bytes(65_536)))),
    ("log", "a body that is too large", edit(of_redemption, lambda model: body(model, 7)[
        "redeem"].update(purpose="a" * 2**20))),
    ("log", "a receipt that is too large", edit(of_redemption, with_events(
        7, {"event 9": {"1": "a" * 2**20}}))),
    (None, "a large body", edit(of_redemption, lambda model: body(model, 7)[
        "redeem"].update(purpose="a" * (2**20 - 1_024)))),
    ("witnesses", "a note that is too large", edit(of_changes, both(
        renamed("east", "\u00e9" * 11_000), lambda model: model.update(
            names=[NAMES, NAMES[1:] + ["\u00e9" * 11_000], NAMES[:2] + ["\u00e9" * 11_000]],
            note={"signers": [("\u00e9" * 11_000, 4)]})))),
    # What is one key in some versions of Unicode.
    *[("genesis", f"keys that look alike: {key!a}", edit(of_drecs, with_genesis(
        lambda text, key=key: text.replace('"name"', f'{key}: 1, "name"', 1))))
      for key in ('"\U000105c9": 1, "\U000105d2\u0307"', '"a\u0897\u0301": 1, "a\u0301\u0897"',
                  '"\u00e9"', '"\\u00e9"')],
    (None, "a key that is not used", edit(of_drecs, with_genesis(
        lambda text: text.replace('"name"', '"\\u0000~": 1, "name"', 1)))),
    # Blanks around and within the founding document.
    (None, "blanks of JSON", edit(of_drecs, with_genesis(
        lambda text: " \t\r\n" + text.replace(":", "\n:\t") + "\r\n"))),
    *[("genesis", f"around it what is no blank: {text!r}", edit(of_drecs, founded_in(
        text if is_before else "", "" if is_before else text)))
      for text in ("\v", "\f", "\0", "\u00a0", "\u2028", "\ufeff", "{}")
      for is_before in (True, False)],
]


class ForgedHistoryTests(forged_proofs.ForgedProofTests):
    NAMED = NAMED
    test_both_agree_on_what_chance_forges = None


if __name__ == "__main__":
    unittest.main()
