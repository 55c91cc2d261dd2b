import Inventory
import System

/// Does work of one kind step by step, each in a turn of its own, so that others have theirs between them. Never two at
/// a time.
final class StepRunner<Work: SteppedWork> {
    private let step: DeferredSource
    private typealias Job = (start: () -> Work, completion: (Work.Outcome) -> Void)

    private var work: Work?
    private var completion: ((Work.Outcome) -> Void)?
    /// What is done after that.
    private var next: Job?

    init(loop: EventLoop) throws(SystemError) {
        step = try loop.deferred()
        step.handler = { [unowned self] in advance() }
    }

    /// Does this, after what is still under way and in the place of what waits for that: its `completion` never comes.
    ///
    /// - Parameter start: called when its turn has come, so that it sees what the work before has changed.
    /// - Parameter completion: may come before this returns.
    func run(_ start: @escaping () -> Work, completion: @escaping (Work.Outcome) -> Void) {
        next = (start, completion)
        if work == nil { advance() }
    }

    /// Does all that is left, without a turn for anybody.
    func finish() {
        while advanceOnce() {}
    }

    private func advance() {
        if advanceOnce() { step.arm() }
    }

    /// Does a step; false when nothing is left.
    private func advanceOnce() -> Bool {
        if work == nil, let next {
            (work, completion, self.next) = (next.start(), next.completion, nil)
        }
        if work?.advance() == false, let finished = work, let completion {
            (work, self.completion) = (nil, nil)
            completion(finished.outcome())
        }
        return work != nil || next != nil
    }
}
