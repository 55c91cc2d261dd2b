import HTTPServer
import TestSupport
import Testing

func outcomes(of text: String, limits: MessageLimits = MessageLimits()) -> [RequestParser.Outcome] {
    outcomes(of: [Array(text.utf8)], limits: limits)
}

func requests(in text: String) -> [Request] {
    outcomes(of: text).compactMap { outcome in
        if case .request(let request) = outcome { request } else { nil }
    }
}

/// The failure that ends parsing; nil if there is none.
func failure(of text: String, limits: MessageLimits = MessageLimits()) -> RequestFailure? {
    if case .failure(let failure)? = outcomes(of: text, limits: limits).last { failure } else { nil }
}

/// A request with a description.
struct Sample: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let text: String

    init(_ description: String, _ text: String) {
        testDescription = description
        self.text = text
    }
}
