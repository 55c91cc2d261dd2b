import Exposition
import System

/// Compresses the chunks of a page in short steps, each at most once: what is compressed of a chunk stays with it, for
/// both formats and for the next page that holds the same chunk.
final class PageCompressor {
    /// Fast, and a page of so many like lines is small all the same.
    private static let level = 3

    /// What a chunk holds of itself.
    private final class Compressed {
        let piece: GzipPiece

        init(_ piece: GzipPiece) { self.piece = piece }
    }

    private struct Job {
        let chunks: [PageChunk]
        let completion: (Result<[GzipPiece], GzipError>) -> Void
        var next = 0
    }

    private let step: DeferredSource
    private var jobs: [Job] = []
    /// Lives while there is something to do: its state is larger than most pages.
    private var compressor: GzipCompressor?

    init(loop: EventLoop) throws(SystemError) {
        step = try loop.deferred(priority: .normal)
        step.handler = { [unowned self] in advance() }
    }

    /// The compressed pieces of these chunks, at once when they are there, else in a later turn of the loop.
    func compress(_ chunks: [PageChunk], completion: @escaping (Result<[GzipPiece], GzipError>) -> Void) {
        if chunks.allSatisfy({ Self.piece(of: $0) != nil }) {
            return completion(.success(chunks.compactMap(Self.piece)))
        }
        jobs.append(Job(chunks: chunks, completion: completion))
        step.arm()
    }

    /// Compresses bytes that are of no use twice.
    func compress(_ bytes: [UInt8]) throws(GzipError) -> GzipPiece {
        try ready().compress(bytes)
    }

    private func advance() {
        guard var job = jobs.first else { return compressor = nil }
        do {
            while job.next < job.chunks.count, Self.piece(of: job.chunks[job.next]) != nil { job.next += 1 }
            if job.next < job.chunks.count {
                let chunk = job.chunks[job.next]
                chunk.derived = Compressed(try ready().compress(chunk.bytes))
                job.next += 1
            }
        } catch {
            jobs.removeFirst()
            step.arm()
            return job.completion(.failure(error))
        }
        step.arm()
        if job.next < job.chunks.count {
            jobs[0] = job
        } else {
            jobs.removeFirst()
            job.completion(.success(job.chunks.compactMap(Self.piece)))
        }
    }

    private func ready() throws(GzipError) -> GzipCompressor {
        if let compressor { return compressor }
        let new = try GzipCompressor(level: Self.level)
        compressor = new
        return new
    }

    private static func piece(of chunk: PageChunk) -> GzipPiece? { (chunk.derived as? Compressed)?.piece }
}
