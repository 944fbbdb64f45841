using SentryOtel.Sentry.Routing;

namespace SentryOtel.Gateway.Ingest;

/// <summary>
/// Holds one route to its items and bytes per second. A request passes while there is anything left and may overdraw it, so that a request larger than a second's share gets
/// through at all; what follows then waits for the balance.
/// </summary>
internal sealed class RouteBucket(RouteLimits limits, TimeSpan now)
{
    private readonly Lock _gate = new();
    private double _items = limits.ItemsPerSecond ?? double.MaxValue;
    private double _bytes = limits.BytesPerSecond ?? double.MaxValue;
    private TimeSpan _at = now;

    public RouteLimits Limits { get; } = limits;

    /// <summary>True when so long nothing was taken: a new bucket would be as full.</summary>
    public bool IsIdle(TimeSpan idle, TimeSpan now)
    {
        lock (_gate)
        {
            return now - _at >= idle && _items + ((Limits.ItemsPerSecond ?? 0) * idle.TotalSeconds) > 0 && _bytes + ((Limits.BytesPerSecond ?? 0) * idle.TotalSeconds) > 0;
        }
    }

    public bool TryTake(long items, long bytes, TimeSpan now)
    {
        lock (_gate)
        {
            var elapsed = Math.Max(0, (now - _at).TotalSeconds);
            _at = now;
            _items = Refill(_items, Limits.ItemsPerSecond, elapsed);
            _bytes = Refill(_bytes, Limits.BytesPerSecond, elapsed);
            if (_items <= 0 || _bytes <= 0)
            {
                return false;
            }

            _items -= items;
            _bytes -= bytes;
            return true;
        }
    }

    private static double Refill(double left, double? perSecond, double elapsed) =>
        perSecond is { } rate ? Math.Min(rate, left + (rate * elapsed)) : double.MaxValue;
}
