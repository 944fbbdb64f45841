using SentryOtel.Crds;

namespace SentryOtel.Operator.RoutingTables;

/// <summary>Knows the project that takes data without the routing attribute.</summary>
internal interface IFallbackTargets
{
    /// <summary>
    /// The way into the exporter's <c>routing.fallbackProject</c>; <see cref="FallbackTarget.None"/> when it asks for none. Called on every pass: to be
    /// answered from memory as long as that is fresh.
    /// </summary>
    ValueTask<FallbackTarget> FindAsync(SentryExporter exporter, CancellationToken cancellationToken);
}
