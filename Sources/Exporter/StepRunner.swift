import EventLoop
import Inventory

/// Does work of one kind step by step, each in a turn of its own, so that others have theirs between them.
final class StepRunner<Work: SteppedWork> {
    private var step: DeferredSource?
    private var work: Work?
    private var completion: ((Work.Outcome) -> Void)?

    init(loop: EventLoop) throws(SystemError) {
        step = try loop.deferred { [weak self] in self?.advance() }
    }

    /// Does this next; what is still under way is finished at once. `completion` may come before this returns.
    func run(_ work: Work, completion: @escaping (Work.Outcome) -> Void) {
        finish()
        (self.work, self.completion) = (work, completion)
        advance()
    }

    /// Does all that is left, without a turn for anybody.
    func finish() {
        while work != nil { advanceOnce() }
    }

    private func advance() {
        advanceOnce()
        if work != nil { step?.arm() }
    }

    private func advanceOnce() {
        guard work?.advance() == false, let finished = work, let completion else { return }
        (work, self.completion) = (nil, nil)
        completion(finished.outcome())
    }
}
