import Foundation

/// Why a file or a stream cannot be used, in the system's words.
enum SystemReason {
    static func of(_ error: any Error) -> String {
        let error = error as NSError
        let cause = error.userInfo[NSUnderlyingErrorKey] as? NSError ?? error
        if cause.domain == NSPOSIXErrorDomain, let code = Int32(exactly: cause.code) {
            return String(cString: strerror(code))
        }
        switch CocoaError.Code(rawValue: error.code) {
        case .fileNoSuchFile, .fileReadNoSuchFile: return String(cString: strerror(ENOENT))
        case .fileReadNoPermission, .fileWriteNoPermission:
            return String(cString: strerror(EACCES))
        case .fileWriteFileExists: return String(cString: strerror(EEXIST))
        case .fileReadUnknown: return "it cannot be read"
        case .fileWriteUnknown: return "it cannot be written"
        default: return error.localizedDescription
        }
    }
}
