/// A transfer under way, cancelled when dropped.
package final class Transfer {
    /// Goes when the transfer is over, with all that curl holds for it.
    private weak var job: Job?
    private weak var client: HTTPClient?

    init(job: Job, client: HTTPClient) {
        self.job = job
        self.client = client
    }

    deinit {
        cancel()
    }

    /// Ends the transfer: neither `body` nor `completion` is called from here on. Harmless once it is over.
    ///
    /// May be called from everywhere on the loop's thread, the transfer's own callbacks included. The connection is
    /// closed before this returns, or in the next turn of the loop where it is called from a `body`.
    package func cancel() {
        if let job { client?.cancel(job) }
    }
}
