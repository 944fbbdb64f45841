using System.Text.Json;
using System.Text.Json.Nodes;
using SentryOtel.Cluster;
using SentryOtel.Crds;
using SentryOtel.Kubernetes.Client;
using SentryOtel.Kubernetes.Configuration;
using SentryOtel.Kubernetes.Entities;

namespace SentryOtel.Cli.Tests;

/// <summary>A namespace whose objects have the status that a test gives them, as an operator would have left it.</summary>
internal sealed class StatedWorld(ControlPlane controlPlane, string @namespace) : IDisposable
{
    private readonly KubernetesClient _client = new(
        KubernetesClientConfiguration.BuildConfigFromConfigFile(controlPlane.KubeconfigPath), new KubernetesClientOptions { JsonTypeInfoResolvers = [CrdJsonContext.Default] });

    public string Namespace { get; } = @namespace;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Runs the program against this namespace, as administrator.</summary>
    public Task<CliRun> RunAsync(params IEnumerable<string> arguments) => RunAsync(controlPlane.KubeconfigPath, arguments);

    /// <summary>The same as somebody else.</summary>
    public Task<CliRun> RunAsync(string kubeconfig, IEnumerable<string> arguments) =>
        CliRun.OfAsync([.. arguments, "--kubeconfig", kubeconfig, "--namespace", Namespace]);

    /// <summary>An exporter in a state.</summary>
    public async Task ExporterAsync(string name, V1Condition ready, Action<SentryExporterSpec>? change = null)
    {
        var spec = new SentryExporterSpec { OrgSlug = "acme", AuthTokenSecretRef = new SecretKeyReference { Name = "sentry", Key = "token" } };
        change?.Invoke(spec);
        await _client.CreateAsync(new SentryExporter { Metadata = Meta(name), Spec = spec }, null, Cancellation);
        await PatchAsync<SentryExporter>(name, JsonSerializer.SerializeToNode(
            new SentryExporterStatus
            {
                ObservedGeneration = 1,
                Conditions = [ready, Condition("CredentialsValid", true, "TokenAccepted", "Sentry accepts the token"), Condition("GatewayAvailable", true, "PodsReady", "1 of 1 gateway pods are ready")],
                Routes = new ExporterRoutes { Total = 2, Ready = 1, Summary = "1/2" },
                Gateway = new ExporterGateway
                {
                    Replicas = 1,
                    ReadyReplicas = 1,
                    Summary = "1/1",
                    Selector = $"app.kubernetes.io/component=gateway,app.kubernetes.io/instance={name},app.kubernetes.io/name=sentry-otel-gateway",
                },
                Endpoint = new ExporterEndpoint { Grpc = $"http://{name}-gateway.{Namespace}.svc:4317", Http = $"http://{name}-gateway.{Namespace}.svc:4318" },
            },
            CrdJsonContext.Default.SentryExporterStatus)!);
    }

    /// <summary>A route in a state.</summary>
    public async Task RouteAsync(string exporter, string service, params V1Condition[] conditions)
    {
        await _client.CreateAsync(
            new SentryProjectRoute
            {
                Metadata = Meta(service),
                Spec = new SentryProjectRouteSpec { ExporterRef = new ExporterReference { Name = exporter }, AttributeValue = service, Project = new RouteProjectSpec { Slug = service } },
            },
            null,
            Cancellation);
        await PatchAsync<SentryProjectRoute>(service, JsonSerializer.SerializeToNode(
            new SentryProjectRouteStatus
            {
                ObservedGeneration = 1,
                Conditions = [.. conditions],
                Project = new RouteProjectStatus { Slug = service },
                Traffic = new RouteTraffic { Accepted = 12_000, Sent = 11_000, Dropped = 5, LastSeenTime = DateTimeOffset.UtcNow.AddMinutes(-3) },
            },
            CrdJsonContext.Default.SentryProjectRouteStatus)!);
    }

    /// <summary>A pod of an exporter's gateway with a Lease that says which table it serves.</summary>
    public async Task PodAsync(string exporter, string name, long table, bool isReady = true)
    {
        await controlPlane.RunKubectlAsync(
            ["create", "--validate=false", "--filename", "-"],
            $$"""
            apiVersion: v1
            kind: ServiceAccount
            metadata: {name: {{name}}, namespace: {{Namespace}}}
            automountServiceAccountToken: false
            ---
            apiVersion: v1
            kind: Pod
            metadata:
              name: {{name}}
              namespace: {{Namespace}}
              labels: {app.kubernetes.io/component: gateway, app.kubernetes.io/instance: {{exporter}}, app.kubernetes.io/name: sentry-otel-gateway}
            spec:
              serviceAccountName: {{name}}
              containers: [{name: gateway, image: gateway}]
            ---
            apiVersion: coordination.k8s.io/v1
            kind: Lease
            metadata:
              name: {{exporter}}-gateway-{{name}}
              namespace: {{Namespace}}
              labels: {app.kubernetes.io/component: gateway, sentry-otel.dev/exporter: {{exporter}}}
              annotations: {sentry-otel.dev/routing-table-generation: "{{table}}"}
            spec: {holderIdentity: {{name}}, leaseDurationSeconds: 3600, renewTime: "{{DateTimeOffset.UtcNow:yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'}}"}
            """,
            Cancellation);
        await PatchAsync<V1Pod>(name, JsonNode.Parse($$"""
            {"phase": "Running", "podIP": "127.0.0.1", "conditions": [{"type": "Ready", "status": "{{isReady}}"}],
             "containerStatuses": [{"name": "gateway", "ready": {{(isReady ? "true" : "false")}}, "restartCount": 3, "image": "gateway", "imageID": "",
               "state": {{(isReady ? """{"running": {}}""" : """{"waiting": {"reason": "CrashLoopBackOff", "message": "back-off 10s"}}""")}}}]}
            """)!);
    }

    public static V1Condition Condition(string type, bool holds, string reason, string message) => new()
    {
        Type = type,
        Status = holds ? "True" : "False",
        Reason = reason,
        Message = message.Length > 0 ? message : reason,
        ObservedGeneration = 1,
        LastTransitionTime = DateTimeOffset.UtcNow,
    };

    public void Dispose() => _client.Dispose();

    private async Task PatchAsync<T>(string name, JsonNode status)
        where T : class, IKubernetesObject =>
        await _client.PatchAsync<T>(name, Namespace, new JsonObject { ["status"] = status }, new PatchOptions { Subresource = "status" }, Cancellation);

    private V1ObjectMeta Meta(string name) => new() { Name = name, Namespace = Namespace };
}
