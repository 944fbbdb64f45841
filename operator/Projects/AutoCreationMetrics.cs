using System.Diagnostics.Metrics;

namespace SentryOtel.Operator.Projects;

/// <summary>What is counted of projects for routes that nobody wrote.</summary>
internal static class AutoCreationMetrics
{
    private static readonly Meter Meter = new("SentryOtel.Operator.Projects");

    private static readonly Counter<long> Refused = Meter.CreateCounter<long>(
        "sentry_otel_operator_auto_creations_refused_total", null, "Routes that nobody wrote whose project may not be created, or not yet, counted when that begins, per reason.");

    public static void Refuse(string reason) => Refused.Add(1, new KeyValuePair<string, object?>("reason", reason));
}
