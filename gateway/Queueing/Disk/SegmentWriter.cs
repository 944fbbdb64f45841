namespace SentryOtel.Gateway.Queueing.Disk;

/// <summary>Appends to the newest segment and begins another when that is full or failed. Used by one thread at a time.</summary>
internal sealed class SegmentWriter(SegmentSet segments, LogEnvironment environment)
{
    private const int DiskFull = 28;
    private const int QuotaExceeded = 122;

    private long _lastNumber;

    /// <summary>Numbers of segments that follow are greater than this one.</summary>
    public void Pass(long number) => _lastNumber = Math.Max(_lastNumber, number);

    /// <summary>Appends what several requests brought, with as few syncs as there are segments to fill.</summary>
    public void Append(List<AppendGroup> groups)
    {
        var buffers = new List<ReadOnlyMemory<byte>>();
        for (var next = 0; next < groups.Count;)
        {
            var first = next;
            buffers.Clear();
            long bytes = 0;
            do
            {
                groups[next].WriteTo(buffers);
                bytes += groups[next++].Bytes;
            }
            while (next < groups.Count && Fits(bytes + groups[next].Bytes));

            var result = Write(buffers, bytes, out var offset);
            if (result == AppendResult.Committed)
            {
                Attach(groups[first..next], offset);
            }

            foreach (var group in groups[first..next])
            {
                environment.Space.Return(group.Bytes);
                group.Done.SetResult(result);
            }
        }
    }

    /// <summary>Writes to the newest segment. After a failure the bytes go to another file, once: what the failed one holds of them is not known.</summary>
    public AppendResult Write(List<ReadOnlyMemory<byte>> buffers, long bytes, out long offset)
    {
        var result = TryWrite(buffers, bytes, out offset);
        return result == AppendResult.Failed ? TryWrite(buffers, bytes, out offset) : result;
    }

    private void Attach(List<AppendGroup> groups, long offset)
    {
        lock (segments.Gate)
        {
            foreach (var record in groups.SelectMany(group => group.Records))
            {
                segments.Active!.Add(record, (int)offset);
                offset += record.Length;
            }
        }
    }

    private bool Fits(long bytes) => (segments.Active?.Length ?? SegmentName.HeaderSize) + bytes <= environment.Limits.SegmentBytes;

    private AppendResult TryWrite(List<ReadOnlyMemory<byte>> buffers, long bytes, out long offset)
    {
        offset = 0;
        try
        {
            if (segments.Active is { } full && full.Length > SegmentName.HeaderSize && !Fits(bytes))
            {
                segments.Seal();
            }

            var active = segments.Active ?? Start();
            offset = active.Length;
            active.File.Write(buffers, offset);
            if (environment.Limits.Sync)
            {
                active.File.Sync();
            }

            active.Length += bytes;
            environment.Space.Use(bytes);
            environment.Counters.Commit();
            return AppendResult.Committed;
        }
        catch (IOException exception)
        {
            environment.Fault(exception, "append");
            Abandon();
            if (exception.HResult is not (DiskFull or QuotaExceeded))
            {
                return AppendResult.Failed;
            }

            environment.Space.Pause();
            return AppendResult.Full;
        }
    }

    private Segment Start()
    {
        // By the clock, so that no number comes twice: marks of a segment that is gone must not speak of another.
        var number = _lastNumber = Math.Max(_lastNumber + 1, environment.Time.GetUtcNow().ToUnixTimeMilliseconds());
        var name = SegmentName.Of(number, SegmentName.Records);
        var file = environment.Files.Create(name);
        try
        {
            file.Write([SegmentName.Header(number)], 0);
            if (environment.Limits.Sync)
            {
                file.Sync();
                environment.Files.Sync();
            }
        }
        catch (IOException)
        {
            file.Dispose();
            environment.Quietly(() => environment.Files.Delete(name));
            throw;
        }

        environment.Space.Use(SegmentName.HeaderSize);
        return segments.Open(new Segment(number, file, SegmentName.HeaderSize));
    }

    // Nothing more is written to it. What was acknowledged stays readable; what was not is cut off, if the disk lets it.
    private void Abandon()
    {
        if (segments.Active is { } failed)
        {
            environment.Quietly(() => failed.File.Truncate(failed.Length));
            segments.Seal();
        }
    }
}
