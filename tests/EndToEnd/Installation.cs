using System.Text.Json.Nodes;
using SentryOtel.Cluster;
using SentryOtel.Cluster.Processes;
using SentryOtel.SentryServer;
using SentryOtel.SentryServer.State;
using SentryOtel.Testing;

namespace SentryOtel.EndToEnd;

/// <summary>
/// The product as it ships: a control plane, a node that runs pods as processes, a stand-in Sentry, and the operator installed by its chart,
/// as the programs that <c>make build</c> left.
/// </summary>
internal sealed class Installation : IAsyncDisposable
{
    public const string Release = "sentry-otel-operator";
    public const string SystemNamespace = "sentry-system";
    public const string Token = "sntryi_end_to_end";

    private Installation(ControlPlane controlPlane, LocalKubelet node, SentryServerHost sentry)
    {
        ControlPlane = controlPlane;
        Node = node;
        Sentry = sentry;
    }

    public ControlPlane ControlPlane { get; }

    public LocalKubelet Node { get; }

    public SentryServerHost Sentry { get; }

    public static async Task<Installation> StartAsync(CancellationToken cancellationToken)
    {
        var installation = await StartWithoutChartAsync("acme", cancellationToken);
        await installation.ControlPlane.RunHelmAsync(
            ["install", Release, RepositoryFiles.PathOf($"charts/{Release}"), "--namespace", SystemNamespace, "--create-namespace"], cancellationToken);
        await installation.KubectlAsync(["rollout", "status", $"deployment/{Release}", "--namespace", SystemNamespace, "--timeout=90s"], cancellationToken);
        return installation;
    }

    /// <summary>A cluster and a Sentry, before anything of the product is in them.</summary>
    public static async Task<Installation> StartWithoutChartAsync(string organization, CancellationToken cancellationToken)
    {
        var controlPlane = await ControlPlane.StartAsync(cancellationToken: cancellationToken);
        var node = await LocalKubelet.StartAsync(controlPlane, new LocalKubeletOptions { Images = Images() }, cancellationToken);
        var sentry = await SentryServerHost.StartAsync(
            new SentryServerOptions
            {
                Organization = organization,
                Tokens = [new AccessToken(Token, "org:read", "project:read", "project:write", "project:admin", "team:read")],
                Modes = new Modes { RelayInvalidation = true },
            },
            cancellationToken);
        return new Installation(controlPlane, node, sentry);
    }

    public Task<string> KubectlAsync(IEnumerable<string> arguments, CancellationToken cancellationToken, string? standardInput = null) =>
        ControlPlane.RunKubectlAsync(arguments, standardInput, cancellationToken);

    /// <summary>Reads objects as JSON: one by name, or a list.</summary>
    public async Task<JsonNode> GetAsync(string @namespace, string what, CancellationToken cancellationToken) =>
        JsonNode.Parse(await KubectlAsync(["get", .. what.Split(' '), "--namespace", @namespace, "--output", "json"], cancellationToken))!;

    /// <summary>A namespace with an exporter <c>sentry</c> in it that reports to the stand-in.</summary>
    public Task CreateExporterAsync(string @namespace, CancellationToken cancellationToken) =>
        KubectlAsync(["apply", "--filename", "-"], cancellationToken, ExporterManifest.Of(@namespace, "sentry", Sentry.ManagementUrl, Token));

    public Task WaitReadyAsync(string @namespace, string what, CancellationToken cancellationToken) =>
        KubectlAsync(["wait", "--for=condition=Ready", what, "--namespace", @namespace, "--timeout=90s"], cancellationToken);

    /// <summary>A route for a service, as a person writes it.</summary>
    public Task CreateRouteAsync(string @namespace, string service, CancellationToken cancellationToken) =>
        CreateRoutesAsync(@namespace, [service], cancellationToken);

    /// <summary>Routes for services.</summary>
    public Task CreateRoutesAsync(string @namespace, IEnumerable<string> services, CancellationToken cancellationToken) => KubectlAsync(
        ["apply", "--filename", "-"],
        cancellationToken,
        string.Join("\n---\n", services.Select(service =>
            $$"""
            apiVersion: sentry-otel.dev/v1alpha1
            kind: SentryProjectRoute
            metadata: {name: {{service}}, namespace: {{@namespace}}}
            spec:
              exporterRef: {name: sentry}
              attributeValue: {{service}}
              project: {slug: {{service}}}
            """)));

    /// <summary>Who holds the operator's lease.</summary>
    public async Task<LeaseHolder> LeaderAsync(CancellationToken cancellationToken)
    {
        var lease = await GetAsync(SystemNamespace, "lease sentry-otel-operator", cancellationToken);
        return new LeaseHolder((string?)lease["spec"]!["holderIdentity"] ?? "");
    }

    /// <summary>The process of an operator pod.</summary>
    public LocalProcess Operator(string pod) =>
        Node.Process(SystemNamespace, pod) ?? throw new InvalidOperationException($"No process runs as {pod}.");

    public async ValueTask DisposeAsync()
    {
        await Node.DisposeAsync();
        await Sentry.DisposeAsync();
        await ControlPlane.DisposeAsync();
    }

    private static Dictionary<string, string> Images() => new()
    {
        ["ghcr.io/sentry-otel/sentry-otel-operator"] = RepositoryFiles.PathOf("artifacts/operator/sentry-otel-operator"),
        ["ghcr.io/sentry-otel/sentry-otel-gateway"] = RepositoryFiles.PathOf("artifacts/gateway/sentry-otel-gateway"),
    };
}
