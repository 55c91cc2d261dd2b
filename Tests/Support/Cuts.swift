/// Splits the text into single bytes and, in all possible ways, into two pieces. Splits a text of at most 24 bytes also
/// into three pieces in all possible ways.
package func cuts(of text: [UInt8]) -> [[[UInt8]]] {
    var all = [text.map { [$0] }, [[], text, []]]
    for cut in 0...text.count { all.append([Array(text[..<cut]), Array(text[cut...])]) }
    guard text.count <= 24 else { return all }
    for first in 0...text.count {
        for second in first...text.count {
            all.append([Array(text[..<first]), Array(text[first..<second]), Array(text[second...])])
        }
    }
    return all
}
