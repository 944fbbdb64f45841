using System.IO.Compression;
using SentryOtel.Gateway.Receiving;
using SentryOtel.Gateway.Telemetry;
using SentryOtel.Otlp.Batching;
using SentryOtel.Otlp.Deflate;

namespace SentryOtel.Gateway.Queueing;

/// <summary>
/// A batch in the form in which it is sent, and sent again: concatenated and compressed once. Holds its own reservation; the requests it was made from are
/// released when it is sealed.
/// </summary>
internal sealed class SealedBatch : IDisposable
{
    private readonly AdmissionReservation _reservation;

    private SealedBatch(ChunkedBody body, bool isGzip, int items, ProjectAccount account, TimeSpan since, SplitBudget splits, Admission admission, StoredOrigin? origin)
    {
        Body = body;
        IsGzip = isGzip;
        Items = items;
        Account = account;
        Since = since;
        Splits = splits;
        Origin = origin;
        origin?.Hold();
        body.Trim();
        _reservation = admission.Take(body.Length);
    }

    public ChunkedBody Body { get; }

    public bool IsGzip { get; }

    /// <summary>Spans or log records.</summary>
    public int Items { get; }

    /// <summary>All items are booked in this one account.</summary>
    public ProjectAccount Account { get; }

    /// <summary>When the oldest item was accepted.</summary>
    public TimeSpan Since { get; }

    /// <summary>Attempts so far.</summary>
    public int Attempts { get; set; }

    /// <summary>When it failed first; null while it has not.</summary>
    public TimeSpan? FirstFailure { get; set; }

    /// <summary>What the search for a record that Sentry does not take may still cost; shared by all parts of one batch.</summary>
    public SplitBudget Splits { get; }

    /// <summary>The stored data that this is made of; null when there are none.</summary>
    public StoredOrigin? Origin { get; }

    /// <summary>Makes one batch of data that fit into one. Those that came compressed stay so.</summary>
    public static SealedBatch Seal(
        IReadOnlyList<QueuedData> data, bool gzip, ProjectAccount account, TimeSpan since, Admission admission, StoredOrigin? origin)
    {
        var body = new ChunkedBody(BodyPool.Process);
        if (gzip)
        {
            var join = new GzipJoin(body);
            foreach (var each in data)
            {
                if (each.Gzip is { } blocks)
                {
                    join.Append(blocks.Blocks.Span, blocks.Checksum, blocks.Length);
                }
            }

            join.Complete(data.Where(each => each.Gzip is null).SelectMany(each => each.Part.Segments));
        }
        else
        {
            foreach (var each in data)
            {
                Write(each.Part, body);
            }
        }

        return new SealedBatch(body, gzip, data.Sum(each => each.Items), account, since, new SplitBudget(), admission, origin);
    }

    public static SealedBatch Seal(
        ExportPart part, bool gzip, ProjectAccount account, TimeSpan since, SplitBudget splits, Admission admission, StoredOrigin? origin = null)
    {
        var body = new ChunkedBody(BodyPool.Process);
        if (gzip)
        {
            new GzipJoin(body).Complete(part.Segments);
        }
        else
        {
            Write(part, body);
        }

        return new SealedBatch(body, gzip, part.Items, account, since, splits, admission, origin);
    }

    /// <summary>The Export request as it was before compression.</summary>
    public byte[] Unseal()
    {
        var bytes = Body.ToArray();
        if (!IsGzip)
        {
            return bytes;
        }

        using var plain = new MemoryStream();
        using var decompressor = new GZipStream(new MemoryStream(bytes), CompressionMode.Decompress);
        decompressor.CopyTo(plain);
        return plain.ToArray();
    }

    /// <summary>Gives the batch up and books that; says how many items are lost. What is stored is not lost when the gateway stops.</summary>
    public long Drop(DropReason reason)
    {
        var isKept = reason == DropReason.Shutdown && Origin is not null;
        if (isKept)
        {
            Origin!.Keep();
        }
        else
        {
            Account.Drop(reason, Items, Body.Length);
        }

        Dispose();
        return isKept ? 0 : Items;
    }

    public void Dispose()
    {
        Body.Dispose();
        _reservation.Dispose();
        Origin?.Release();
    }

    private static void Write(ExportPart part, Stream destination)
    {
        foreach (var segment in part.Segments)
        {
            destination.Write(segment.Span);
        }
    }
}
