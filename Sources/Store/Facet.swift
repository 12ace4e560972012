import Primitives

/// What items of lists are found by. Numbers are frozen: they are in every file.
///
/// A facet has a value for each item that has it: the number of an enumeration's case, a year, a
/// country's letters as a number, an account's number, or the head of a text's hash.
enum Facet: Int64, CaseIterable {
    case accountKind = 1
    case accountCountry = 2
    case accountStatus = 3
    // Of every revision of a device, past and future ones too: what holds now is looked at.
    case deviceCountry = 10
    case deviceKind = 11
    case deviceOffTaker = 12
    case deviceStatus = 13
    case deviceCommissioned = 14
    case projectOwner = 20
    case projectCountry = 21
    case projectKind = 22
    case projectVintage = 23
    case redemptionAccount = 30
    case redemptionBeneficiary = 31
    case redemptionLocation = 32
    case redemptionVintage = 33
    case redemptionYear = 34
    case retirementAccount = 40
    case retirementReason = 41
    case retirementVintage = 42
    case retirementYear = 43
    case action = 50
}

/// A row of the index of lists.
struct Posting: Hashable {
    let facet: Facet
    let value: Int64
    let item: UInt64

    init(_ facet: Facet, _ value: Int64, _ item: UInt64) {
        self.facet = facet
        self.value = value
        self.item = item
    }

    init(_ facet: Facet, _ value: UInt64, _ item: UInt64) {
        self.init(facet, Int64(bitPattern: value), item)
    }

    /// The value of a text: texts with the same one are told apart by whoever reads them.
    static func value(of text: String) -> Int64 { Digest.sha256(Array(text.utf8)).head }
}

/// What is summed up by a kind, a country or a month. Numbers are frozen.
enum Tally: Int64, CaseIterable {
    case accountsByKind = 1
    case devicesByKind = 2
    case devicesByCountry = 3
    /// Wh; month 0 stands for all that was before the blocks that are here.
    case issuedByMonth = 4
    // kWh.
    case redeemedByMonth = 5
    case retiredByMonth = 6
    /// Wh.
    case issuedByCountry = 7
    // kWh.
    case activeByCountry = 8
    case redeemedByCountry = 9
    case retiredByCountry = 10
}

/// Where a sum is kept.
struct TallyKey: Hashable, Comparable {
    let tally: Tally
    let key: UInt64

    init(_ tally: Tally, _ key: UInt64) {
        self.tally = tally
        self.key = key
    }

    static func < (left: TallyKey, right: TallyKey) -> Bool {
        (left.tally.rawValue, left.key) < (right.tally.rawValue, right.key)
    }
}
