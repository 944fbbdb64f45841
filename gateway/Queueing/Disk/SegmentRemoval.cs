namespace SentryOtel.Gateway.Queueing.Disk;

/// <summary>Deletes segments of no use, and sets those aside in which something could not be read. Used by one thread at a time, the one that appends.</summary>
internal sealed class SegmentRemoval(SegmentSet segments, LogEnvironment environment)
{
    private readonly Queue<(string Name, long Length)> _kept = new();

    /// <summary>A file that was set aside before.</summary>
    public void Keep(string name, long length) => _kept.Enqueue((name, length));

    public void Run()
    {
        while (segments.TakeEmpty() is { } segment)
        {
            segment.Dispose();
            environment.Quietly(() => Remove(segment));
        }

        Prune();
    }

    private void Remove(Segment segment)
    {
        var name = SegmentName.Of(segment.Number, SegmentName.Records);
        if (segment.IsFaulty)
        {
            var faulty = SegmentName.Of(segment.Number, SegmentName.Faulty);
            environment.Files.Rename(name, faulty);
            Keep(faulty, segment.Length);
        }
        else
        {
            environment.Files.Delete(name);
            environment.Space.Use(-segment.Length);
        }

        if (segment.Marks.Length > 0)
        {
            environment.Files.Delete(SegmentName.Of(segment.Number, SegmentName.Marks));
            environment.Space.Use(-segment.Marks.Length);
        }
    }

    // Kept for a look, but not for ever: they take room from data.
    private void Prune()
    {
        while (_kept.Sum(file => file.Length) > environment.Limits.MaxBytes / 8)
        {
            var (name, length) = _kept.Dequeue();
            environment.Quietly(() => environment.Files.Delete(name));
            environment.Space.Use(-length);
        }
    }
}
