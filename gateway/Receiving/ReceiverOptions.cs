using Microsoft.AspNetCore.Connections;

namespace SentryOtel.Gateway.Receiving;

/// <summary>What a receiver needs beyond its configuration.</summary>
internal sealed record ReceiverOptions
{
    /// <summary>What a client is told to wait that finds no memory free. 1 s.</summary>
    public TimeSpan RetryAfter { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How old a connection becomes before its client is asked for a new one, so that long-lived ones spread over
    /// replicas that were added later. 10 min.
    /// </summary>
    public TimeSpan MaxConnectionAge { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Most connections at a time: each may hold up to 1 MiB that no one has asked for yet. 10,000.</summary>
    public int MaxConnections { get; init; } = 10_000;

    /// <summary>What sockets are made by; null for plain TCP sockets.</summary>
    public IConnectionListenerFactory? Transport { get; init; }

    /// <summary>The clock of deadlines and connection ages.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}
