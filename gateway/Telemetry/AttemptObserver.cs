using System.Diagnostics;
using System.Diagnostics.Metrics;
using SentryOtel.Gateway.Sending;
using SentryOtel.Otlp;

namespace SentryOtel.Gateway.Telemetry;

/// <summary>Takes the time of attempts to send, and makes spans of them when somebody asked for traces.</summary>
internal sealed class AttemptObserver : IDisposable
{
    private readonly TimeProvider _timeProvider;
    private readonly Meter _meter;
    private readonly Histogram<double> _duration;

    /// <param name="timeProvider">The clock.</param>
    /// <param name="scope">Of the meter: tells the gateways of one process apart.</param>
    public AttemptObserver(TimeProvider timeProvider, object? scope = null)
    {
        _timeProvider = timeProvider;
        _meter = new Meter(new MeterOptions(GatewayMetrics.MeterName) { Scope = scope });
        _duration = _meter.CreateHistogram(
            "sentry_otel.gateway.export.duration",
            "s",
            "Duration of one attempt to send, by outcome.",
            null,
            new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60] });
    }

    /// <summary>An attempt begins.</summary>
    /// <param name="exporter">Component id.</param>
    /// <param name="signal">What is sent.</param>
    /// <param name="project">Slug.</param>
    /// <param name="items">Items.</param>
    /// <param name="bytes">As they go over the wire.</param>
    /// <param name="number">1 for the first.</param>
    public Attempt Start(string exporter, OtlpSignal signal, string project, long items, long bytes, int number)
    {
        var activity = GatewayActivities.Start("export", ActivityKind.Client);
        if (activity is not null)
        {
            // Set one by one: without a listener nothing of this is made.
            activity.SetTag("sentry_otel.exporter", exporter);
            activity.SetTag("sentry_otel.signal", signal.Name());
            activity.SetTag("sentry_otel.project", project);
            activity.SetTag("sentry_otel.items", items);
            activity.SetTag("sentry_otel.attempt", number);
            activity.SetTag("http.request.body.size", bytes);
        }

        return new Attempt(this, activity, exporter, signal);
    }

    public void Dispose() => _meter.Dispose();

    /// <summary>One attempt.</summary>
    internal sealed class Attempt(AttemptObserver observer, Activity? activity, string exporter, OtlpSignal signal) : IDisposable
    {
        private readonly long _started = observer._timeProvider.GetTimestamp();

        public void End(SendOutcome outcome)
        {
            var name = outcome.Kind.Name();
            observer._duration.Record(
                observer._timeProvider.GetElapsedTime(_started).TotalSeconds,
                new KeyValuePair<string, object?>("exporter", exporter), new("signal", signal.Name()), new("outcome", name));
            if (activity is null)
            {
                return;
            }

            activity.SetTag("sentry_otel.outcome", name);
            if (outcome.Status != 0)
            {
                activity.SetTag("http.response.status_code", outcome.Status);
            }

            if (outcome.Kind is not (SendOutcomeKind.Sent or SendOutcomeKind.Cancelled))
            {
                activity.SetStatus(ActivityStatusCode.Error, outcome.Message);
            }
        }

        public void Dispose() => activity?.Dispose();
    }
}
