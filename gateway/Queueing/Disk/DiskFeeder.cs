using System.Buffers;
using Microsoft.Extensions.Logging;
using SentryOtel.Gateway.Receiving;
using SentryOtel.Gateway.Routing;
using SentryOtel.Gateway.Telemetry;

namespace SentryOtel.Gateway.Queueing.Disk;

/// <summary>
/// Moves data from disk to the project queues as these have room. A quarter of the memory budget is for all queues together, in equal parts, so that what is stuck in one leaves room for the others.
/// </summary>
internal sealed class DiskFeeder : IDisposable
{
    private const long SmallestShare = 64 * 1024;
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(1);

    private readonly DiskQueue _queue;
    private readonly DiskLines _lines;
    private readonly SegmentLog _log;
    private readonly IDiskQueueWay _way;
    private readonly Admission _admission;
    private readonly TimeProvider _time;
    private readonly string _exporter;
    private readonly ILogger _logger;
    private readonly Pump _pump;
    private readonly ITimer _timer;
    private volatile bool _stopped;

    public DiskFeeder(DiskQueue queue, DiskLines lines, SegmentLog log, IDiskQueueWay way, Admission admission, TimeProvider time, string exporter, ILogger logger)
    {
        (_queue, _lines, _log, _way, _admission, _time, _exporter, _logger) = (queue, lines, log, way, admission, time, exporter, logger);
        _pump = new Pump(Feed);
        _timer = time.CreateTimer(static feeder => ((DiskFeeder)feeder!).Wake(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public TimeSpan Now => _way.Now;

    private long Share => Math.Max(SmallestShare, _admission.Limit / 4 / Math.Max(1, _lines.Count));

    public void Wake()
    {
        if (!_stopped)
        {
            _pump.Kick();
        }
    }

    public Task WhenIdleAsync() => _pump.WhenIdleAsync();

    /// <summary>Takes data that were just written: into memory when their queue has room, else they wait on disk.</summary>
    public void Take(DiskEntry entry, BufferLease lease)
    {
        var line = entry.Record.Line;
        var answer = _way.Find(line.Value);
        if (!_stopped && answer.Kind == RouteAnswerKind.Active && !_lines.HasCold(line))
        {
            var queue = _way.QueueOf(answer.Route!, line.Signal);
            if (HasRoom(queue, queue.Read().Bytes, entry.Bytes))
            {
                _lines.SetParked(line, false);
                var data = entry.Payload.Share(lease, line.Account, _way.Now, entry.Record);
                if (_way.TryDeliver(queue, data))
                {
                    return;
                }

                data.Dispose();
            }
        }

        _lines.Leave(entry.Record);
        Wake();
    }

    public async Task StopAsync()
    {
        _stopped = true;
        await _pump.WhenIdleAsync().ConfigureAwait(false);
        Dispose();
    }

    public void Dispose()
    {
        _stopped = true;
        _timer.Dispose();
    }

    private bool HasRoom(ProjectQueue queue, long held, long bytes) => (held == 0 || held + bytes <= Share) && queue.HasRoom(bytes);

    private void Feed()
    {
        try
        {
            var lines = _lines.Waiting();
            foreach (var line in lines)
            {
                Feed(line);
            }

            _timer.Change(lines.Count > 0 && !_stopped ? LookInterval : Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
        catch (ObjectDisposedException) when (_stopped)
        {
            // The timer went with the queue.
        }
        catch (Exception exception)
        {
            Log.FeedFailed(_logger, exception, _exporter);
            _timer.Change(LookInterval, Timeout.InfiniteTimeSpan);
        }
    }

    private void Feed(DiskLine line)
    {
        var answer = _way.Find(line.Value);
        var isActive = answer.Kind == RouteAnswerKind.Active;
        _lines.SetParked(line, !isActive);
        if (answer.Kind == RouteAnswerKind.Announce)
        {
            _way.Announce(line.Value);
        }

        var queue = isActive ? _way.QueueOf(answer.Route!, line.Signal) : null;
        var held = queue?.Read().Bytes ?? 0;
        while (!_stopped && _lines.Peek(line) is { } record)
        {
            if (ReasonToDrop(record, answer, queue) is { } reason)
            {
                if (_lines.TryTake(record))
                {
                    _queue.Drop(record, reason);
                }
            }
            else if (queue is null || !HasRoom(queue, held, record.Length))
            {
                return;
            }
            else if (_lines.TryTake(record))
            {
                if (!Deliver(queue, record))
                {
                    return;
                }

                held += record.Length;
            }
        }
    }

    private DropReason? ReasonToDrop(StoredRecord record, RouteAnswer answer, ProjectQueue? queue)
    {
        if (answer.Kind == RouteAnswerKind.None && _way.KnowsRoutes)
        {
            return DropReason.NoProject;
        }

        var limits = _queue.Configuration;
        if (Age(record.AcceptedAt) >= limits.MaxAge)
        {
            return queue?.Read().Hold switch
            {
                HoldReason.RateLimited => DropReason.RateLimited,
                HoldReason.ProjectRejected => DropReason.ProjectRejected,
                HoldReason.Forbidden => DropReason.Forbidden,
                _ => DropReason.Expired,
            };
        }

        // The time in which nothing ran was not theirs to use.
        return queue is null && Age(Math.Max(record.AcceptedAt, _queue.OpenedAt)) >= limits.Parking.MaxAge ? DropReason.ParkingExpired : null;
    }

    private TimeSpan Age(long since) => TimeSpan.FromMilliseconds(Math.Max(0, _queue.Now - since));

    private bool Deliver(ProjectQueue queue, StoredRecord record)
    {
        var array = ArrayPool<byte>.Shared.Rent(record.Length);
        if (!_log.TryRead(record, array, out var header))
        {
            ArrayPool<byte>.Shared.Return(array);
            _log.Blame(record);
            _queue.Counters.Lose(1, record.Items);
            Log.RecordLost(_logger, _exporter, record.Items);
            _queue.Drop(record, DropReason.Corrupt);
            return true;
        }

        var lease = RequestBuffer.Own(array, record.Length, _admission.Take(array.Length), ArrayPool<byte>.Shared);
        var data = RecordPayload.Read(lease, header, _way.Now - Age(record.AcceptedAt), record);
        if (_way.TryDeliver(queue, data))
        {
            return true;
        }

        data.Dispose();
        _lines.Leave(record);
        return false;
    }
}
