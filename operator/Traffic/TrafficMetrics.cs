using System.Diagnostics.Metrics;

namespace SentryOtel.Operator.Traffic;

/// <summary>What reading gateways and telling routes of it counts.</summary>
internal static class TrafficMetrics
{
    private static readonly Meter Meter = new("SentryOtel.Operator.Traffic");

    private static readonly Counter<long> Reads = Meter.CreateCounter<long>(
        "sentry_otel_operator_gateway_reads_total", null, "Gateways asked for what they know of their projects: result = ok, or why there was no answer.");

    private static readonly Counter<long> Updates = Meter.CreateCounter<long>(
        "sentry_otel_operator_route_updates_total", null, "Statuses of routes that had to be written for what gateways said: cause = counts, state.");

    private static readonly Counter<long> Deferred = Meter.CreateCounter<long>(
        "sentry_otel_operator_route_updates_deferred_total", null, "Statuses of routes that were due and had to wait for the next round, since too many were.");

    public static void Read(ReadFailure? failure) => Reads.Add(1, new KeyValuePair<string, object?>("result", failure?.Name() ?? "ok"));

    public static void Update(Publication cause) =>
        Updates.Add(1, new KeyValuePair<string, object?>("cause", cause == Publication.State ? "state" : "counts"));

    public static void Defer(long routes) => Deferred.Add(routes);
}
