using System.Collections.Immutable;
using SentryOtel.Gateway.Receiving;
using SentryOtel.Gateway.Telemetry;
using SentryOtel.Otlp.Batching;

namespace SentryOtel.Gateway.Queueing;

/// <summary>What one request holds for one project, kept alive by a lease: ranges of its body, or all of it in the gzip form in which it came.</summary>
internal sealed class QueuedData : IDisposable
{
    private readonly IDisposable _lease;
    private ExportPart? _part;

    /// <param name="lease">Owned from here on.</param>
    /// <param name="ranges">Slices of the lease's memory, in the order of the request.</param>
    /// <param name="items">Spans or log records in them.</param>
    /// <param name="account">Where the items are booked.</param>
    /// <param name="since">When they were accepted.</param>
    /// <param name="stored">Their copy in a durable queue; null when there is none.</param>
    public QueuedData(
        BufferLease lease, ImmutableArray<ReadOnlyMemory<byte>> ranges, int items, ProjectAccount account, TimeSpan since, IStoredData? stored = null)
        : this(lease, items, account, since, stored)
    {
        _part = new ExportPart(ranges, items);
        HeldBytes = Bytes = _part.Length;
    }

    /// <param name="gzip">The whole request; owned from here on.</param>
    /// <param name="items">Spans or log records in it.</param>
    /// <param name="account">Where the items are booked.</param>
    /// <param name="since">When they were accepted.</param>
    /// <param name="stored">Their copy in a durable queue; null when there is none.</param>
    public QueuedData(GzipBody gzip, int items, ProjectAccount account, TimeSpan since, IStoredData? stored = null)
        : this((IDisposable)gzip, items, account, since, stored)
    {
        Gzip = gzip;
        Bytes = gzip.Length;
        HeldBytes = gzip.Blocks.Length;
    }

    private QueuedData(IDisposable lease, int items, ProjectAccount account, TimeSpan since, IStoredData? stored)
    {
        _lease = lease;
        Items = items;
        Account = account;
        Since = since;
        Stored = stored;
    }

    /// <summary>The data as deflate blocks; null when there are only ranges.</summary>
    public GzipBody? Gzip { get; }

    /// <summary>The data as they were before compression; inflated when first asked for.</summary>
    public ExportPart Part => _part ??= new ExportPart([Gzip!.Inflate()], Items);

    public ProjectAccount Account { get; }

    public TimeSpan Since { get; }

    public IStoredData? Stored { get; }

    public int Items { get; }

    /// <summary>Uncompressed.</summary>
    public long Bytes { get; }

    /// <summary>As they are kept.</summary>
    public long HeldBytes { get; }

    public void Dispose() => _lease.Dispose();
}
