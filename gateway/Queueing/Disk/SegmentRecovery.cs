namespace SentryOtel.Gateway.Queueing.Disk;

/// <summary>Reads what processes before this one left, segment by segment, the oldest first. Used by one thread at a time.</summary>
internal sealed class SegmentRecovery(SegmentSet segments, RecordMarks marks, RecordSequence sequence, LogEnvironment environment)
{
    private readonly SortedDictionary<long, long> _unread = [];
    private readonly HashSet<(long Sequence, uint Stamp)> _copied = [];

    /// <summary>Looks what is there, before a byte of it is trusted; gives the greatest number of a segment.</summary>
    /// <param name="keep">Told of files that were set aside.</param>
    public long Look(Action<string, long> keep)
    {
        long last = 0;
        var files = environment.Files.List();
        foreach (var (name, length) in files.OrderBy(file => file.Name, StringComparer.Ordinal))
        {
            if (SegmentName.NumberOf(name, SegmentName.Records) is { } number)
            {
                using var file = environment.Files.Open(name);
                var header = new byte[SegmentName.HeaderSize];
                SegmentName.CheckVersion(name, header.AsSpan(0, file.Read(header, 0)));
                _unread[number] = length;
                last = Math.Max(last, number);
            }
            else if (SegmentName.NumberOf(name, SegmentName.Faulty) is { } faulty)
            {
                keep(name, length);
                last = Math.Max(last, faulty);
            }
            else if (SegmentName.NumberOf(name, SegmentName.Marks) is { } orphan && !files.Any(file => file.Name == SegmentName.Of(orphan, SegmentName.Records)))
            {
                environment.Files.Delete(name);
                continue;
            }

            environment.Space.Use(length);
        }

        return last;
    }

    /// <summary>Reads the next segment; false when there is none any more.</summary>
    /// <param name="attach">Makes the record of what was found; told whether its sending had begun.</param>
    public bool Next(Func<ScannedRecord, bool, StoredRecord> attach)
    {
        if (_unread.Count == 0)
        {
            _copied.Clear();
            return false;
        }

        var (number, length) = _unread.First();
        _unread.Remove(number);
        try
        {
            Recover(number, length, attach);
        }
        catch (IOException exception)
        {
            // The file stays, and is tried again at the next start.
            environment.Fault(exception, "recovery");
            environment.Counters.Lose(1, 0);
        }

        return true;
    }

    private void Recover(long number, long length, Func<ScannedRecord, bool, StoredRecord> attach)
    {
        var name = SegmentName.Of(number, SegmentName.Records);
        var file = environment.Files.Open(name);
        var found = SegmentScan.Run(file, length);
        var segment = new Segment(number, file, length) { IsFaulty = found.LostRecords > 0 };
        var known = Marks(segment);
        if (found.LostRecords > 0)
        {
            environment.Counters.Lose(found.LostRecords, found.LostItems);
            Log.SegmentFaulty(environment.Logger, name, found.LostRecords, found.LostItems);
        }

        if (found.TornBytes > 0)
        {
            environment.Counters.Tear(found.TornBytes);
            Log.SegmentTorn(environment.Logger, name, found.TornBytes);
            file.Truncate(found.End);
            environment.Space.Use(found.End - length);
            segment.Length = found.End;
        }

        segment.IsMoving = Has(MarkKind.Moved, 0, 0);
        var copies = new List<ScannedRecord>();
        foreach (var record in found.Records)
        {
            var (offset, stamp) = (record.Offset, record.Header.Stamp);
            sequence.Pass(record.Header.Sequence);
            if (Has(MarkKind.Moved, offset, stamp) || Has(MarkKind.Done, offset, stamp))
            {
                // What is done is so in every copy; of what was moved the copy counts.
                Remember(record, isKnown: Has(MarkKind.Done, offset, stamp));
            }
            else if (_copied.Contains((record.Header.Sequence, stamp)))
            {
                copies.Add(record);
            }
            else
            {
                Remember(record, isKnown: true);
                var attached = attach(record, Has(MarkKind.Begun, offset, stamp));
                attached.Stamp = stamp;
                attached.IsBegun = Has(MarkKind.Begun, offset, stamp);
                segment.Add(attached, offset);
            }
        }

        segments.Add(segment);
        Discard(segment, copies);

        bool Has(MarkKind kind, int offset, uint stamp) => known.Contains((offset, SegmentMarks.Of(number, kind, offset, stamp)));

        void Remember(ScannedRecord record, bool isKnown)
        {
            if (segment.IsMoving && isKnown)
            {
                _copied.Add((record.Header.Sequence, record.Header.Stamp));
            }
        }
    }

    // Copies of a move that did not come to its end: the source still speaks for them, now and at every start until it is gone.
    private void Discard(Segment segment, List<ScannedRecord> copies)
    {
        if (copies.Count == 0)
        {
            return;
        }

        lock (segments.Gate)
        {
            copies.ForEach(copy => marks.AddLocked(segment, MarkKind.Done, copy.Offset, copy.Header.Stamp));
            marks.WriteLocked();
        }
    }

    private HashSet<(int Offset, uint Mark)> Marks(Segment segment)
    {
        var name = SegmentName.Of(segment.Number, SegmentName.Marks);
        if (environment.Files.List().FirstOrDefault(file => file.Name == name) is not { Name: not null } there)
        {
            return [];
        }

        var file = environment.Files.Open(name);
        segment.Marks.Resume(file, there.Length);
        return SegmentMarks.Read(file, there.Length);
    }
}
