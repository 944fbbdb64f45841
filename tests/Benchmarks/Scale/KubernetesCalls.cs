using SentryOtel.Cluster;

namespace SentryOtel.Benchmarks.Scale;

/// <summary>What the operator asked of the API server.</summary>
internal static class KubernetesCalls
{
    /// <summary>Requests by verb and resource, from a time on. A watch counts when it has ended: the server tells of it no sooner.</summary>
    public static IReadOnlyDictionary<string, long> Read(ScaleWorld world, DateTimeOffset from, DateTimeOffset to) =>
        AuditLog.Read(world.ControlPlane.AuditLogPath, ScaleWorld.User)
            .Where(request => request.User == ScaleWorld.User && request.Time >= from && request.Time < to)
            .DistinctBy(static request => (request.Time, request.Verb, request.Uri))
            .GroupBy(static request => $"{request.Verb} {(request.Resource.Length == 0 ? "(discovery)" : request.Resource)}", StringComparer.Ordinal)
            .ToDictionary(static group => group.Key, static group => group.LongCount(), StringComparer.Ordinal);
}
