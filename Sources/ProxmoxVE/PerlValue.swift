/// How Perl, in which StorPool's plugin is written, reads a tag.
extension Optional where Wrapped == String {
    /// Absent or the empty text.
    var isAbsent: Bool { self?.isEmpty ?? true }

    /// Present and not the empty text, `0` included.
    var isPresent: Bool { !isAbsent }

    /// Perl truth: anything but absent, the empty text and `0`; `00`, `false` and a space are true.
    var isTrue: Bool {
        guard let self else { return false }
        return !self.isEmpty && self != "0"
    }
}
