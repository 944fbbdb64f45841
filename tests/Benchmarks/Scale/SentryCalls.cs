using SentryOtel.SentryServer;

namespace SentryOtel.Benchmarks.Scale;

/// <summary>What Sentry's API was asked.</summary>
/// <param name="ByOperation">Calls by method and route.</param>
/// <param name="Refused">Calls that were answered 429.</param>
internal sealed record SentryCalls(IReadOnlyDictionary<string, long> ByOperation, long Refused)
{
    public static SentryCalls Read(SentryServerHost sentry)
    {
        // METHOD ROUTE STATUS
        var counters = sentry.State.Requests.Counters().Select(static counter => (Parts: counter.Key.Split(' '), counter.Value)).ToList();
        return new SentryCalls(
            counters.GroupBy(static counter => $"{counter.Parts[0]} {counter.Parts[1]}", StringComparer.Ordinal)
                .ToDictionary(static group => group.Key, static group => group.Sum(static counter => counter.Value), StringComparer.Ordinal),
            counters.Where(static counter => counter.Parts[2] == "429").Sum(static counter => counter.Value));
    }

    public SentryCalls Since(SentryCalls before) => new(
        ByOperation.Select(call => (call.Key, Count: call.Value - before.ByOperation.GetValueOrDefault(call.Key))).Where(static call => call.Count > 0)
            .ToDictionary(static call => call.Key, static call => call.Count, StringComparer.Ordinal),
        Refused - before.Refused);
}
