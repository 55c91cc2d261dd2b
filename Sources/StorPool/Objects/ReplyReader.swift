/// What reads the reply to one call as it arrives, element by element.
package protocol ReplyReader: ~Copyable {
    /// What `data` is a list of.
    associatedtype Element

    /// Reads the next chunk, handing over what is complete. After an error the reader is of no more use.
    mutating func read(_ chunk: RawSpan, _ handler: borrowing ListHandler<Element>) throws(ReplyError)
    /// Says that the reply ends here; throws when it is not whole, carries an `error`, or has no list as `data`.
    mutating func finish() throws(ReplyError) -> ListSummary
}
