extension RefusalCode {
    /// One English sentence that says what is wrong.
    package var sentence: String {
        switch rawValue / 100 {
        case 1: envelopeSentence
        case 2: accountSentence
        case 3: deviceSentence
        case 4: readSentence
        case 5: certificateSentence
        default: governanceSentence
        }
    }

    private var envelopeSentence: String {
        switch self {
        case .malformed: "The bytes are not a transaction."
        case .notCanonical: "The transaction is not written in the canonical encoding."
        case .tooLarge: "The transaction exceeds a size limit."
        case .wrongVersion: "The format version is not known."
        case .wrongNetwork: "The transaction was made for another network."
        case .actionMissing: "The transaction asks for nothing, or for something unknown."
        case .channelMissing: "The channel by which the data was captured is missing."
        case .signersInvalid: "There must be 1 to 64 signers, each key named once."
        case .signatureCountWrong: "There must be one signature of 64 bytes for each signer."
        case .signatureInvalid: "A signature does not match its key and the body."
        case .expired: "The transaction's time is over."
        case .expiresTooLate: "The transaction may be valid for at most 24 hours."
        case .readsNotBound: "The reads do not match the root and the count in the body."
        case .readsNotExpected: "Reads are attached to an action that takes none, or are missing."
        case .nonceUsed: "The key has used this nonce."
        case .nonceTooOld: "The nonce lies more than 1023 below the key's highest one."
        case .unknownKey: "A signing key is not registered."
        case .keyRemoved: "A signing key was removed."
        case .overflow: "A number would exceed 64 bits."
        case .textInvalid: "A text is too long, empty, or has control characters."
        case .countInvalid: "A list has too few or too many items."
        default: "The transaction is final already."
        }
    }

    private var accountSentence: String {
        switch self {
        case .accountUnknown: "The account does not exist."
        case .accountNotActive: "The account is not active."
        case .notAuthorised: "No signer may do this for the account."
        case .sponsorNotPermitted: "Accounts of this kind cannot sponsor others."
        case .accountKindInvalid: "The kind of account is missing or cannot be registered."
        case .countryInvalid: "The country must be three letters of ISO 3166-1 alpha-3."
        case .keyInvalid: "The key is not an Ed25519 key in the prime-order subgroup."
        case .keyInUse: "The key is registered already; a key is registered once for all time."
        case .newKeyMustSign: "A new key must be among the signers."
        case .rolesInvalid: "The roles are missing or unknown."
        case .adminKeyMissing: "The account would be left without an admin key."
        case .delegateInvalid: "The delegate must be another active account, with roles to act in."
        case .takeoverKeyMissing: "The takeover key did not sign, or the account has none."
        case .commitmentInvalid: "A commitment must be 32 bytes, or absent."
        case .alreadySo: "The account is so already."
        case .tooManyKeys: "The account has as many keys or delegates as it may have."
        default: "Accounts of this kind cannot do this."
        }
    }

    private var deviceSentence: String {
        switch self {
        case .deviceUnknown: "The device does not exist."
        case .deviceForeign: "The device belongs to another account."
        case .deviceClosed: "The device is closed at that time."
        case .deviceKindInvalid:
            "The kind of device is missing, or needs the initiative's signature."
        case .fuelNotSolar: "Only solar devices (ES100) are eligible."
        case .typeCodeInvalid: "The device type must be one of TC110 to TC150."
        case .capacityOutOfRange: "The capacity must be 1 W to 250000 W."
        case .commissionedInFuture: "The commissioning date is missing or lies in the future."
        case .commissioningFixed: "The commissioning date cannot change once a read was accepted."
        case .gridConnectionInvalid: "Grid connection, off-taker or data source is missing."
        case .positionInvalid: "The position must lie within 90 and 180 degrees."
        case .positionTooExact: "Homes and devices below 10 kW are placed to half a degree."
        case .externalIDInUse: "The owner has a device with this external id."
        case .meterInUse: "The meter belongs to another active device."
        case .effectiveDateInvalid: "The effective date lies before an accepted read or a revision."
        case .ownershipFixed: "Owner and country of a device cannot change."
        default: "The meter's key is not a valid Ed25519 key."
        }
    }

