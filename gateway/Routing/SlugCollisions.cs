using Microsoft.Extensions.Logging;
using SentryOtel.Gateway.Telemetry;

namespace SentryOtel.Gateway.Routing;

/// <summary>Two values of the routing attribute that make one slug.</summary>
/// <param name="Value">The one that gave way.</param>
/// <param name="Slug">What it got instead, with a hash of its own text.</param>
/// <param name="Other">The one that holds the slug that both make.</param>
internal readonly record struct SlugCollision(string Value, string Slug, string Other);

/// <summary>The collisions of one source of routes: told once for each pair, counted, and kept to be shown. Bounded, since values come from the network.</summary>
internal sealed class SlugCollisions(string exporter, TimeProvider timeProvider, ILogger logger)
{
    /// <summary>Pairs that are known at a time.</summary>
    public const int MaxKnown = 1000;

    private readonly LogThrottle _throttle = new(timeProvider);
    private readonly Lock _gate = new();
    private readonly Dictionary<(string Value, string Other), SlugCollision> _known = [];
    private long _count;

    /// <summary>Since the start.</summary>
    public long Count => Interlocked.Read(ref _count);

    /// <summary>Those of the configuration in force.</summary>
    public IReadOnlyList<SlugCollision> Read()
    {
        lock (_gate)
        {
            return [.. _known.Values];
        }
    }

    public void Add(SlugCollision collision)
    {
        lock (_gate)
        {
            if (_known.Count >= MaxKnown || !_known.TryAdd((collision.Value, collision.Other), collision))
            {
                return;
            }

            Interlocked.Increment(ref _count);
        }

        if (_throttle.TryPass("collision", out var suppressed))
        {
            Log.SlugsCollide(logger, exporter, ShownValue.Of(collision.Value), ShownValue.Of(collision.Other), collision.Slug, suppressed);
        }
    }

    /// <summary>Another configuration: what collides is found anew.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            _known.Clear();
        }
    }
}
