namespace SentryOtel.Gateway.Queueing.Disk;

/// <summary>
/// Moves what is left of old segments into the newest, so that their room comes back. However a move ends, each record is found once: the source says first that copies of it may lie elsewhere, and then of each
/// record that it was moved. Used by one thread at a time, the one that appends.
/// </summary>
internal sealed class SegmentRewriter(SegmentSet segments, RecordReader reader, SegmentWriter writer, RecordMarks marks, LogEnvironment environment)
{
    private const long StepBytes = 4 * 1024 * 1024;

    /// <summary>Moves what is left of the emptiest old segment, when more than half of the room is used; true when it did.</summary>
    public bool Run()
    {
        var space = environment.Space;
        return !space.IsPaused
            && space.Used > environment.Limits.MaxBytes / 2
            && segments.Emptiest(space.IsCrowded ? 0.9 : 0.5) is { } emptiest
            && Announce(emptiest)
            && Move(emptiest);
    }

    private bool Announce(Segment source)
    {
        if (source.IsMoving)
        {
            return true;
        }

        lock (segments.Gate)
        {
            marks.AddLocked(source, MarkKind.Moved, 0, 0);
            if (!marks.WriteLocked())
            {
                return false;
            }
        }

        if (environment.Limits.Sync)
        {
            marks.Sync();
        }

        return source.IsMoving = true;
    }

    private bool Move(Segment source)
    {
        while (Next(source) is { Count: > 0 } records)
        {
            var buffers = new List<ReadOnlyMemory<byte>>(records.Count);
            foreach (var record in records)
            {
                // Its place does not change: nobody else moves records, and those that are done meanwhile keep theirs.
                var copy = new byte[record.Length];
                if (!reader.TryRead(source, record.Place.Offset, copy, out _))
                {
                    // Whoever reads it next counts it as lost.
                    segments.Blame(source);
                    return false;
                }

                buffers.Add(copy);
            }

            var bytes = records.Sum(record => (long)record.Length);
            if (writer.Write(buffers, bytes, out var offset) != AppendResult.Committed)
            {
                return false;
            }

            Settle(source, records, offset);
            environment.Counters.Rewrite(bytes);
        }

        return true;
    }

    private List<StoredRecord> Next(Segment source)
    {
        lock (segments.Gate)
        {
            var records = new List<StoredRecord>();
            long bytes = 0;
            for (var record = source.First; record is not null && bytes < StepBytes; record = record.Next)
            {
                records.Add(record);
                bytes += record.Length;
            }

            return records;
        }
    }

    private void Settle(Segment source, List<StoredRecord> records, long offset)
    {
        var target = segments.Active!;
        lock (segments.Gate)
        {
            var moved = new List<(int Offset, uint Stamp)>(records.Count);
            foreach (var record in records)
            {
                if (record.IsDone)
                {
                    // Its copy must not outlive the source, where its mark is.
                    marks.AddLocked(target, MarkKind.Done, (int)offset, record.Stamp);
                }
                else
                {
                    if (record.IsBegun)
                    {
                        marks.AddLocked(target, MarkKind.Begun, (int)offset, record.Stamp);
                    }

                    moved.Add((record.Place.Offset, record.Stamp));
                    segments.RemoveLocked(record);
                    target.Add(record, (int)offset);
                }

                offset += record.Length;
            }

            marks.WriteLocked();
            moved.ForEach(place => marks.AddLocked(source, MarkKind.Moved, place.Offset, place.Stamp));
            marks.WriteLocked();
        }
    }
}
