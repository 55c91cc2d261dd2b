/// A running transfer. Dropping it cancels it.
package final class Transfer {
    private weak var transfer: CurlTransfer?
    private weak var client: HTTPClient?

    init(_ transfer: CurlTransfer, _ client: HTTPClient) {
        self.transfer = transfer
        self.client = client
    }

    deinit {
        cancel()
    }

    /// Ends the transfer: no further callback is called. Does nothing if the transfer has ended.
    ///
    /// May be called from the transfer's own callbacks. Closes the connection at once or, if called from a `body`
    /// callback, in the next turn of the loop.
    package func cancel() {
        if let transfer { client?.cancel(transfer) }
    }
}
