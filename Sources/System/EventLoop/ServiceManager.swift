import CShims
import Glibc

/// What a service tells its manager and gets from it (`sd_notify(3)`, `sd_listen_fds(3)`).
package enum ServiceManager {
    /// Sends lines such as `READY=1` or `STATUS=…`. Without a manager that listens, or when it fails, nothing happens.
    package static func notify(_ state: String) {
        sd_notify(0, state)
    }

    /// The sockets of socket activation, in the order of the socket unit; empty when started otherwise.
    ///
    /// Each is non-blocking and close-on-exec, and the caller's to close. The environment variables about them are
    /// removed, so that only the first call returns any.
    package static func inheritedSockets() throws(SystemError) -> [Int32] {
        let count = try SystemError.checkNegated("sd_listen_fds", sd_listen_fds(1))
        var sockets: [Int32] = []
        for descriptor in SD_LISTEN_FDS_START..<(SD_LISTEN_FDS_START + count) {
            let flags = try SystemError.check("fcntl \(descriptor)") { fcntl(descriptor, F_GETFL) }
            try SystemError.check("fcntl \(descriptor)") { fcntl(descriptor, F_SETFL, flags | O_NONBLOCK) }
            sockets.append(descriptor)
        }
        return sockets
    }

    /// Whether the manager expects regular signs of life (`WatchdogSec=`).
    package static var startedWithWatchdog: Bool {
        sd_watchdog_enabled(0, nil) > 0
    }
}
