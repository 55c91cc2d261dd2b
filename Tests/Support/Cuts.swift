/// All ways to split the text into two pieces, and into three if it has at most 24 bytes; also into single bytes.
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
