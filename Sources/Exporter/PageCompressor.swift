import Exposition
import System

/// Compresses the pieces of a page in short steps.
final class PageCompressor {
    private struct Job {
        let pieces: [[UInt8]]
        let completion: (Result<[GzipPiece], GzipError>) -> Void
        var compressed: [GzipPiece] = []
    }

    private var step: DeferredSource?
    private var jobs: [Job] = []
    private var compressor: GzipCompressor?

    init(loop: EventLoop) throws(SystemError) {
        step = try loop.deferred(priority: .normal) { [weak self] in self?.advance() }
    }

    func compress(_ pieces: [[UInt8]], completion: @escaping (Result<[GzipPiece], GzipError>) -> Void) {
        jobs.append(Job(pieces: pieces, completion: completion))
        step?.arm()
    }

    func compress(_ bytes: [UInt8]) throws(GzipError) -> GzipPiece {
        try ready().compress(bytes)
    }

    private func advance() {
        guard !jobs.isEmpty else { return compressor = nil }
        step?.arm()
        do throws(GzipError) {
            let next = jobs[0].compressed.count
            if next < jobs[0].pieces.count {
                jobs[0].compressed.append(try ready().compress(jobs[0].pieces[next]))
            } else {
                let job = jobs.removeFirst()
                job.completion(.success(job.compressed))
            }
        } catch {
            jobs.removeFirst().completion(.failure(error))
        }
    }

    private func ready() throws(GzipError) -> GzipCompressor {
        if let compressor { return compressor }
        let new = try GzipCompressor(level: 3)
        compressor = new
        return new
    }
}
