using System.Diagnostics.Metrics;

namespace SentryOtel.Operator.Discovery;

/// <summary>What discovery counts.</summary>
internal static class DiscoveryMetrics
{
    private static readonly Meter Meter = new("SentryOtel.Operator.Discovery");

    private static readonly Counter<long> Routes = Meter.CreateCounter<long>(
        "sentry_otel_operator_discovery_routes_total", null, "Routes of discovered services by what was done: result = created, deleted.");

    private static readonly Counter<long> Refused = Meter.CreateCounter<long>(
        "sentry_otel_operator_discovery_refused_total", null, "Services of workloads that got no route, and workloads whose service can not be read, per reason.");

    public static void Created() => Routes.Add(1, new KeyValuePair<string, object?>("result", "created"));

    public static void Deleted() => Routes.Add(1, new KeyValuePair<string, object?>("result", "deleted"));

    public static void Refuse(string reason) => Refused.Add(1, new KeyValuePair<string, object?>("reason", reason));
}
