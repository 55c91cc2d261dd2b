import Exporter
import StorPool

extension ClusterReading {
    /// Reads the cluster for `check` and `list`. If that fails, prints the reason and throws `Exit.unreadable`.
    static func read(
        _ options: PollOptions, _ log: Log, keeping keeps: @escaping (StorPoolObject) -> Bool
    ) throws -> ClusterReading {
        do throws(ReadingError) {
            let reading = try OneShotPoll.read(options, log: log, keeping: keeps)
            if reading.malformed > 0 {
                log.write(.warn, "left out list elements that could not be read: \(reading.malformed)")
            }
            return reading
        } catch {
            StandardError.write(error.description)
            throw Exit.unreadable
        }
    }
}
