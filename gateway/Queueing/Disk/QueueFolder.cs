using Microsoft.Win32.SafeHandles;

namespace SentryOtel.Gateway.Queueing.Disk;

/// <summary>A folder of the real file system, held by one process at a time.</summary>
internal sealed class QueueFolder : IQueueFiles
{
    private const string LockName = "lock";

    private readonly string _path;
    private readonly FileStream _lock;

    private QueueFolder(string path, FileStream held) => (_path, _lock) = (path, held);

    /// <summary>Opens a folder and locks it. The lock ends with the process, however that ends.</summary>
    /// <exception cref="DiskQueueException">The folder is not there, can not be written, or is in use.</exception>
    public static QueueFolder Open(string root, string name, bool createRoot)
    {
        var path = Path.Combine(root, name);
        if (!createRoot && !Directory.Exists(root))
        {
            throw new DiskQueueException($"the directory {root} of the disk queue is not there; make it, or set create_directory: true");
        }

        try
        {
            Directory.CreateDirectory(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new DiskQueueException($"the directory {path} of the disk queue can not be made ({exception.GetType().Name}); check the volume and its permissions", exception);
        }

        try
        {
            return new QueueFolder(path, new FileStream(Path.Combine(path, LockName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException exception)
        {
            throw new DiskQueueException($"the directory {path} of the disk queue is in use by another process: each gateway needs a directory of its own", exception);
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new DiskQueueException($"the directory {path} of the disk queue can not be written; check its permissions", exception);
        }
    }

    public IReadOnlyList<(string Name, long Length)> List() =>
        [.. new DirectoryInfo(_path).EnumerateFiles().Where(file => file.Name != LockName).Select(file => (file.Name, file.Length))];

    public IQueueFile Create(string name) => new QueueFile(Handle(name, FileMode.CreateNew));

    public IQueueFile Open(string name) => new QueueFile(Handle(name, FileMode.Open));

    public void Delete(string name) => Guarded(() => File.Delete(Path.Combine(_path, name)));

    public void Rename(string name, string newName) => Guarded(() => File.Move(Path.Combine(_path, name), Path.Combine(_path, newName), overwrite: true));

    public void Sync() => DirectorySync.Run(_path);

    public void Dispose() => _lock.Dispose();

    private SafeFileHandle Handle(string name, FileMode mode)
    {
        SafeFileHandle? handle = null;
        Guarded(() => handle = File.OpenHandle(Path.Combine(_path, name), mode, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete));
        return handle!;
    }

    // A folder whose permissions changed is a fault of the disk like any other.
    private static void Guarded(Action action)
    {
        try
        {
            action();
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new IOException(exception.Message, exception);
        }
    }

    private sealed class QueueFile(SafeFileHandle handle) : IQueueFile
    {
        public int Read(Span<byte> buffer, long offset)
        {
            var total = 0;
            while (total < buffer.Length && RandomAccess.Read(handle, buffer[total..], offset + total) is > 0 and var read)
            {
                total += read;
            }

            return total;
        }

        public void Write(IReadOnlyList<ReadOnlyMemory<byte>> buffers, long offset) => RandomAccess.Write(handle, buffers, offset);

        public void Sync() => RandomAccess.FlushToDisk(handle);

        public void Truncate(long length) => RandomAccess.SetLength(handle, length);

        public void Dispose() => handle.Dispose();
    }
}
