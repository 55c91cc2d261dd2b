/// Work cut into steps short enough to let others have their turn.
package protocol SteppedWork {
    /// What comes of it.
    associatedtype Outcome

    /// Does the next step; false when nothing is left to do.
    mutating func advance() -> Bool

    /// What came of it, after ``advance()`` has said that nothing is left.
    consuming func outcome() -> Outcome
}

extension SteppedWork {
    /// What comes of it, where nobody else waits for a turn.
    package consuming func run() -> Outcome {
        while advance() {}
        return outcome()
    }
}
