import Glibc

/// The file that a Unix socket is bound to.
struct SocketFile {
    private let path: String
    private let device: dev_t
    private let inode: ino_t
    /// Permission bits.
    let mode: UInt32

    /// Nil if there is no socket at the path.
    init?(path: String) {
        var status = stat()
        guard unsafe lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFSOCK else { return nil }
        self.path = path
        device = status.st_dev
        inode = status.st_ino
        mode = status.st_mode & 0o777
    }

    /// Removes the file unless another file has replaced it.
    func remove() {
        guard let now = SocketFile(path: path), now.device == device, now.inode == inode else { return }
        _ = unsafe unlink(path)
    }
}
