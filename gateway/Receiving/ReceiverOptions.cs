using Microsoft.AspNetCore.Connections;
using SentryOtel.Gateway.Receiving.Renewal;

namespace SentryOtel.Gateway.Receiving;

/// <summary>What a receiver needs beyond its configuration.</summary>
internal sealed record ReceiverOptions
{
    /// <summary>What a client is told to wait that finds no memory free. 1 s.</summary>
    public TimeSpan RetryAfter { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>What sockets are made by; null for plain TCP sockets.</summary>
    public IConnectionListenerFactory? Transport { get; init; }

    /// <summary>Counts what became of changed certificates and credentials.</summary>
    public Renewals Renewals { get; init; } = new();

    /// <summary>The clock of deadlines and connection ages.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}
