using SentryOtel.Gateway.Queueing;
using SentryOtel.Gateway.Queueing.Disk;
using SentryOtel.Gateway.Receiving;
using SentryOtel.Gateway.Routing;
using SentryOtel.Gateway.Telemetry;
using SentryOtel.Otlp;
using SentryOtel.Otlp.Slicing;
using SentryOtel.Otlp.Wire;

namespace SentryOtel.Gateway.Ingest;

/// <summary>Where the parts of one request go, for one group of exporters. Looking comes before taking, so that a request is refused whole or not at all.</summary>
internal sealed class IngestPlan(OtlpSignal signal, ReadOnlyMemory<byte> request, OtlpError error)
{
    private static readonly Task<AppendResult> Committed = Task.FromResult(AppendResult.Committed);

    private readonly Dictionary<(ExporterPipeline Exporter, string Value, ProjectQueue? Queue), PlannedPart> _parts = [];
    private readonly Dictionary<(ExporterPipeline Exporter, RejectReason Reason, string Project), (long Items, long Bytes, string Message)> _rejected = [];

    /// <summary>Why the request can not be read.</summary>
    public OtlpError Error { get; } = error;

    /// <summary>Items that will not be taken, with the first reason's text.</summary>
    public (long Items, string Message) Rejected =>
        (_rejected.Values.Sum(entry => entry.Items), string.Join("; ", _rejected.Values.Select(entry => $"{entry.Items} rejected: {entry.Message}")));

    /// <summary>True when there is something to take and no place has room for it.</summary>
    public bool IsFull => _parts.Count > 0 && _parts.Values.All(part => !HasRoom(part));

    /// <summary>The longest that one of the full queues is held for.</summary>
    public TimeSpan HeldFor => _parts.Values.Select(part => part.Queue?.Read().HeldFor ?? TimeSpan.Zero).DefaultIfEmpty(TimeSpan.Zero).Max();

    /// <summary>Why it can not be told where a part goes, so that the client has to come back with the whole request; null when it can.</summary>
    public string? Deferred { get; private set; }

    /// <summary>Plans a part for one exporter.</summary>
    public void Add(ExporterPipeline exporter, RequestSlice slice, string? value, RouteAnswer answer)
    {
        if (answer.Kind == RouteAnswerKind.None)
        {
            RejectPart(exporter, answer.Reason, answer.Project, slice.Items, slice.Length, answer.Message);
            return;
        }

        // What waits already must not be overtaken.
        var queue = answer.Kind == RouteAnswerKind.Active && !exporter.Parking.Holds(value!) ? exporter.Queues.Of(answer.Route!, signal) : null;
        var bucket = answer.Route?.Limits is { } limits ? exporter.Bucket(value!, limits) : null;

        // Values of one project share its queue; a value that waits or has limits stands alone, and so does what finds its way anew after a restart.
        var isDurable = exporter.Disk is not null;
        var key = (exporter, queue is null || bucket is not null || isDurable ? value! : string.Empty, queue);
        if (!_parts.TryGetValue(key, out var part))
        {
            _parts[key] = part = new PlannedPart(exporter, key.Item2, queue, bucket, exporter.Account(signal, answer.Project), answer.Kind == RouteAnswerKind.Announce);
            IsDurable |= isDurable;
        }

        part.Add(slice, request);
    }

    /// <summary>Nobody can tell yet where a part goes.</summary>
    /// <param name="exporter">In whose books the refusal stands.</param>
    /// <param name="slice">The part.</param>
    /// <param name="why">For the client.</param>
    public void Defer(ExporterPipeline exporter, RequestSlice slice, string why)
    {
        Deferred ??= why;
        exporter.Refuse(signal, Accounts.Others, slice.Items, slice.Length);
    }

    /// <summary>True when something found a place. Other requests may have taken the room since <see cref="IsFull"/> was asked.</summary>
    public bool TookAny { get; private set; }

    /// <summary>True when there was no room for something.</summary>
    public bool LackedRoom { get; private set; }

    /// <summary>Whether something waits on disk.</summary>
    public bool IsDurable { get; private set; }

    /// <summary>Writes to disk what has room and belongs there, each exporter to its own queue, and hands it on. <see cref="Commit"/> follows once all is committed.</summary>
    public IEnumerable<Task<AppendResult>> Store(BufferLease lease)
    {
        foreach (var parts in _parts.Values.Where(static part => part.Exporter.Disk is not null).GroupBy(static part => part.Exporter))
        {
            yield return StoreAsync(parts.Key.Disk!, parts, lease);
        }
    }

    /// <summary>Takes everything that has room, and rejects what has none, so that one full project does not keep the others out.</summary>
    public void Commit(BufferLease lease)
    {
        foreach (var part in _parts.Values)
        {
            if (part.Exporter.Disk is not null || !PassesLimit(part))
            {
                continue;
            }

            var exporter = part.Exporter;
            var data = DataOf(part, lease);
            var taken = part.Queue is { } queue
                ? exporter.Queues.TryEnqueue(queue, data, isBooked: false)
                : exporter.Parking.TryPark(part.Value, signal, data);
            TookAny |= taken;
            if (!taken)
            {
                data.Dispose();
                RejectFull(part);
            }
            else if (part.IsUnknown)
            {
                // Only what waits is looked up: a flood of names ends where the place to wait is full.
                exporter.Routes.Announce(part.Value);
            }
        }
    }

