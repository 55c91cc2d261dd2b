import CShims

/// How the C library keeps memory that is free.
enum Memory {
    /// Blocks of this size and more go back to the system when they are freed.
    private static let mappedBytes: Int32 = 64 << 10
    /// What may lie free at the end of the heap.
    private static let trimBytes: Int32 = 128 << 10

    /// Gives memory back as soon as it is free: a poll takes much for a moment, and nothing should remain of it.
    static func returnWhenFree() {
        memory_return_when_free(mappedBytes, trimBytes)
    }

    /// Gives back what starting took: reading the command line and setting libraries up touches more of the program than
    /// all its work afterwards.
    static func forgetStart() {
        memory_forget_program_pages()
    }
}
