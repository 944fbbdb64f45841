using SentryOtel.Gateway.Queueing.Disk;

namespace SentryOtel.Gateway.Tests.Queueing.Disk;

/// <summary>
/// A folder in memory that behaves as badly as a disk may: writes end in the middle, what was not synced is lost, torn or garbage after a crash of the machine, calls fail with any errno.
/// </summary>
internal sealed class FaultyFiles(Random random) : IQueueFiles
{
    public const int NoSpace = 28;
    public const int IoError = 5;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Content> _files = new(StringComparer.Ordinal);
    private Dictionary<string, Content> _synced = new(StringComparer.Ordinal);
    private (int Calls, int Error)? _fault;
    private bool _crashed;

    public long Capacity { get; set; } = long.MaxValue;

    /// <summary>Called with the name of a file before it is synced, by whoever syncs.</summary>
    public Action<string>? BeforeSync { get; set; }

    /// <summary>A call that follows will fail, or one ended the process.</summary>
    public bool HasFault
    {
        get
        {
            lock (_gate)
            {
                return _crashed || _fault is not null;
            }
        }
    }

    public IReadOnlyList<string> Names
    {
        get
        {
            lock (_gate)
            {
                return [.. _files.Keys];
            }
        }
    }

    /// <summary>Lets a write or sync fail after so many more calls, a write in its middle.</summary>
    public void FailAfter(int calls, int error)
    {
        lock (_gate)
        {
            _fault = (calls, error);
        }
    }

    /// <summary>What follows: the process ends during a call, which does a part of its work; nothing works until <see cref="Restart"/>.</summary>
    public void CrashAfter(int calls) => FailAfter(calls, 0);

    /// <summary>The process is started again: everything written is there.</summary>
    public void Restart()
    {
        lock (_gate)
        {
            (_fault, _crashed) = (null, false);
            foreach (var content in _files.Values)
            {
                content.Generation++;
            }
        }
    }

    /// <summary>The machine is started again: of what was not synced any part may be there, or nothing, or zeros where the bytes should be.</summary>
    public void Reboot()
    {
        lock (_gate)
        {
            foreach (var (name, content) in _files.ToArray())
            {
                if (!_synced.ContainsKey(name) && random.Next(2) == 0)
                {
                    _files.Remove(name);
                    continue;
                }

                var length = random.Next(content.Synced.Length, content.Bytes.Length + 1);
                var survived = content.Bytes.AsSpan(0, length).ToArray();
                content.Synced.CopyTo(survived, 0);
                if (random.Next(3) == 0)
                {
                    survived.AsSpan(content.Synced.Length).Clear();
                }

                content.Bytes = survived;
                content.Synced = survived;
            }

            foreach (var (name, content) in _synced)
            {
                // A deletion that was not synced may not have happened.
                if (!_files.ContainsKey(name) && random.Next(2) == 0)
                {
                    _files[name] = content;
                }
            }

            _synced = new Dictionary<string, Content>(_files, StringComparer.Ordinal);
            Restart();
        }
    }

    /// <summary>Flips a bit.</summary>
    public void Corrupt(string name, long offset) => Find(name).Bytes[offset] ^= 0x10;

    public byte[] Read(string name) => Find(name).Bytes;

    public void Put(string name, byte[] bytes)
    {
        lock (_gate)
        {
            _files[name] = new Content { Bytes = bytes, Synced = bytes };
        }
    }

    public IReadOnlyList<(string Name, long Length)> List()
    {
        lock (_gate)
        {
            return [.. _files.Select(file => (file.Key, (long)file.Value.Bytes.Length))];
        }
    }

    public IQueueFile Create(string name)
    {
        lock (_gate)
        {
            Step(null);
            Assert.DoesNotContain(name, _files.Keys);
            return new Handle(this, name, _files[name] = new Content());
        }
    }

    public IQueueFile Open(string name) => new Handle(this, name, Find(name));

    public void Delete(string name)
    {
        lock (_gate)
        {
            Step(null);
            _files.Remove(name);
        }
    }

    public void Rename(string name, string newName)
    {
        lock (_gate)
        {
            Step(null);
            _files.Remove(name, out var content);
            _files[newName] = content!;
        }
    }

    public void Sync()
    {
        lock (_gate)
        {
            Step(null);
            _synced = new Dictionary<string, Content>(_files, StringComparer.Ordinal);
        }
    }

    public void Dispose()
    {
    }

    private Content Find(string name)
    {
        lock (_gate)
        {
            return _files[name];
        }
    }

    private void Step(Action? part)
    {
        if (_crashed)
        {
            throw new IOException("The process has ended.", IoError);
        }

        if (_fault is not { } fault)
        {
            return;
        }

        _fault = (fault.Calls - 1, fault.Error);
        if (fault.Calls > 0)
        {
            return;
        }

        part?.Invoke();
        _fault = null;
        _crashed = fault.Error == 0;
        throw new IOException("A fault of the test's own.", _crashed ? IoError : fault.Error);
    }

    private sealed class Content
    {
        public byte[] Bytes { get; set; } = [];

        public byte[] Synced { get; set; } = [];

        public int Generation { get; set; }
    }

    private sealed class Handle(FaultyFiles files, string name, Content content) : IQueueFile
    {
        private readonly int _generation = content.Generation;
        private bool _syncFailed;
        private bool _disposed;

        public int Read(Span<byte> buffer, long offset)
        {
            lock (files._gate)
            {
                ObjectDisposedException.ThrowIf(_disposed, this);
                var bytes = content.Bytes;
                var count = (int)Math.Clamp(bytes.Length - offset, 0, buffer.Length);
                bytes.AsSpan((int)Math.Min(offset, bytes.Length), count).CopyTo(buffer);
                return count;
            }
        }

        public void Write(IReadOnlyList<ReadOnlyMemory<byte>> buffers, long offset)
        {
            lock (files._gate)
            {
                Check();
                byte[] all = [.. buffers.SelectMany(buffer => buffer.ToArray())];
                files.Step(() => Put(all.AsSpan(0, files.Random(all.Length)), offset));
                var room = files.Capacity - files._files.Values.Sum(file => (long)file.Bytes.Length);
                if (offset + all.Length - content.Bytes.Length > room)
                {
                    Put(all.AsSpan(0, (int)Math.Clamp(room, 0, all.Length)), offset);
                    throw new IOException("No space.", NoSpace);
                }

                Put(all, offset);
            }
        }

        public void Sync()
        {
            files.BeforeSync?.Invoke(name);
            lock (files._gate)
            {
                Check();
                Assert.False(_syncFailed, "A file of which a sync failed must not be synced again.");
                _syncFailed = true;
                files.Step(null);
                _syncFailed = false;
                content.Synced = content.Bytes;
            }
        }

        public void Truncate(long length)
        {
            lock (files._gate)
            {
                Check();
                files.Step(null);
                content.Bytes = content.Bytes[..(int)Math.Min(length, content.Bytes.Length)];
                content.Synced = content.Synced[..(int)Math.Min(length, content.Synced.Length)];
            }
        }

        public void Dispose() => _disposed = true;

        private void Check()
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_generation != content.Generation)
            {
                throw new IOException("The process that opened this has ended.", IoError);
            }
        }

        private void Put(ReadOnlySpan<byte> bytes, long offset)
        {
            var grown = new byte[Math.Max(content.Bytes.Length, offset + bytes.Length)];
            content.Bytes.CopyTo(grown, 0);
            bytes.CopyTo(grown.AsSpan((int)offset));
            content.Bytes = grown;
        }
    }

    private int Random(int below) => random.Next(below + 1);
}