    /// <summary>Books what is rejected; the client is told so.</summary>
    public void BookRejected()
    {
        foreach (var ((exporter, reason, project), (items, bytes, _)) in _rejected)
        {
            exporter.Reject(signal, project, reason, items, bytes);
        }
    }

    /// <summary>Books a request that was refused whole; its client comes back with it.</summary>
    public void Refuse()
    {
        foreach (var part in _parts.Values)
        {
            part.Exporter.Refuse(signal, part.Account.Project, part.Items, part.Bytes);
        }
    }

    private Task<AppendResult> StoreAsync(DiskQueue disk, IEnumerable<PlannedPart> parts, BufferLease lease)
    {
        var entries = new List<DiskEntry>(_parts.Count);
        foreach (var part in parts.Where(PassesLimit))
        {
            if (disk.TryAdmit(part.Value, signal, part.Account, PayloadOf(part, lease), part.Items, (int)part.Bytes, part.Queue is not null) is { } entry)
            {
                entries.Add(entry);
                TookAny = true;
            }
            else
            {
                RejectFull(part);
            }
        }

        return entries.Count == 0 ? Committed : disk.StoreAsync(entries, lease);
    }

    // What came compressed is written so, when it needs no cutting.
    private static RecordPayload PayloadOf(PlannedPart part, BufferLease lease) =>
        new([.. part.Ranges], part.Ranges.Count == 1 && part.Bytes == lease.Memory.Length ? lease.Gzip : null);

    // What comes compressed and needs no cutting is kept so, and the rest is compressed here, while it is in the processor's cache: a fifth waits, and the request's memory is free
    // again. What is too small for that is copied, when it would keep much more than itself.
    private static QueuedData DataOf(PlannedPart part, BufferLease lease)
    {
        var exporter = part.Exporter;
        var whole = part.Ranges.Count == 1 && part.Bytes == lease.Memory.Length;
        var limits = part.Queue?.Limits;
        if (limits is { Gzip: true } && part.Bytes <= limits.MaxBatchBytes && part.Items <= limits.MaxBatchItems)
        {
            if (whole && lease.Gzip is { } gzip)
            {
                return new QueuedData(gzip.Share(), part.Items, part.Account, exporter.Now);
            }

            if (part.Bytes >= RequestExtract.SmallestToCompress)
            {
                return new QueuedData(RequestExtract.Compress(part.Ranges, (int)part.Bytes, exporter.Admission), part.Items, part.Account, exporter.Now);
            }
        }

        if (part.Bytes >= lease.Memory.Length / 2)
        {
            return new QueuedData(lease.Share(), [.. part.Ranges], part.Items, part.Account, exporter.Now);
        }

        var copy = RequestExtract.Copy(part.Ranges, (int)part.Bytes, exporter.Admission);
        return new QueuedData(copy, [copy.Memory], part.Items, part.Account, exporter.Now);
    }

    private bool PassesLimit(PlannedPart part)
    {
        if (part.Bucket?.TryTake(part.Items, part.Bytes, part.Exporter.Now) != false)
        {
            return true;
        }

        RejectPart(part.Exporter, RejectReason.RouteLimit, part.Account.Project, part.Items, part.Bytes, $"the rate limit of the route to project {part.Account.Project} is reached");
        return false;
    }

    private void RejectFull(PlannedPart part)
    {
        LackedRoom = true;
        RejectPart(
            part.Exporter,
            part.Queue is null ? RejectReason.ParkingFull : RejectReason.QueueFull,
            part.Account.Project,
            part.Items,
            part.Bytes,
            part.Queue is null ? "too much data waits for projects that are not there yet" : $"the queue of project {part.Account.Project} is full");
    }

    private bool HasRoom(PlannedPart part) => part.Exporter.Disk is { } disk
        ? disk.HasRoom(part.Value, signal, part.Account, (int)part.Bytes, part.Queue is not null)
        : part.Queue is { } queue
        ? part.Exporter.Queues.HasRoom(queue, part.Bytes)
        : part.Exporter.Parking.HasRoom(part.Value, part.Bytes);

    private void RejectPart(ExporterPipeline exporter, RejectReason reason, string project, long items, long bytes, string message)
    {
        var known = _rejected.GetValueOrDefault((exporter, reason, project));
        _rejected[(exporter, reason, project)] = (known.Items + items, known.Bytes + bytes, known.Message ?? message);
    }

    private sealed class PlannedPart(ExporterPipeline exporter, string value, ProjectQueue? queue, RouteBucket? bucket, ProjectAccount account, bool isUnknown)
    {
        public ExporterPipeline Exporter { get; } = exporter;

        /// <summary>Nobody was asked for the project yet.</summary>
        public bool IsUnknown { get; } = isUnknown;

        public string Value { get; } = value;

        public ProjectQueue? Queue { get; } = queue;

        public RouteBucket? Bucket { get; } = bucket;

        public ProjectAccount Account { get; } = account;

        public List<ReadOnlyMemory<byte>> Ranges { get; } = [];

        public int Items { get; private set; }

        public long Bytes { get; private set; }

        public void Add(RequestSlice slice, ReadOnlyMemory<byte> request)
        {
            Ranges.Add(slice.In(request));
            Items += slice.Items;
            Bytes += slice.Length;
        }
    }
}
