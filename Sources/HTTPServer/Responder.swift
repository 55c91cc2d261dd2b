/// The one chance to answer one request, now or from another event later.
///
/// Dropped without an answer, it answers 500 and ends the connection. The request is of no interest any more where the
/// connection is gone; the answer is then dropped.
package final class Responder {
    private weak var connection: Connection?

    init(_ connection: Connection) {
        self.connection = connection
    }

    deinit {
        connection?.fail()
    }

    /// Sends the reply; every call but the first does nothing.
    package func respond(_ response: Response) {
        let connection = connection
        self.connection = nil
        connection?.respond(response)
    }
}
