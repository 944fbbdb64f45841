using SentryOtel.Gateway.Receiving;
using SentryOtel.Gateway.Telemetry;
using SentryOtel.Otlp;
using SentryOtel.Otlp.Batching;

namespace SentryOtel.Gateway.Queueing;

/// <summary>Data that will be sent together. Holds data of one account, and more than the limits allow only when one request brings it.</summary>
internal sealed class OpenBatch(ProjectAccount account, TimeSpan since)
{
    private readonly List<QueuedData> _data = [];

    public ProjectAccount Account { get; } = account;

    public TimeSpan Since { get; } = since;

    public int Items { get; private set; }

    /// <summary>Uncompressed.</summary>
    public long Bytes { get; private set; }

    /// <summary>As they are kept.</summary>
    public long HeldBytes { get; private set; }

    public void Add(QueuedData data)
    {
        _data.Add(data);
        Items += data.Items;
        Bytes += data.Bytes;
        HeldBytes += data.HeldBytes;
    }

    /// <summary>Whether <paramref name="data"/> may join.</summary>
    public bool HasRoomFor(QueuedData data, QueueLimits limits) =>
        data.Account == Account
        && (long)Items + data.Items <= limits.MaxBatchItems
        && Bytes + data.Bytes <= limits.MaxBatchBytes;

    /// <summary>Makes the batches to send, usually one, and releases the requests. Costs the compression's time.</summary>
    public IReadOnlyList<SealedBatch> Seal(OtlpSignal signal, QueueLimits limits, Admission admission)
    {
        var origin = Origin();
        SealedBatch[] batches = Bytes <= limits.MaxBatchBytes && Items <= limits.MaxBatchItems
            ? [SealedBatch.Seal(_data, limits.Gzip, Account, Since, admission, origin)]
            : [.. Split(signal, limits).Select(part => SealedBatch.Seal(part, limits.Gzip, Account, Since, new SplitBudget(), admission, origin))];
        Release();
        return batches;
    }

    /// <summary>The stored data that this is made of; null when there are none.</summary>
    public StoredOrigin? Origin() => StoredOrigin.Of(_data);

    /// <summary>Gives the batch up and books that; says how many items are lost. What is stored is not lost when the gateway stops.</summary>
    public long Drop(DropReason reason)
    {
        var origin = Origin();
        var isKept = reason == DropReason.Shutdown && origin is not null;
        if (!isKept)
        {
            Account.Drop(reason, Items, Bytes);
            origin?.Hold();
            origin?.Release();
        }

        Release();
        return isKept ? 0 : Items;
    }

    public void Release() => _data.ForEach(data => data.Dispose());

    private List<ExportPart> Split(OtlpSignal signal, QueueLimits limits)
    {
        var whole = ExportPart.Concatenate([.. _data.Select(data => data.Part)]);
        var parts = new List<ExportPart>();
        var bounds = new SplitLimits(limits.MaxBatchBytes, limits.MaxBatchItems);
        if (RequestSplitter.Split(signal, whole.ToArray(), bounds, parts).IsError)
        {
            // Sliced once already, so it is readable; should it not be, Sentry says what it thinks of the whole.
            parts.Add(whole);
        }

        return parts;
    }
}
