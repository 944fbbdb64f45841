using System.Diagnostics.Metrics;

namespace SentryOtel.Sentry.Api;

/// <summary>What is counted of calls to Sentry's management API.</summary>
internal static class SentryApiMetrics
{
    private static readonly Meter Meter = new("SentryOtel.Sentry.Api");

    private static readonly Counter<long> Requests = Meter.CreateCounter<long>(
        "sentry_otel_operator_sentry_requests_total", null, "Attempts to call Sentry's API, by operation and result: the HTTP status, or why there was no answer.");

    private static readonly Counter<long> Held = Meter.CreateCounter<long>(
        "sentry_otel_operator_sentry_budget_refusals_total", null, "Calls that were not sent since the token's budget of the operation is used up for longer than a call waits.");

    public static void Count(SentryApiOperation operation, ApiAnswer answer) => Requests.Add(
        1, Of(operation), new KeyValuePair<string, object?>("result", answer.Failure is { } failure ? Name(failure.Reason) : answer.Status));

    public static void Hold(SentryApiOperation operation) => Held.Add(1, Of(operation));

    private static KeyValuePair<string, object?> Of(SentryApiOperation operation) => new("operation", operation.Name);

    private static string Name(SentryErrorReason reason) => reason switch
    {
        SentryErrorReason.Unreachable => "unreachable",
        SentryErrorReason.Timeout => "timeout",
        _ => "unexpected_response",
    };
}
