using System.Diagnostics.Metrics;

namespace SentryOtel.Operator.Rounds;

/// <summary>What fails in rounds.</summary>
internal static class RoundMetrics
{
    private static readonly Meter Meter = new("SentryOtel.Operator.Rounds");

    private static readonly Counter<long> Failures = Meter.CreateCounter<long>(
        "sentry_otel_operator_round_failures_total", null, "Parts of periodic rounds that failed unexpectedly and were left out, by round; the log names them.");

    /// <summary>Shows the round before anything of it fails: a rate needs a beginning.</summary>
    public static void Begin(string round) => Add(round, 0);

    public static void Failed(string round) => Add(round, 1);

    private static void Add(string round, long failures) => Failures.Add(failures, new KeyValuePair<string, object?>("round", round));
}
