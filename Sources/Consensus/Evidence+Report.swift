import Foundation
import Primitives
package import Wire

extension Evidence {
    /// The two votes as the ledger takes them.
    package var report: ProtoReportDoubleVote {
        var report = ProtoReportDoubleVote()
        report.first = ProtoVote(first)
        report.second = ProtoVote(second)
        return report
    }
}
