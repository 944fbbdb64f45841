using System.Diagnostics.Metrics;
using SentryOtel.Gateway.Telemetry;

namespace SentryOtel.Gateway.Hosting.Reloading;

/// <summary>How the configuration was last taken, for health and metrics.</summary>
internal sealed class ReloadState : IDisposable
{
    private const string Prefix = "sentry_otel.gateway.config.";

    private readonly TimeProvider _timeProvider;
    private readonly Meter _meter;
    private long _succeeded;
    private long _failed;
    private volatile Last _last;

    /// <param name="timeProvider">The clock.</param>
    /// <param name="scope">Of the meter.</param>
    public ReloadState(TimeProvider timeProvider, object scope)
    {
        _timeProvider = timeProvider;
        _last = new Last(null, timeProvider.GetUtcNow());
        _meter = new Meter(new MeterOptions(GatewayMetrics.MeterName) { Scope = scope });
        _meter.CreateObservableGauge(Prefix + "last_reload_successful", () => _last.Problem is null ? 1L : 0L, null, "1 when the file as it is now is in force; 0 when it is wrong and the one before goes on.");
        _meter.CreateObservableGauge(Prefix + "last_reload_success_timestamp", () => _last.Success.ToUnixTimeMilliseconds() / 1000.0, "s", "When the configuration in force was read.");
        _meter.CreateObservableCounter(
            Prefix + "reloads",
            () => new[] { Of(Interlocked.Read(ref _succeeded), "success"), Of(Interlocked.Read(ref _failed), "failure") },
            "{reload}",
            "Attempts to take a changed configuration, by outcome.");
    }

    /// <summary>Why the file as it is now is not in force, as what is said of it; null when it is.</summary>
    public string? Problem => _last.Problem;

    /// <summary>Attempts that put a configuration in force.</summary>
    public long Succeeded => Interlocked.Read(ref _succeeded);

    /// <summary>Attempts that did not.</summary>
    public long Failed => Interlocked.Read(ref _failed);

    /// <summary>For the detailed health answer. It is public: what is wrong goes to the log only.</summary>
    public string Remark => _last.Problem is null
        ? $"read at {_last.Success:yyyy-MM-ddTHH:mm:ssZ}"
        : $"the file was changed and {_last.Problem}, see the log; what was read at {_last.Success:yyyy-MM-ddTHH:mm:ssZ} is in force";

    public void Succeed()
    {
        Interlocked.Increment(ref _succeeded);
        _last = new Last(null, _timeProvider.GetUtcNow());
    }

    public void Fail(string problem)
    {
        Interlocked.Increment(ref _failed);
        _last = _last with { Problem = problem };
    }

    public void Dispose() => _meter.Dispose();

    private static Measurement<long> Of(long count, string outcome) => new(count, new KeyValuePair<string, object?>("outcome", outcome));

    private sealed record Last(string? Problem, DateTimeOffset Success);
}
