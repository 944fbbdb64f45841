using SentryOtel.Operator.Traffic;

namespace SentryOtel.Operator.Tests.Traffic;

/// <summary>What gateways would say.</summary>
internal static class Documents
{
    public static readonly DateTimeOffset Start = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    /// <summary>A gateway's document.</summary>
    /// <param name="at">Now, by its clock.</param>
    /// <param name="startedAt">When it started, by the same clock.</param>
    /// <param name="queues">Its projects and signals.</param>
    public static GatewayDocument Of(DateTimeOffset at, DateTimeOffset? startedAt, params IReadOnlyList<GatewayQueue> queues) =>
        new() { At = at, StartedAt = startedAt, Exporters = [new GatewayExporter { Routes = queues }] };

    public static GatewayQueue Queue(
        long accepted, long sent, long dropped = 0, string project = "7", string slug = "orders", string signal = "traces", DateTimeOffset? seen = null) => new()
        {
            Project = slug,
            ProjectId = project,
            Signal = signal,
            Accepted = accepted,
            Sent = sent,
            Dropped = dropped == 0 ? null : new Dictionary<string, long> { ["expired"] = dropped - 1, ["rejected"] = 1 },
            LastSeen = seen,
        };

    public static GatewayQueue Limited(string category, double seconds, string signal = "traces", string scope = "project") => Queue(1, 0, signal: signal) with
    {
        Hold = "rate_limited",
        HeldForSeconds = seconds,
        Limit = new GatewayLimit { Category = category, Scope = scope },
    };
}
