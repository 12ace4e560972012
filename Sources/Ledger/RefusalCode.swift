/// The frozen numbers of refusals: a number is never used again for another reason.
///
/// Hundreds are groups: 1 the envelope, 2 accounts and keys, 3 devices, 4 reads, 5 certificates,
/// 6 governance. The ledger's page lists them all; a test holds page and code together.
package enum RefusalCode: UInt16, CaseIterable, Sendable {
    // The envelope.
    case malformed = 100
    case notCanonical = 101
    case tooLarge = 102
    case wrongVersion = 103
    case wrongNetwork = 104
    case actionMissing = 105
    case channelMissing = 106
    case signersInvalid = 107
    case signatureCountWrong = 108
    case signatureInvalid = 109
    case expired = 110
    case expiresTooLate = 111
    case readsNotBound = 112
    case readsNotExpected = 113
    case nonceUsed = 114
    case nonceTooOld = 115
    case unknownKey = 116
    case keyRemoved = 117
    case overflow = 118
    case textInvalid = 119
    case countInvalid = 120
    case alreadyFinal = 121

    // Accounts and keys.
    case accountUnknown = 200
    case accountNotActive = 201
    case notAuthorised = 202
    case sponsorNotPermitted = 203
    case accountKindInvalid = 204
    case countryInvalid = 205
    case keyInvalid = 206
    case keyInUse = 207
    case newKeyMustSign = 208
    case rolesInvalid = 209
    case adminKeyMissing = 210
    case delegateInvalid = 211
    case takeoverKeyMissing = 212
    case commitmentInvalid = 213
    case alreadySo = 214
    case tooManyKeys = 215
    case accountKindNotPermitted = 216

    // Devices.
    case deviceUnknown = 300
    case deviceForeign = 301
    case deviceClosed = 302
    case deviceKindInvalid = 303
    case fuelNotSolar = 304
    case typeCodeInvalid = 305
    case capacityOutOfRange = 306
    case commissionedInFuture = 307
    case commissioningFixed = 308
    case gridConnectionInvalid = 309
    case positionInvalid = 310
    case positionTooExact = 311
    case externalIDInUse = 312
    case meterInUse = 313
    case effectiveDateInvalid = 314
    case ownershipFixed = 315
    case meterKeyInvalid = 316

    // Reads.
    case windowEmpty = 400
    case windowInFuture = 401
    case windowTooLong = 402
    case windowsOverlap = 403
    case alreadyRecorded = 404
    case beforeCommissioning = 405
    case historyTooOld = 406
    case notHistory = 407
    case notDelta = 408
    case counterLower = 409
    case counterNotLater = 410
    case aboveWindowLimit = 411
    case aboveDayLimit = 412
    case aboveMonthLimit = 413
    case windowStraddlesChange = 414
    case readKindInvalid = 415
    case meterSignatureInvalid = 416
    case startMissing = 417
    case deferredWindowOpen = 418
    case tooManyIntervals = 419

    // Certificates.
    case rangeInvalid = 500
    case rangesNotAscending = 501
    case seriesUnknown = 502
    case beyondMinted = 503
    case notOwner = 504
    case spent = 505
    case tooManyLots = 506
    case recipientInvalid = 507
    case periodInvalid = 508
    case reasonInvalid = 509
    case evidenceUnknown = 510
    case evidenceMinted = 511

    // Governance.
    case parametersInvalid = 600
    case yieldInvalid = 601
    case tooSoon = 602
    case changeExists = 603
    case changeUnknown = 604

    // Authorities.
    case tooManySeats = 605
    case seatUnknown = 606
    case seatChangeInvalid = 607
    case seatUnchanged = 608
    case seatNameInUse = 609
    case setSizeInvalid = 610
    case notShown = 611
    case notCaughtUp = 612
    case tooManyChanges = 613
    case authorityChangeUnknown = 614
    case notAnAuthority = 615
    case alreadyApproved = 616
    case changeFixed = 617
    case voteInvalid = 618
    case votesAgree = 619
    case epochUnknown = 620
    case voteForeign = 621
    case alreadyReported = 622

    /// The case's name, as the interface and the documentation show it.
    package var name: String { String(describing: self) }
}
