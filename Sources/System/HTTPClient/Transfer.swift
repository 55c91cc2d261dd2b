/// A running transfer. Dropping this object cancels the transfer.
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

    /// Ends the transfer. No further callback is called. Does nothing if the transfer has already ended.
    ///
    /// May be called from the transfer's own callbacks. Closes the connection at once or, from a `body` callback, in a
    /// later turn of the loop.
    package func cancel() {
        if let transfer { client?.cancel(transfer) }
    }
}
