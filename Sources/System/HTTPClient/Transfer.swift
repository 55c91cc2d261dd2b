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

    /// Ends the transfer: no callback is called any more. Does nothing after its end.
    ///
    /// May be called from the transfer's own callbacks. Called from `body`, the connection is closed in the next turn of
    /// the loop, otherwise at once.
    package func cancel() {
        if let transfer { client?.cancel(transfer) }
    }
}
