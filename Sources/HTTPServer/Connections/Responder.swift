/// Answers one request, at once or from a later event.
///
/// If the responder is dropped without an answer, the client gets status 500 and the connection is closed. If the
/// connection has been closed in the meantime, the answer is discarded.
package final class Responder {
    private weak var connection: Connection?

    init(_ connection: Connection) {
        self.connection = connection
    }

    deinit {
        connection?.respond(Response(status: .internalServerError), keepsAlive: false)
    }

    /// Sends the reply. Only the first call has an effect.
    package func respond(_ response: Response) {
        let connection = connection
        self.connection = nil
        connection?.respond(response)
    }
}
