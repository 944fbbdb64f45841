namespace SentryOtel.Gateway.Queueing.Disk;

/// <summary>The folder of a disk queue. What fails throws <see cref="IOException"/>; callers may not rely on anything of a file that a write or sync failed on.</summary>
internal interface IQueueFiles : IDisposable
{
    /// <summary>The files that are there.</summary>
    IReadOnlyList<(string Name, long Length)> List();

    /// <summary>Makes a file that was not there before.</summary>
    IQueueFile Create(string name);

    /// <summary>Opens a file that is there.</summary>
    IQueueFile Open(string name);

    void Delete(string name);

    void Rename(string name, string newName);

    /// <summary>Makes what was created, renamed and deleted survive a crash of the machine.</summary>
    void Sync();
}

/// <summary>One file of a disk queue. Reads may run at any time, also beside a write.</summary>
internal interface IQueueFile : IDisposable
{
    /// <summary>Reads up to the length of <paramref name="buffer"/>; fewer bytes mean the end of the file.</summary>
    /// <exception cref="ObjectDisposedException">The file was closed meanwhile.</exception>
    int Read(Span<byte> buffer, long offset);

    void Write(IReadOnlyList<ReadOnlyMemory<byte>> buffers, long offset);

    /// <summary>Makes what was written survive a crash of the machine.</summary>
    void Sync();

    void Truncate(long length);
}
