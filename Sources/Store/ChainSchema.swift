import GRDB
import Ledger
import Wire

/// The tables of `chain.sqlite`. A new version adds a migration; none is ever edited.
enum ChainSchema {
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1: chain, log, state, read models") { db in
            for statement in tables { try db.execute(sql: statement) }
        }
        migrator.registerMigration("2: detached reads apart, blocks by hash, lots by status") {
            db in
            for statement in second { try db.execute(sql: statement) }
        }
        migrator.registerMigration("totals by status") { db in
            try totalsByStatus(ChainAccess(db))
        }
        migrator.registerMigration("authority transitions") { db in
            // The last block of each epoch. No older program knew of a second epoch.
            try db.execute(
                sql: """
                    CREATE TABLE transition (
                        epoch INTEGER PRIMARY KEY, header BLOB NOT NULL,
                        finalization BLOB NOT NULL, authorities BLOB NOT NULL) STRICT
                    """)
        }
        migrator.registerMigration("lots by stretches") { db in
            for statement in stretches { try db.execute(sql: statement) }
            try ChainAccess(db).indexAllLots()
        }
        migrator.registerMigration("double votes that were seen") { db in
            // What this node saw itself, and no block tells: no part of what is derived.
            try db.execute(
                sql: """
                    CREATE TABLE double_vote (
                        epoch INTEGER NOT NULL, view INTEGER NOT NULL, seat INTEGER NOT NULL,
                        fault TEXT NOT NULL, seen INTEGER NOT NULL, votes BLOB NOT NULL,
                        PRIMARY KEY (epoch, view, seat, fault)) STRICT, WITHOUT ROWID
                    """)
        }
        migrator.registerMigration("lists by what items are") { db in
            for statement in lists { try db.execute(sql: statement) }
            try ChainAccess(db).indexLists()
        }
        return migrator
    }

    /// Sums up the series once; from then on each block adds its own.
    private static func totalsByStatus(_ access: ChainAccess) throws {
        let series = try access.leaves(
            from: StateKey(.series), upTo: StateKey(.series, .max, .max), limit: .max
        ).map { try access.decode(ProtoSeriesValue.self, $0.value, $0.key) }
        guard !series.isEmpty else { return }
        for (name, value) in [
            ("active", series.reduce(0) { $0 + $1.active }),
            ("redeemed", series.reduce(0) { $0 + $1.redeemed }),
            ("retired", series.reduce(0) { $0 + $1.retired }),
        ] {
            try access.run(
                "INSERT INTO total VALUES (?, ?)", [name, Int64(bitPattern: value)])
        }
    }

    /// Tables that are a function of the blocks alone, in the order in which they are compared.
    static let derived = [
        "state", "bucket", "log_tile", "entry", "block", "transition", "read", "placement",
        "account_entry", "lot_owner", "lot_status", "account_device", "device_total", "total",
        "profile_root", "posting", "source_run", "tally",
    ]

    /// Read models: what queries need beyond chain, log and state.
    static let readModels = [
        "read", "placement", "account_entry", "lot_owner", "lot_status", "account_device",
        "device_total", "total", "profile_root", "posting", "source_run", "tally",
    ]

    private static let tables = [
        // What the chain is: network, depth of the tree, edge of the log.
        "CREATE TABLE meta (name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID",
        """
        CREATE TABLE block (
            height INTEGER PRIMARY KEY, hash BLOB NOT NULL, header BLOB NOT NULL,
            finalization BLOB NOT NULL, first_entry INTEGER NOT NULL) STRICT
        """,
        // id_head is the first 8 bytes of the id: a small index serves look-ups by id.
        """
        CREATE TABLE entry (
            idx INTEGER PRIMARY KEY, id BLOB NOT NULL, id_head INTEGER NOT NULL,
            height INTEGER NOT NULL, bytes BLOB NOT NULL, receipt BLOB NOT NULL) STRICT
        """,
        "CREATE INDEX entry_by_id ON entry (id_head)",
        // Tiles of 256 hashes, the last one of each level partial.
        """
        CREATE TABLE log_tile (
            level INTEGER NOT NULL, idx INTEGER NOT NULL, hashes BLOB NOT NULL,
            PRIMARY KEY (level, idx)) STRICT, WITHOUT ROWID
        """,
        "CREATE TABLE state (key BLOB PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID",
        // place = 2^depth + index: buckets of two depths never share a number.
        """
        CREATE TABLE bucket (
            place INTEGER PRIMARY KEY, root BLOB NOT NULL, entries BLOB NOT NULL) STRICT
        """,
        """
        CREATE TABLE read (
            device INTEGER NOT NULL, start INTEGER NOT NULL, end INTEGER NOT NULL,
            wh INTEGER NOT NULL, kind INTEGER NOT NULL, entry INTEGER NOT NULL,
            row INTEGER NOT NULL, PRIMARY KEY (device, start)) STRICT, WITHOUT ROWID
        """,
        """
        CREATE TABLE placement (
            project INTEGER NOT NULL, vintage INTEGER NOT NULL, offset INTEGER NOT NULL,
            length INTEGER NOT NULL, device INTEGER NOT NULL, start INTEGER NOT NULL,
            entry INTEGER NOT NULL,
            PRIMARY KEY (project, vintage, offset)) STRICT, WITHOUT ROWID
        """,
        """
        CREATE TABLE account_entry (
            account INTEGER NOT NULL, entry INTEGER NOT NULL,
            PRIMARY KEY (account, entry)) STRICT, WITHOUT ROWID
        """,
        """
        CREATE TABLE lot_owner (
            owner INTEGER NOT NULL, status INTEGER NOT NULL, project INTEGER NOT NULL,
            vintage INTEGER NOT NULL, first INTEGER NOT NULL,
            PRIMARY KEY (owner, status, project, vintage, first)) STRICT, WITHOUT ROWID
        """,
        """
        CREATE TABLE account_device (
            account INTEGER NOT NULL, device INTEGER NOT NULL,
            PRIMARY KEY (account, device)) STRICT, WITHOUT ROWID
        """,
        """
        CREATE TABLE device_total (
            device INTEGER PRIMARY KEY, wh INTEGER NOT NULL, reads INTEGER NOT NULL) STRICT
        """,
        // Every root that an account has ever committed to, for itself or a device.
        """
        CREATE TABLE profile_root (
            root BLOB NOT NULL, account INTEGER NOT NULL,
            PRIMARY KEY (root, account)) STRICT, WITHOUT ROWID
        """,
        "CREATE TABLE total (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID",
    ]

    private static let second = [
        // The end of the bytes, from the detached reads on; a list of transactions or a walk back
        // never loads it.
        "ALTER TABLE entry ADD COLUMN reads BLOB NOT NULL DEFAULT x''",
        "CREATE UNIQUE INDEX block_by_hash ON block (hash)",
        "CREATE INDEX lot_by_status ON lot_owner (status, project, vintage, first)",
    ]
    /// How many lots begin in each stretch of serials, by owner and status, and by status alone.
    private static let stretches = [
        "DROP TABLE lot_owner",
        """
        CREATE TABLE lot_owner (
            owner INTEGER NOT NULL, status INTEGER NOT NULL, project INTEGER NOT NULL,
            vintage INTEGER NOT NULL, stretch INTEGER NOT NULL, lots INTEGER NOT NULL,
            PRIMARY KEY (owner, status, project, vintage, stretch)) STRICT, WITHOUT ROWID
        """,
        """
        CREATE TABLE lot_status (
            status INTEGER NOT NULL, project INTEGER NOT NULL, vintage INTEGER NOT NULL,
            stretch INTEGER NOT NULL, lots INTEGER NOT NULL,
            PRIMARY KEY (status, project, vintage, stretch)) STRICT, WITHOUT ROWID
        """,
    ]

    private static let lists = [
        // Which items of lists have which value of a facet.
        """
        CREATE TABLE posting (
            facet INTEGER NOT NULL, value INTEGER NOT NULL, item INTEGER NOT NULL,
            PRIMARY KEY (facet, value, item)) STRICT, WITHOUT ROWID
        """,
        // Runs of D-RECs each of which has energy from a device with the facet's value; the runs of
        // a value and a series neither meet nor touch.
        """
        CREATE TABLE source_run (
            facet INTEGER NOT NULL, value INTEGER NOT NULL, project INTEGER NOT NULL,
            vintage INTEGER NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL,
            PRIMARY KEY (facet, value, project, vintage, first)) STRICT, WITHOUT ROWID
        """,
        // Sums by kind, country and month; none is 0.
        """
        CREATE TABLE tally (
            topic INTEGER NOT NULL, key INTEGER NOT NULL, value INTEGER NOT NULL,
            PRIMARY KEY (topic, key)) STRICT, WITHOUT ROWID
        """,
    ]
}
