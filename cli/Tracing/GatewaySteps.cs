using System.Globalization;
using SentryOtel.Cli.Terminal;
using SentryOtel.Gateway.Telemetry;
using SentryOtel.Kubernetes.Entities;

namespace SentryOtel.Cli.Tracing;

/// <summary>The gateway: whether it takes telemetry, knows the route, and what it tells of the service.</summary>
internal static class GatewaySteps
{
    /// <summary>Whether all pods have the route, and which do not.</summary>
    public static TraceStep Programmed(TraceInput input, IEnumerable<V1Condition>? conditions)
    {
        var step = ExporterSteps.Condition(conditions, "Programmed", "programmed");
        var behind = input.Entry is { } entry
            ? input.Pods.Where(pod => pod.TableGeneration < entry.Generation)
                .Select(pod => TraceStep.Bad(string.Create(CultureInfo.InvariantCulture, $"{pod.Name} serves routing table {pod.TableGeneration}, and the route came with {entry.Generation}"), null))
            : [];
        var silent = input.Pods.Where(static pod => pod.TableGeneration is null)
            .Select(static pod => TraceStep.Unsure($"{pod.Name} has not said which routing table it serves", Cures.For("GatewayNotReporting")));
        return step with { Steps = [.. behind, .. silent] };
    }

    /// <summary>Whether it takes telemetry, and where.</summary>
    public static IEnumerable<TraceStep> Of(TraceInput input, string? project)
    {
        var available = ExporterSteps.Condition(input.Exporter.Status?.Conditions, "GatewayAvailable", "gateway");
        yield return available with
        {
            Steps = [.. input.Pods.Where(static pod => !pod.IsReady).Select(static pod => TraceStep.Bad($"{pod.Name}: {pod.Problem}", null))],
        };
        foreach (var answer in input.Answers)
        {
            yield return answer.Routes is { } routes ? Live(input, answer.Pod, routes, project) : TraceStep.Unsure($"{answer.Pod} could not be asked: {answer.Failure}");
        }
    }

    private static TraceStep Live(TraceInput input, string pod, RoutesView view, string? project)
    {
        var steps = new List<TraceStep>();
        if (view.NotReady is { } why)
        {
            steps.Add(TraceStep.Bad($"not ready: {why}", null));
        }

        foreach (var exporter in view.Exporters)
        {
            steps.AddRange(exporter.Problem is null ? [] : [TraceStep.Unsure(exporter.Problem)]);
            steps.AddRange(exporter.Parked.Where(parked => parked.Service == input.Service).Select(Parked));
            steps.AddRange(exporter.Collisions.Where(collision => collision.Service == input.Service)
                .Select(static collision => TraceStep.Info($"\"{collision.Other}\" makes the same slug, so this service's project is {collision.Project}")));
            steps.AddRange(exporter.Routes.Where(route => IsOf(route, input.Service, project)).Select(route => Queue(route, input)));
        }

        return steps.Count == 0
            ? TraceStep.Info($"{pod} says: nothing of the service has come since it started {Ages.Since(view.StartedAt, input.Now)} ago")
            : steps.Exists(static step => step.Mark == TraceMark.Bad) ? TraceStep.Unsure($"{pod} says:", null, steps) : TraceStep.Good($"{pod} says:", steps);
    }

    /// <summary>Whether a queue is that of a service's project.</summary>
    public static bool IsOf(RouteView route, string service, string? project) => route.Services.Contains(service) || (project is not null && route.Project == project);

    private static TraceStep Parked(ParkedView parked) => TraceStep.Unsure(string.Create(
        CultureInfo.InvariantCulture,
        $"{parked.Items} items wait for their project, the oldest for {parked.OldestAgeSeconds:0} s{(parked.Error is null ? "" : $": {parked.Error}")}"));

    private static TraceStep Queue(RouteView route, TraceInput input)
    {
        var dropped = route.Dropped.Values.Sum();
        var counts = string.Create(
            CultureInfo.InvariantCulture,
            $"{route.Signal} of project {route.Project}: {route.State}, {route.Accepted} accepted, {route.Sent} sent, {dropped} dropped, {route.QueuedItems} queued, seen {Ages.Since(route.LastSeen, input.Now)} ago");
        List<TraceStep> steps = [.. route.Dropped.Select(static pair => TraceStep.Bad(string.Create(CultureInfo.InvariantCulture, $"{pair.Value} dropped: {pair.Key}"), null))];
        if (route.LastError is { } error)
        {
            steps.Add(TraceStep.Unsure(string.Create(CultureInfo.InvariantCulture, $"last error {Ages.Since(error.At, input.Now)} ago: {error.Outcome}, status {error.Status}: {error.Message}")));
        }

        if (route.HeldUntil is { } until)
        {
            steps.Add(TraceStep.Unsure($"nothing is sent until {Ages.At(until)}: {route.Hold}"));
        }

        return route.Hold is null && dropped == 0 ? TraceStep.Good(counts, steps) : TraceStep.Unsure(counts, null, steps);
    }
}
