using SentryOtel.Gateway.Configuration;
using SentryOtel.Gateway.Queueing;
using SentryOtel.Gateway.Routing;
using SentryOtel.Gateway.Telemetry;
using SentryOtel.Otlp;

namespace SentryOtel.Gateway.Parking;

/// <summary>
/// Where the data of services wait whose project is not there yet: bounded in bytes, in bytes of each service, in services and in time. When a route comes, data leave in
/// the order in which they came; every other way out is booked with its reason.
/// </summary>
internal sealed class ParkingLot : IDisposable
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(1);

    private readonly MonotonicClock _clock;
    private readonly Func<string, RouteAnswer> _find;
    private readonly Func<Route, OtlpSignal, QueuedData, bool> _deliver;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, ParkedService> _services = new(StringComparer.Ordinal);
    private readonly ITimer _timer;
    private ParkingConfiguration _limits;
    private volatile int _count;
    private long _bytes;
    private bool _stopped;

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
    public int Services => _count;

    /// <summary>Bytes that wait.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>Every service that waits, the one that waits longest first.</summary>
    public IReadOnlyList<ParkedState> Read()
    {
        lock (_gate)
        {
            return [.. _services
                .Select(static pair => new ParkedState(pair.Key, pair.Value.Items, pair.Value.Bytes, pair.Value.TryPeek(out _, out var first) ? first.Since : TimeSpan.MaxValue))
                .OrderBy(static state => state.Oldest)];
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

    /// <summary>Whether data of the service wait: what comes after them must not overtake them. Costs nothing while nothing waits.</summary>
    public bool Holds(string value)
    {
        if (_count == 0)
        {
            return false;
        }

        lock (_gate)
        {
            return _services.ContainsKey(value);
        }
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
            if (!_services.TryGetValue(value, out var service))
            {
                _services[value] = service = new ParkedService();
                _count = _services.Count;
            }

            service.Add(signal, data);
            _bytes += data.Bytes;

            // The route may have come between the look-up and here.
            if (_find(value).Kind is RouteAnswerKind.Active or RouteAnswerKind.None)
            {
                SettleLocked(value, service);
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
            foreach (var (value, service) in _services.ToArray())
            {
                SettleLocked(value, service);
            }

            ArmLocked();
        }
    }

    /// <summary>Drops everything that waits, and takes nothing from then on; says how many items were dropped.</summary>
    public long Stop()
    {
        lock (_gate)
        {
            _stopped = true;
            long items = 0;
            foreach (var service in _services.Values)
            {
                while (service.TryPeek(out _, out var data))
                {
                    items += data.Items;
                    LeaveLocked(service, data);
                    Drop(data, DropReason.Shutdown);
                }
            }

            _services.Clear();
            _count = 0;
            return items;
        }
    }

    public void Dispose() => _timer.Dispose();

    private bool HasRoomLocked(string value, long bytes)
    {
        if (_stopped || bytes > _limits.MaxBytes - _bytes)
        {
            return false;
        }

        // A service's first data get in even when they alone are more than its share.
        return _services.TryGetValue(value, out var service)
            ? bytes <= _limits.MaxBytesPerService - service.Bytes
            : _services.Count < _limits.MaxServices;
    }

    private void SettleLocked(string value, ParkedService service)
    {
        var answer = _find(value);
        while (service.TryPeek(out var signal, out var data))
        {
            // Delivered data may be sent and gone before the next line.
            var (bytes, items) = (data.Bytes, data.Items);
            if (answer.Kind == RouteAnswerKind.Active && _deliver(answer.Route!, signal, data))
            {
                service.Remove(bytes, items);
                _bytes -= bytes;
                continue;
            }

            DropReason? reason = answer.Kind == RouteAnswerKind.None ? DropReason.NoProject
                : _clock.Now - data.Since >= _limits.MaxAge ? DropReason.ParkingExpired
                : null;
            if (reason is null)
            {
                break;
            }

            LeaveLocked(service, data);
            Drop(data, reason.Value);
        }

        if (service.Count == 0)
        {
            _services.Remove(value);
            _count = _services.Count;
        }
    }

    private void LeaveLocked(ParkedService service, QueuedData data)
    {
        service.Remove(data.Bytes, data.Items);
        _bytes -= data.Bytes;
    }

    private static void Drop(QueuedData data, DropReason reason)
    {
        data.Account.Drop(reason, data.Items, data.Bytes);
        data.Dispose();
    }

    private void ArmLocked() =>
        _timer.Change(_services.Count > 0 ? LookInterval : Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
}
