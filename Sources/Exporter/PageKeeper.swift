import EventLoop
import Exposition

/// Holds the rendered page about objects, and renders the next one in short steps between other events.
final class PageKeeper {
    /// What is served: the last page that was rendered whole.
    private(set) var page = ObjectsPage.empty

    private var step: DeferredSource?
    private var renderer: PageRenderer?
    private var completions: [() -> Void] = []

    init(loop: EventLoop) throws(SystemError) {
        step = try loop.deferred { [weak self] in self?.advance() }
    }

    /// Renders a page of these contents. A rendering that is under way is given up for it; every completion comes when
    /// the page that replaces it is there.
    func render(_ contents: PageContents, completion: @escaping () -> Void) {
        completions.append(completion)
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
        self.completions = []
        for completion in completions { completion() }
    }
}
