import Exposition
import System

/// Holds the rendered page about objects.
final class PageKeeper {
    private(set) var page: ObjectsPage?

    typealias Completion = (PollFailure?) -> Void

    private var step: DeferredSource?
    private var next: (contents: PageContents, completions: [Completion])?
    private let maximumBytes: Int

    init(loop: EventLoop, maximumBytes: Int = ObjectsPage.standardMaximumBytes) throws(SystemError) {
        self.maximumBytes = maximumBytes
        step = try loop.deferred { [weak self] in self?.render() }
    }

    func render(_ contents: PageContents, completion: @escaping Completion) {
        next = (contents, (next?.completions ?? []) + [completion])
        step?.arm()
    }

    private func render() {
        guard let (contents, completions) = next else { return }
        next = nil
        var failure: PollFailure?
        do throws(PageTooLarge) {
            page = nil
            page = try ObjectsPage(contents, maximumBytes: maximumBytes)
        } catch {
            failure = .tooLargePage(error.maximumBytes)
        }
        for completion in completions { completion(failure) }
    }
}
