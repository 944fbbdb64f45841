using SentryOtel.Gateway.Queueing.Disk;
using SentryOtel.Gateway.Tests.Support;

namespace SentryOtel.Gateway.Tests.Queueing.Disk;

/// <summary>A record that a killed gateway left behind, with the names of its spans.</summary>
internal sealed record RemainingRecord(IReadOnlyList<string> Spans, bool IsBegun);

/// <summary>Reads the files of a disk queue while no process has them.</summary>
internal static class DiskRemains
{
    /// <summary>What the next process will find and send.</summary>
    public static IReadOnlyList<RemainingRecord> Read(string root, string exporter)
    {
        using var folder = QueueFolder.Open(root, exporter, createRoot: true);
        var files = folder.List();
        return [.. files.Where(file => file.Name.EndsWith(SegmentName.Records, StringComparison.Ordinal)).SelectMany(file => Read(folder, file.Name, file.Length, files))];
    }

    private static List<RemainingRecord> Read(QueueFolder folder, string name, long length, IReadOnlyList<(string Name, long Length)> files)
    {
        var number = SegmentName.NumberOf(name, SegmentName.Records)!.Value;
        var marks = Marks(folder, files.FirstOrDefault(file => file.Name == SegmentName.Of(number, SegmentName.Marks)));
        using var file = folder.Open(name);
        var found = SegmentScan.Run(file, length);
        Assert.Equal(0, found.LostRecords);
        var remaining = new List<RemainingRecord>();
        foreach (var record in found.Records.Where(record => !Has(MarkKind.Done, record) && !Has(MarkKind.Moved, record)))
        {
            remaining.Add(new RemainingRecord(Spans(file, record), Has(MarkKind.Begun, record)));
        }

        return remaining;

        bool Has(MarkKind kind, ScannedRecord record) => marks.Contains((record.Offset, SegmentMarks.Of(number, kind, record.Offset, record.Header.Stamp)));
    }

    private static HashSet<(int Offset, uint Mark)> Marks(QueueFolder folder, (string? Name, long Length) marks)
    {
        if (marks.Name is null)
        {
            return [];
        }

        using var file = folder.Open(marks.Name);
        return SegmentMarks.Read(file, marks.Length);
    }

    private static IReadOnlyList<string> Spans(IQueueFile file, ScannedRecord record)
    {
        var payload = new byte[record.Header.PayloadLength];
        Assert.Equal(payload.Length, file.Read(payload, record.Offset + record.Header.Length - payload.Length));
        return Requests.SpanNames(payload);
    }
}
