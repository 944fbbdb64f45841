using SentryOtel.Gateway.Ingest;
using SentryOtel.Gateway.Receiving;
using SentryOtel.Gateway.Telemetry;
using SentryOtel.Otlp;
using SentryOtel.Otlp.Slicing;

namespace SentryOtel.Gateway.Forwarding;

/// <summary>What becomes of an Export request of metrics: it is taken whole by every destination, refused whole, or rejected when there is none.</summary>
internal static class MetricsIntake
{
    private const string Nowhere =
        "Sentry takes no OTLP metrics, so these data points were rejected. Set metrics.forward_to of the sentry exporter and a metrics pipeline to pass them on to an endpoint that does, "
        + "or send none: OTEL_METRICS_EXPORTER=none.";

    // Counts data points; metrics are not routed.
    private static readonly RequestSlicer Counter = new(string.Empty);

    public static IngestOutcome Take(IReadOnlyList<MetricsForwarder> destinations, BufferLease request, IngestCounters counters, Func<TimeSpan, TimeSpan> retryAfter)
    {
        var scan = Counter.Slice(OtlpSignal.Metrics, request.Memory.Span, []);
        if (scan.Error.IsError)
        {
            return IngestOutcome.Invalid(scan.Error.ToString());
        }

        if (scan.Items == 0)
        {
            return IngestOutcome.Accepted;
        }

        if (destinations.Count == 0)
        {
            counters.RejectMetrics(RejectReason.NoDestination, scan.Items, request.Memory.Length);
            return IngestOutcome.Partial(scan.Items, Nowhere);
        }

        // Looking comes before taking, so that one destination does not get what its client sends again for another.
        if (destinations.FirstOrDefault(destination => !destination.HasRoom(request.Memory.Length)) is { } full)
        {
            return Refuse(full);
        }

        var taken = 0;
        foreach (var destination in destinations)
        {
            var lease = request.Share();
            if (destination.TryEnqueue(lease, scan.Items))
            {
                taken++;
                continue;
            }

            lease.Dispose();
        }

        if (taken == 0)
        {
            return Refuse(destinations[0]);
        }

        if (taken < destinations.Count)
        {
            // Another request was faster at one of them. To come back would send again what the others have.
            counters.RejectMetrics(RejectReason.QueueFull, scan.Items, request.Memory.Length);
            return IngestOutcome.Partial(scan.Items, "the queue of metrics is full");
        }

        return IngestOutcome.Accepted;

        IngestOutcome Refuse(MetricsForwarder destination)
        {
            counters.RefuseMetrics(scan.Items, request.Memory.Length);
            return IngestOutcome.Full(retryAfter(destination.HeldFor), "the queue of metrics is full");
        }
    }
}
