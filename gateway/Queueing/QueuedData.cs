using System.Collections.Immutable;
using SentryOtel.Gateway.Receiving;
using SentryOtel.Gateway.Telemetry;
using SentryOtel.Otlp.Batching;

namespace SentryOtel.Gateway.Queueing;

/// <summary>What one request holds for one project: ranges of its body, kept alive by a lease.</summary>
/// <param name="lease">Owned from here on.</param>
/// <param name="ranges">Slices of the lease's memory, in the order of the request.</param>
/// <param name="items">Spans or log records in them.</param>
/// <param name="account">Where the items are booked.</param>
/// <param name="since">When they were accepted.</param>
/// <param name="stored">Their copy in a durable queue; null when there is none.</param>
internal sealed class QueuedData(
    BufferLease lease, ImmutableArray<ReadOnlyMemory<byte>> ranges, int items, ProjectAccount account, TimeSpan since, IStoredData? stored = null) : IDisposable
{
    public ExportPart Part { get; } = new(ranges, items);

    public ProjectAccount Account { get; } = account;

    public TimeSpan Since { get; } = since;

    public IStoredData? Stored { get; } = stored;

    public int Items => Part.Items;

    public long Bytes => Part.Length;

    public void Dispose() => lease.Dispose();
}
