import Exporter
import StorPool

/// The look at the cluster that `check` and `list` share.
enum Look {
    /// Looks, or says why not and ends with 2.
    static func take(
        _ options: PollOptions, _ log: Log, keeping keeps: @escaping (StorPoolObject) -> Bool
    ) throws -> ClusterPicture {
        do throws(ClusterLookError) {
            let picture = try ClusterLook.take(options, log: log, keeping: keeps)
            if picture.malformed > 0 {
                log.write(.warn, "elements of the lists that could not be read and are left out: \(picture.malformed)")
            }
            return picture
        } catch {
            StandardError.write(error.description)
            throw Exit.blind
        }
    }
}
