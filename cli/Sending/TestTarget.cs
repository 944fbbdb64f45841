using System.Text;
using SentryOtel.Cli.Clusters;
using SentryOtel.Cli.CommandLine;
using SentryOtel.Crds;
using SentryOtel.Kubernetes.Client;
using SentryOtel.Kubernetes.Entities;

namespace SentryOtel.Cli.Sending;

/// <summary>Where a test goes: the exporter, the pods whose books are read, the way there.</summary>
/// <param name="Exporter">The exporter.</param>
/// <param name="Route">The route of the service; null without one.</param>
/// <param name="Pods">The pods that the items may get to.</param>
/// <param name="Sender">The way.</param>
internal sealed record TestTarget(SentryExporter Exporter, SentryProjectRoute? Route, IReadOnlyList<GatewayPod> Pods, ISender Sender)
{
    private const int HttpPort = 4318;

    /// <summary>Slug of the service's project, as far as the cluster tells.</summary>
    public string? Project => Route?.Status?.Project?.Slug ?? Route?.Spec.Project?.Slug ?? Exporter.Spec.Routing.AttributeToProjectMapping?.GetValueOrDefault(Service);

    public required string Service { get; init; }

    /// <summary>Finds it.</summary>
    /// <exception cref="CliException">There is no exporter, no pod or no way.</exception>
    public static async Task<TestTarget> FindAsync(ClusterAccess cluster, TestOptions options, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var exporters = Exporters.Choose(await cluster.ExportersAsync(cancellationToken), options.Exporter, cluster.Namespace);
        var routes = await cluster.RoutesAsync(cancellationToken);
        var exporter = Choose(exporters, routes, options.Service);
        var ns = exporter.Metadata.Namespace!;
        var pods = GatewayPod.Of(
            exporter,
            (await cluster.Client.ListAllAsync<V1Pod>(ns, new ListOptions { LabelSelector = GatewayPod.PodSelector }, cancellationToken)).Items,
            await cluster.ListAsync<V1Lease>("routing tables of gateways", ns, GatewayPod.LeaseSelector, cancellationToken),
            now);
        List<GatewayPod> ready = [.. pods.Where(static pod => pod.IsReady)];
        if (ready.Count == 0)
        {
            throw new CliException(pods.Count == 0
                ? $"SentryExporter {ObjectKey.Of(exporter)} has no gateway pod: 'kubectl sentry-otel status' says why"
                : $"no gateway pod of SentryExporter {ObjectKey.Of(exporter)} is ready: {pods[0].Name}: {pods[0].Problem}");
        }

        var route = Exporters.RoutesOf(exporter, routes).FirstOrDefault(route => route.Spec.AttributeValue == options.Service);
        if (options.Endpoint is { } endpoint)
        {
            return new TestTarget(exporter, route, ready, new EndpointSender(endpoint, await TokenAsync(cluster, exporter, options, cancellationToken), options.SkipVerify)) { Service = options.Service };
        }

        var pod = ready[0];
        RefuseWhatThePathCanNotCarry(exporter, pod);
        return new TestTarget(exporter, route, [pod], new PodSender(cluster.Gateways.Pods, new PodPort(ns, pod.Name, HttpPort, exporter.Spec.Gateway.Tls is not null))) { Service = options.Service };
    }

    private static SentryExporter Choose(IReadOnlyList<SentryExporter> exporters, IReadOnlyList<SentryProjectRoute> routes, string service)
    {
        List<SentryExporter> routed = [.. exporters.Where(exporter => Exporters.RoutesOf(exporter, routes).Any(route => route.Spec.AttributeValue == service))];
        return (exporters, routed) switch
        {
            ([var only], _) => only,
            (_, [var only]) => only,
            _ => throw new CliException($"several exporters may be meant ({string.Join(", ", exporters.Select(static exporter => ObjectKey.Of(exporter)))}): name one with --exporter", ExitCodes.Usage),
        };
    }

    private static void RefuseWhatThePathCanNotCarry(SentryExporter exporter, GatewayPod pod)
    {
        var why = exporter.Spec.Gateway switch
        {
            { Tls.ClientCaFrom: not null } => "the gateway wants a client certificate, which the API server does not show",
            { Auth: not null } => "the gateway wants a bearer token, and the API server takes the header Authorization for itself",
            _ => null,
        };
        if (why is not null)
        {
            throw new CliException(
                $"{why}: forward the port (kubectl port-forward -n {pod.Namespace} {pod.Name} 4318) and use --endpoint {(exporter.Spec.Gateway.Tls is null ? "http" : "https")}://localhost:4318", ExitCodes.Usage);
        }
    }

    private static async Task<string?> TokenAsync(ClusterAccess cluster, SentryExporter exporter, TestOptions options, CancellationToken cancellationToken)
    {
        if (options.TokenFile is { } file)
        {
            try
            {
                return (await File.ReadAllTextAsync(file, cancellationToken)).Trim();
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                throw new CliException($"{file} can not be read: {exception.Message}");
            }
        }

        if (exporter.Spec.Gateway.Auth?.BearerTokenSecretRef is not { } reference)
        {
            return null;
        }

        var secret = await cluster.FindAsync<V1Secret>($"the bearer token in Secret {reference.Name}", reference.Name, exporter.Metadata.Namespace, cancellationToken);
        return secret?.Data?.TryGetValue(reference.Key, out var tokens) == true
            ? Encoding.UTF8.GetString(tokens).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).FirstOrDefault()
            : throw new CliException($"the gateway wants a bearer token, and key {reference.Key} of Secret {reference.Name} can not be read: give one with --bearer-token-file");
    }
}

/// <summary>What the command line asks for.</summary>
internal sealed record TestOptions(string Service, string? Exporter, Uri? Endpoint, string? TokenFile, bool SkipVerify, TimeSpan Timeout);
