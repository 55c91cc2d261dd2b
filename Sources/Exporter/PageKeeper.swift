import EventLoop
import Exposition

/// Holds the rendered page about objects, and renders the next one in short steps between other events.
final class PageKeeper {
    /// What is served: the last page that was rendered whole.
    private(set) var page = ObjectsPage.empty

    private typealias Job = (contents: PageContents, completions: [() -> Void])

    private var step: DeferredSource?
    private var renderer: PageRenderer?
    private var completions: [() -> Void] = []
    /// What is rendered after that.
    private var next: Job?

    init(loop: EventLoop) throws(SystemError) {
        step = try loop.deferred { [weak self] in self?.advance() }
    }

    /// Renders a page of these contents, after the rendering that is under way and in the place of those that wait for
    /// that; `completion` comes when a page at least as new is there.
    func render(_ contents: PageContents, completion: @escaping () -> Void) {
        next = (contents, (next?.completions ?? []) + [completion])
        if renderer == nil { start() }
    }

    private func start() {
        guard let (contents, completions) = next else { return }
        (next, self.completions) = (nil, completions)
        renderer = PageRenderer(contents, previous: page)
        step?.arm()
    }

    private func advance() {
        guard renderer?.advance() == false, let renderer else {
            step?.arm()
            return
        }
        page = renderer.outcome()
        self.renderer = nil
        let completions = completions
        start()
        for completion in completions { completion() }
    }
}
