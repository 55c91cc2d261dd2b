// The effect of each fault on a reply.

extension Fault {
    /// The damage to elements; nil for other kinds of faults.
    var damage: ElementDamage? {
        guard case .element(let kind) = kind else { return nil }
        return ElementDamage(kind: kind, share: share)
    }

    func reply(to answer: Answer, generation: UInt64) -> Reply {
        let length = answer.body.length
        let cut = min(offset ?? length / 2, length)
        var reply = answer.reply
        switch kind {
        case .element, .refuse: break
        case .hang:
            reply = .silence
            reply.ending = .stall
        case .close: reply = .silence
        case .garbage:
            reply = .silence
            reply.head = [0x16, 0x03, 0x01, 0x02, 0x00, 0xFF, 0x00, 0x0A] + [UInt8]("SSH-2.0-nonsense\r\n\r\n".utf8)
        case .delay: reply.delay = wait
        case .slow: reply.rate = rate
        case .stall:
            reply.limit = cut
            reply.ending = .stall
        case .reset:
            reply.limit = cut
            reply.ending = .reset
        case .truncate: reply.limit = cut
        case .wrongLength: reply.head = answer.head(length: String(max(0, length + delta)))
        case .badLength: reply.head = answer.head(length: "many")
        case .noLength: reply.head = answer.head(length: nil)
        case .malformed: reply.patch = (min(cut, max(0, length - 1)), 0x01)
        case .endless:
            reply.repeats = true
            reply.limit = amount
            reply.head = answer.head(length: amount.map(String.init))
        default: reply = changedAnswer(answer, generation: generation).reply
        }
        if case .invalidUTF8 = kind, let offset {
            reply = answer.reply
            reply.patch = (min(offset, max(0, length - 1)), 0xFF)
        }
        return reply
    }

    /// Changes status or body for the faults that do this. Other faults leave the answer unchanged.
    private func changedAnswer(_ answer: Answer, generation: UInt64) -> Answer {
        func status(_ usual: Int) -> Int { self.status == 0 ? usual : self.status }
        let name = name ?? "busy"
        let text = "Simulated failure."
        switch kind {
        case .html:
            var page = Answer(
                status: status(503), body: ReplyBody("<html><body><h1>503 Service Unavailable</h1></body></html>\n"))
            page.contentType = "text/html"
            return page
        case .status: return .error(name, text, status: status(500))
        case .error: return .error(name, text, status: 200)
        case .transient: return .error(name, text, status: status(503), isTransient: true)
        case .errorString: return Answer(body: ReplyBody("{\"error\":\"\(text)\"}"))
        case .badToken: return .badToken
        case .redirect:
            var redirect = Answer(status: status(302), body: ReplyBody(""))
            redirect.location = "/ctrl/1.0/ServicesList"
            return redirect
        case .empty: return Answer(body: ReplyBody(""))
        case .noData: return Answer(body: ReplyBody("{\"generation\":\(generation)}"))
        case .nullData: return .success(generation: generation, data: [UInt8]("null".utf8))
        case .dataNotList: return .success(generation: generation, data: [UInt8]("{\"a\":1}".utf8))
        default: return changedDocument(answer)
        }
    }

    /// Adds to the JSON document for the faults that do this. Other faults leave the answer unchanged.
    private func changedDocument(_ answer: Answer) -> Answer {
        var answer = answer
        switch kind {
        case .invalidUTF8:
            answer.body.insertAfterBrace([UInt8]("\"note\":\"".utf8) + [0xC3, 0x28] + [UInt8]("\",".utf8))
        case .deep:
            let depth = min(amount ?? 100_000, 10_000_000)
            answer.body.insertAfterBrace(
                [UInt8]("\"deep\":".utf8) + [UInt8](repeating: UInt8(ascii: "["), count: depth)
                    + [UInt8](repeating: UInt8(ascii: "]"), count: depth) + [UInt8(ascii: ",")])
        case .trailing: answer.body.append([UInt8]("\n{\"and\":\"more\"}".utf8))
        default: break
        }
        return answer
    }
}
