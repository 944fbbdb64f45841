using SentryOtel.Crds;

namespace SentryOtel.Cli.Tracing;

/// <summary>The service itself: which workloads carry its name, what they send, and where they should send it.</summary>
internal static class ClientSteps
{
    public static IEnumerable<TraceStep> Of(TraceInput input)
    {
        foreach (var workload in input.Workloads)
        {
            yield return Workload(input, workload);
        }

        if (input.Workloads.Count == 0)
        {
            yield return TraceStep.Info($"no workload carries the label {input.Exporter.Spec.Discovery.LabelKey}={input.Service}{Others(input)} or sets OTEL_SERVICE_NAME to it");
        }

        if (input.Exporter.Status?.Endpoint is { } endpoint)
        {
            var needs = (string[])[.. TlsOf(input.Exporter.Spec.Gateway), .. AuthOf(input.Exporter.Spec.Gateway)];
            yield return TraceStep.Info($"clients send to {endpoint.Grpc} (gRPC) or {endpoint.Http} (HTTP){(needs.Length == 0 ? "" : $", with {string.Join(" and ", needs)}")}");
        }
    }

    private static TraceStep Workload(TraceInput input, TracedWorkload workload)
    {
        var others = workload.Sends.Where(sends => sends.Service != input.Service).ToList();
        List<TraceStep> steps =
        [
            .. workload.Unreadable.Select(static container => TraceStep.Info($"container {container} takes its service name from elsewhere, which can not be read here")),
            .. workload.Endpoints.Where(endpoint => !LeadsTo(input.Exporter, endpoint)).Select(endpoint => TraceStep.Unsure(
                $"OTEL_EXPORTER_OTLP_ENDPOINT is {endpoint}, which is not this gateway", "Unless that sends on to the gateway, set it to the exporter's status.endpoint.")),
        ];
        var sources = input.Exporter.Spec.Discovery.Sources;
        var announced = workload.Announced(sources);
        if (announced is null)
        {
            return TraceStep.Info($"{workload.Name} calls itself {input.Service}, and discovery does not announce it: it has no {string.Join(" or ", sources.Select(NameOf))}", steps);
        }

        var (source, name) = announced.Value;
        if (name != input.Service)
        {
            return TraceStep.Bad(
                $"{workload.Name} calls itself {input.Service}, but its {NameOf(source)} says {name}: discovery announces another service than the one that sends",
                $"Make OTEL_SERVICE_NAME and the {NameOf(source)} equal.",
                steps);
        }

        if (others.Count > 0 && source != DiscoverySource.Environment)
        {
            var (container, service) = others[0];
            return TraceStep.Bad(
                $"{workload.Name} is announced as {input.Service} by its {NameOf(source)}, but container {container} calls itself {service}: its data arrive under that name",
                $"Make OTEL_SERVICE_NAME and the {NameOf(source)} equal, or trace {service}.",
                steps);
        }

        if (workload.IsDisabled)
        {
            return TraceStep.Unsure($"{workload.Name} names the service in its {NameOf(source)}, and an annotation {SentryOtelGroup.DiscoveryAnnotation}: {SentryOtelGroup.DiscoveryDisabled} keeps it from getting a route", null, steps);
        }

        return workload.Sends.Count > 0
            ? TraceStep.Good($"{workload.Name} is announced by its {NameOf(source)}, and calls itself so", steps)
            : TraceStep.Info($"{workload.Name} is announced by its {NameOf(source)}; OTEL_SERVICE_NAME is not set in it, so its SDK must set service.name to {input.Service}", steps);
    }

    private static string Others(TraceInput input) =>
        string.Concat(input.Exporter.Spec.Discovery.Sources.Where(static source => source is DiscoverySource.Annotation or DiscoverySource.AppName).Select(static source => $", names it in its {NameOf(source)}"));

    private static string NameOf(DiscoverySource source) => source switch
    {
        DiscoverySource.Label => "label",
        DiscoverySource.Annotation => "annotation resource.opentelemetry.io/service.name",
        DiscoverySource.AppName => "label app.kubernetes.io/name",
        _ => "environment",
    };

    private static bool LeadsTo(SentryExporter exporter, string endpoint) =>
        exporter.Status?.Endpoint?.Grpc is not { } grpc
        || !Uri.TryCreate(grpc, UriKind.Absolute, out var gateway)
        || !Uri.TryCreate(endpoint, UriKind.Absolute, out var client)
        || client.Host == gateway.Host
        || client.Host.StartsWith($"{gateway.Host}.", StringComparison.Ordinal)
        || client.Host == gateway.Host.Split('.')[0]
        || endpoint.Contains("$(", StringComparison.Ordinal);

    private static IEnumerable<string> TlsOf(GatewaySpec gateway) => gateway.Tls switch
    {
        null => [],
        { ClientCaFrom: null } => ["TLS"],
        _ => ["TLS", "a client certificate"],
    };

    private static IEnumerable<string> AuthOf(GatewaySpec gateway) =>
        gateway.Auth is { BearerTokenSecretRef: var secret } ? [$"a bearer token of Secret {secret.Name}"] : [];
}
