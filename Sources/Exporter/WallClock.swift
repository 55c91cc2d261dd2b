import Glibc

/// The system's clock, which can be set back.
enum WallClock {
    /// Unix seconds.
    static var seconds: UInt64 { microseconds / 1_000_000 }

    /// Unix microseconds; 0 before 1970.
    static var microseconds: UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        guard time.tv_sec > 0 else { return 0 }
        return UInt64(time.tv_sec) * 1_000_000 + UInt64(time.tv_nsec) / 1_000
    }
}
