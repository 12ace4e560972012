/// The statements by which lists are kept and read, each of which looks into one index.
package enum ListSQL: Int, CaseIterable, Sendable {
    case addPosting, removePosting, postingAfter, postingBefore
    case deviceAfter, entryBefore, firstEntry, accountEntryBefore
    case addTally, forgetTally, tallies
    case lastRun, addRun, extendRun, runBefore, runAfter
    case ownedStretch, stretchInStatus

    package var text: String {
        switch self {
        case .addPosting: "INSERT OR IGNORE INTO posting VALUES (?1, ?2, ?3)"
        case .removePosting: "DELETE FROM posting WHERE facet = ?1 AND value = ?2 AND item = ?3"
        case .postingAfter:
            """
            SELECT item FROM posting WHERE facet = ?1 AND value = ?2 AND item >= ?3
            ORDER BY item LIMIT 1
            """
        case .postingBefore:
            """
            SELECT item FROM posting WHERE facet = ?1 AND value = ?2 AND item <= ?3
            ORDER BY item DESC LIMIT 1
            """
        case .deviceAfter:
            """
            SELECT device FROM account_device WHERE account = ?1 AND device >= ?2
            ORDER BY device LIMIT 1
            """
        case .entryBefore: "SELECT idx FROM entry WHERE idx <= ?1 ORDER BY idx DESC LIMIT 1"
        case .firstEntry: "SELECT idx FROM entry WHERE idx >= ?1 ORDER BY idx LIMIT 1"
        case .accountEntryBefore:
            """
            SELECT entry FROM account_entry WHERE account = ?1 AND entry <= ?2
            ORDER BY entry DESC LIMIT 1
            """
        case .addTally:
            """
            INSERT INTO tally VALUES (?1, ?2, ?3)
            ON CONFLICT DO UPDATE SET value = value + ?3
            """
        case .forgetTally: "DELETE FROM tally WHERE topic = ?1 AND key = ?2 AND value = 0"
        case .tallies: "SELECT key, value FROM tally WHERE topic = ?1 ORDER BY key"
        default: lotText
        }
    }

    /// Those of lots, by what their energy is from and by who holds them.
    private var lotText: String {
        switch self {
        case .lastRun:
            """
            SELECT first, last FROM source_run WHERE \(ListSQL.series)
            ORDER BY first DESC LIMIT 1
            """
        case .addRun: "INSERT INTO source_run VALUES (?1, ?2, ?3, ?4, ?5, ?6)"
        case .extendRun: "UPDATE source_run SET last = ?6 WHERE \(ListSQL.series) AND first = ?5"
        case .runBefore:
            """
            SELECT first, last FROM source_run WHERE \(ListSQL.series) AND first <= ?5
            ORDER BY first DESC LIMIT 1
            """
        case .runAfter:
            """
            SELECT project, vintage, first, last FROM source_run
            WHERE facet = ?1 AND value = ?2 AND (project, vintage, first) > (?3, ?4, ?5)
            ORDER BY project, vintage, first LIMIT 1
            """
        case .ownedStretch:
            """
            SELECT project, vintage, stretch FROM lot_owner
            WHERE owner = ?1 AND status = ?2 AND (project, vintage, stretch) >= (?3, ?4, ?5)
            ORDER BY project, vintage, stretch LIMIT 1
            """
        case .stretchInStatus:
            """
            SELECT project, vintage, stretch FROM lot_status
            WHERE status = ?1 AND (project, vintage, stretch) >= (?2, ?3, ?4)
            ORDER BY project, vintage, stretch LIMIT 1
            """
        default: ""
        }
    }

    private static let series = "facet = ?1 AND value = ?2 AND project = ?3 AND vintage = ?4"
}
