package import HTTPServer

/// The requests that the parser reads from the pieces. The final outcome is the failure, if parsing failed.
package func outcomes(of pieces: [[UInt8]], limits: MessageLimits = MessageLimits()) -> [RequestParser.Outcome] {
    var parser = RequestParser(limits: limits)
    var outcomes: [RequestParser.Outcome] = []
    for piece in pieces {
        var rest = piece
        while !rest.isEmpty {
            let (taken, outcome) = parser.consume(rest.span)
            if outcome == .incomplete { break }
            outcomes.append(outcome)
            if case .failure = outcome { return outcomes }
            rest.removeFirst(taken)
        }
    }
    return outcomes
}
