import CShims
import Glibc

/// The service manager that started this process (`sd_notify(3)`, `sd_listen_fds(3)`).
package enum ServiceManager {
    /// Sends lines such as `READY=1` or `STATUS=…`; does nothing without a service manager.
    package static func notify(_ state: String) {
        unsafe sd_notify(0, state)
    }

    /// Returns the sockets from socket activation, in the order of the socket unit. They are close-on-exec. The caller
    /// must close them.
    ///
    /// Only the first call returns sockets, because it removes the environment variables that announce them.
    package static func inheritedSockets() throws(SystemError) -> [Int32] {
        let count = try SystemError.checkNegated("sd_listen_fds", sd_listen_fds(1))
        return Array(SD_LISTEN_FDS_START..<(SD_LISTEN_FDS_START + count))
    }
}
