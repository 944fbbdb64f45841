using System.Text.Json;
using System.Text.Json.Serialization;
using SentryOtel.Gateway.Ingest;
using SentryOtel.Gateway.Queueing;
using SentryOtel.Otlp;

namespace SentryOtel.Gateway.Telemetry;

/// <summary>What <c>/routes</c> shows: every queue with its depth, why it waits, and its books.</summary>
internal static class RoutesDocument
{
    /// <summary>Services shown of those that wait, longest first.</summary>
    private const int MaxParked = 100;

    public static byte[] Render(IEnumerable<ExporterPipeline> exporters) => JsonSerializer.SerializeToUtf8Bytes(
        new RoutesView([.. exporters.Select(exporter => new ExporterView(
            exporter.Id,
            exporter.Routes.NotReady,
            exporter.Parking.Services,
            exporter.Parking.Bytes,
            exporter.Routes.Problem,
            [.. exporter.Parking.Read().Take(MaxParked).Select(parked => new ParkedView(
                parked.Value, parked.Items, parked.Bytes, (exporter.Now - parked.Oldest).TotalSeconds, exporter.Routes.WhyWaiting(parked.Value)))],
            [.. exporter.Queues.All.OrderBy(queue => queue.Name, StringComparer.Ordinal).ThenBy(queue => queue.Signal).Select(queue => View(exporter, queue))]))]),
        RoutesJsonContext.Default.RoutesView);

    private static RouteView View(ExporterPipeline exporter, ProjectQueue queue)
    {
        var state = queue.Read();
        var target = queue.Target;
        var balance = exporter.Account(queue.Signal, target.ProjectSlug).Read();
        return new RouteView(
            queue.Name,
            target.ProjectSlug,
            target.ProjectId,
            queue.Signal == OtlpSignal.Logs ? "logs" : "traces",
            state.Items,
            state.Bytes,
            state.InFlight,
            state.Oldest is { } oldest ? (exporter.Now - oldest).TotalSeconds : null,
            state.Hold switch
            {
                HoldReason.RateLimited => "rate_limited",
                HoldReason.BackingOff => "backing_off",
                HoldReason.ProjectRejected => "project_rejected",
                HoldReason.Forbidden => "forbidden",
                _ => null,
            },
            state.HeldFor.TotalSeconds,
            balance.Accepted,
            balance.Sent,
            Enum.GetValues<DropReason>().Where(reason => balance.DroppedFor(reason) > 0).ToDictionary(reason => reason.Name(), balance.DroppedFor));
    }
}

/// <summary>The document.</summary>
internal sealed record RoutesView(IReadOnlyList<ExporterView> Exporters);

/// <summary>One exporter.</summary>
internal sealed record ExporterView(
    string Exporter, string? NotReady, int ParkedServices, long ParkedBytes, string? Problem, IReadOnlyList<ParkedView> Parked, IReadOnlyList<RouteView> Routes);

/// <summary>A service whose project is not there yet.</summary>
internal sealed record ParkedView(string Service, long Items, long Bytes, double OldestAgeSeconds, string? Error);

/// <summary>One project and signal.</summary>
internal sealed record RouteView(
    string Queue,
    string Project,
    string ProjectId,
    string Signal,
    long QueuedItems,
    long QueuedBytes,
    int InFlight,
    double? OldestAgeSeconds,
    string? Hold,
    double HeldForSeconds,
    long Accepted,
    long Sent,
    IReadOnlyDictionary<string, long> Dropped);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, WriteIndented = true)]
[JsonSerializable(typeof(RoutesView))]
internal sealed partial class RoutesJsonContext : JsonSerializerContext;
