using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using SentryOtel.Kubernetes.Metrics;

namespace SentryOtel.Kubernetes.Informers;

/// <summary>What informers share: clock, randomness, log and metrics.</summary>
public sealed class InformerServices
{
    /// <summary>Clock of watches, pauses and resyncs.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Source of jitter; used under a lock.</summary>
    public required Random Random { get; init; }

    /// <summary>Where failures are told.</summary>
    public ILogger Logger { get; init; } = NullLogger.Instance;

    /// <summary>Where lists, watches and objects are counted; may be null.</summary>
    public RuntimeMetrics? Metrics { get; init; }

    internal double NextDouble()
    {
        lock (Random)
        {
            return Random.NextDouble();
        }
    }
}
