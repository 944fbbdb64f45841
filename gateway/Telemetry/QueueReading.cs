using SentryOtel.Gateway.Ingest;
using SentryOtel.Gateway.Queueing;
using SentryOtel.Otlp;

namespace SentryOtel.Gateway.Telemetry;

/// <summary>A queue at one moment, as metrics show it.</summary>
/// <param name="Exporter">Component id.</param>
/// <param name="Signal">What waits.</param>
/// <param name="Project">Name of the project's account.</param>
/// <param name="Bytes">Waiting and on the way.</param>
/// <param name="InFlight">Requests on the way.</param>
/// <param name="OldestAge">Of what waits; zero when nothing does.</param>
/// <param name="Hold">Why nothing is sent, if so.</param>
/// <param name="HeldFor">For how long still.</param>
internal sealed record QueueReading(
    string Exporter, OtlpSignal Signal, string Project, long Bytes, int InFlight, TimeSpan OldestAge, HoldReason Hold, TimeSpan HeldFor)
{
    /// <summary>The queues of an exporter, one reading per project and signal.</summary>
    public static IEnumerable<QueueReading> Of(ExporterPipeline exporter) =>
        exporter.Metrics is { } metrics ? Projects(exporter).Append(metrics.Reading()) : Projects(exporter);

    private static IEnumerable<QueueReading> Projects(ExporterPipeline exporter) =>
        from queue in exporter.Queues.All
        group queue.Read() by exporter.Account(queue.Signal, queue.Target.ProjectSlug) into states
        let longest = states.MaxBy(state => state.HeldFor)
        select new QueueReading(
            exporter.Id,
            states.Key.Signal,
            states.Key.Project,
            states.Sum(state => state.Bytes),
            states.Sum(state => state.InFlight),
            states.Max(state => state.Oldest is { } oldest ? exporter.Now - oldest : TimeSpan.Zero),
            longest.Hold,
            longest.HeldFor);
}
