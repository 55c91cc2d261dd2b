import Exposition
import System

/// Holds the rendered page about objects, and renders the next one in short steps between other events.
///
/// A page that is too large is discarded, and the previous one stays.
final class PageKeeper {
    /// What is served: the last page that was rendered whole.
    private(set) var page = ObjectsPage.empty

    /// Called with why the page could not be rendered, nil when it is there.
    typealias Completion = (PollFailure?) -> Void

    private typealias Job = (contents: PageContents, completions: [Completion])

    private let step: DeferredSource
    private var renderer: PageRenderer?
    private var completions: [Completion] = []
    /// What is rendered after that.
    private var next: Job?
    private let maximumBytes: Int

    init(
        loop: EventLoop, maximumBytes: Int = PageRenderer.standardMaximumBytes
    ) throws(SystemError) {
        self.maximumBytes = maximumBytes
        step = try loop.deferred()
        step.handler = { [unowned self] in advance() }
    }

    /// Renders a page of these contents after the one that is being rendered, and instead of contents that wait;
    /// `completion` is called when this page or a newer one has been rendered, or is too large.
    func render(_ contents: PageContents, completion: @escaping Completion) {
        next = (contents, (next?.completions ?? []) + [completion])
        if renderer == nil { start() }
    }

    private func start() {
        guard let (contents, completions) = next else { return }
        (next, self.completions) = (nil, completions)
        renderer = PageRenderer(contents, previous: page, maximumBytes: maximumBytes)
        step.arm()
    }

    private func advance() {
        guard renderer?.advance() == false, let renderer else {
            step.arm()
            return
        }
        self.renderer = nil
        let failure = renderer.isTooLarge ? PollFailure.tooLargePage(renderer.maximumBytes) : nil
        if failure == nil { page = renderer.outcome() }
        let completions = completions
        start()
        for completion in completions { completion(failure) }
    }
}