    private var readSentence: String {
        switch self {
        case .windowEmpty: "The window is empty or reversed."
        case .windowInFuture: "The window ends after the block's time."
        case .windowTooLong: "The window is longer than 366 days."
        case .windowsOverlap: "The window overlaps one that was recorded for the device."
        case .alreadyRecorded: "This very read was recorded before."
        case .beforeCommissioning: "The window starts before the device was commissioned."
        case .historyTooOld: "The window starts before the network's history limit."
        case .notHistory: "A history read must start before the device's registration."
        case .notDelta: "A delta read must not start before the device's registration."
        case .counterLower: "The counter is lower than the last one; a new meter needs a handover."
        case .counterNotLater: "The counter was read no later than the last one."
        case .aboveWindowLimit: "The energy exceeds what the nameplate allows in the window."
        case .aboveDayLimit: "The energy exceeds the ceiling of a UTC day."
        case .aboveMonthLimit: "The energy exceeds the ceiling of a UTC month."
        case .windowStraddlesChange: "The window straddles a change of the device's capacity."
        case .readKindInvalid: "The kind of read must be history, delta or aggregate."
        case .meterSignatureInvalid: "The meter's signature does not match its key and the read."
        case .startMissing: "There is no earlier delta whose end could be the start."
        case .tooManyIntervals: "The device's month has as many separate intervals as it may have."
        default: "A deferred read must state its own window."
        }
    }

    private var certificateSentence: String {
        switch self {
        case .rangeInvalid: "The range is empty, reversed or starts below 1."
        case .rangesNotAscending: "Ranges must ascend and must not overlap."
        case .seriesUnknown: "No D-REC was issued for this project and year."
        case .beyondMinted: "The range ends beyond the D-RECs that were minted."
        case .notOwner: "The account does not own all of the range."
        case .spent: "A part of the range is redeemed, retired or locked."
        case .tooManyLots: "The transaction would consume more than 1024 lots."
        case .recipientInvalid: "The recipient must be an active account."
        case .periodInvalid: "The period is empty, reversed or not yet begun."
        case .reasonInvalid: "The reason for the retirement is missing or unknown."
        case .evidenceUnknown: "There is no such deferred evidence of this account."
        default: "The evidence was minted already."
        }
    }

    private var governanceSentence: String {
        switch self {
        case .parametersInvalid: "A parameter lies outside of its bounds."
        case .yieldInvalid: "The yield, its monthly factors or its source are out of bounds."
        case .tooSoon: "The effective time lies before the network's minimum delay."
        case .changeExists: "A change for this time exists."
        case .changeUnknown: "There is no pending change for this time."
        case .tooManySeats: "More seats would change at once than may."
        case .seatUnknown: "The set has no seat of this name."
        case .seatChangeInvalid: "A change names a seat, a newcomer or both, and no seat twice."
        case .seatUnchanged: "The change would leave the seat as it is."
        case .seatNameInUse: "Two seats would have the same name."
        case .setSizeInvalid: "There must be 1 to 50 authorities."
        case .notShown: "The newcomer has not shown these keys, or too long ago."
        case .notCaughtUp: "The named block is not one of the last 10000."
        case .tooManyChanges: "As many authority changes are open as may be."
        case .authorityChangeUnknown: "There is no open authority change of this number."
        case .notAnAuthority: "The account holds no seat of the present set."
        case .alreadyApproved: "The account has approved the change already."
        case .changeFixed: "The end of the epoch is fixed, and with it the change."
        case .voteInvalid: "A vote lacks a field or has one that its kind has not."
        case .votesAgree: "The votes are not two of one authority that contradict each other."
        case .epochUnknown: "There was no such epoch yet."
        case .voteForeign: "A vote is not signed by that authority of that epoch in this network."
        default: "A double vote of this authority in this epoch is on record already."
        }
    }
}
