using SentryOtel.Gateway.Configuration;
using SentryOtel.Gateway.Queueing;
using SentryOtel.Gateway.Routing;
using SentryOtel.Gateway.Telemetry;
using SentryOtel.Otlp;

namespace SentryOtel.Gateway.Parking;

/// <summary>
/// Where the data of services wait whose project is not there yet: bounded in bytes, in services and in time. When a route comes, data leave in the order in which
/// they came; every other way out is booked with its reason.
/// </summary>
internal sealed class ParkingLot : IDisposable
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(1);

    private readonly MonotonicClock _clock;
    private readonly Func<string, RouteAnswer> _find;
    private readonly Func<Route, OtlpSignal, QueuedData, bool> _deliver;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Queue<(OtlpSignal Signal, QueuedData Data)>> _services = new(StringComparer.Ordinal);
    private readonly ITimer _timer;
    private ParkingConfiguration _limits;
    private long _bytes;

    /// <param name="limits">The bounds.</param>
    /// <param name="find">What is known of a value now.</param>
    /// <param name="deliver">Queues data for a project; false when its queue is full.</param>
    /// <param name="clock">The clock.</param>
    public ParkingLot(ParkingConfiguration limits, Func<string, RouteAnswer> find, Func<Route, OtlpSignal, QueuedData, bool> deliver, MonotonicClock clock)
    {
        _limits = limits;
        _find = find;
        _deliver = deliver;
        _clock = clock;
        _timer = clock.CreateTimer(Settle);
    }

    /// <summary>Services that wait.</summary>
    public int Services
    {
        get
        {
            lock (_gate)
            {
                return _services.Count;
            }
        }
    }

    /// <summary>Bytes that wait.</summary>
    public long Bytes
    {
        get
        {
            lock (_gate)
            {
                return _bytes;
            }
        }
    }

    /// <summary>Holds what waits to other bounds from now on; what is there beyond smaller ones stays until it leaves.</summary>
    public void Apply(ParkingConfiguration limits)
    {
        lock (_gate)
        {
            _limits = limits;
        }

        Settle();
    }

    /// <summary>Whether data of the service may be added now.</summary>
    public bool HasRoom(string value, long bytes)
    {
        lock (_gate)
        {
            return HasRoomLocked(value, bytes);
        }
    }

    /// <summary>Adds data of a service and books them; false when there is no room.</summary>
    public bool TryPark(string value, OtlpSignal signal, QueuedData data)
    {
        lock (_gate)
        {
            if (!HasRoomLocked(value, data.Bytes))
            {
                return false;
            }

            data.Account.Accept(data.Items, data.Bytes, data.Since);
            if (!_services.TryGetValue(value, out var waiting))
            {
                _services[value] = waiting = new Queue<(OtlpSignal, QueuedData)>();
            }

            waiting.Enqueue((signal, data));
            _bytes += data.Bytes;

            // The route may have come between the look-up and here.
            if (_find(value).Kind is RouteAnswerKind.Active or RouteAnswerKind.None)
            {
                SettleLocked(value, waiting);
            }

            ArmLocked();
            return true;
        }
    }

    /// <summary>Lets go what has a route by now, or has waited too long.</summary>
    public void Settle()
    {
        lock (_gate)
        {
            foreach (var (value, waiting) in _services.ToArray())
            {
                SettleLocked(value, waiting);
            }

            ArmLocked();
        }
    }

    /// <summary>Drops everything that waits; says how many items.</summary>
    public long Stop()
    {
        lock (_gate)
        {
            long items = 0;
            foreach (var waiting in _services.Values)
            {
                while (waiting.TryDequeue(out var next))
                {
                    items += next.Data.Items;
                    DropLocked(next.Data, DropReason.Shutdown);
                }
            }

            _services.Clear();
            return items;
        }
    }

    public void Dispose() => _timer.Dispose();

    private bool HasRoomLocked(string value, long bytes) =>
        bytes <= _limits.MaxBytes - _bytes && (_services.ContainsKey(value) || _services.Count < _limits.MaxServices);

    private void SettleLocked(string value, Queue<(OtlpSignal Signal, QueuedData Data)> waiting)
    {
        var answer = _find(value);
        while (waiting.TryPeek(out var next))
        {
            if (answer.Kind == RouteAnswerKind.Active && _deliver(answer.Route!, next.Signal, next.Data))
            {
                _bytes -= next.Data.Bytes;
            }
            else if (answer.Kind == RouteAnswerKind.None)
            {
                DropLocked(next.Data, DropReason.NoProject);
            }
            else if (_clock.Now - next.Data.Since >= _limits.MaxAge)
            {
                DropLocked(next.Data, DropReason.ParkingExpired);
            }
            else
            {
                break;
            }

            waiting.Dequeue();
        }

        if (waiting.Count == 0)
        {
            _services.Remove(value);
        }
    }

    private void DropLocked(QueuedData data, DropReason reason)
    {
        _bytes -= data.Bytes;
        data.Account.Drop(reason, data.Items, data.Bytes);
        data.Dispose();
    }

    private void ArmLocked() =>
        _timer.Change(_services.Count > 0 ? LookInterval : Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
}
