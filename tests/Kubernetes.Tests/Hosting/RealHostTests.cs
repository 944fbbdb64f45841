using System.Text.Json.Nodes;
using SentryOtel.Kubernetes.Client;
using SentryOtel.Kubernetes.Conditions;
using SentryOtel.Kubernetes.Controllers;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Kubernetes.Events;
using SentryOtel.Kubernetes.Hosting;
using SentryOtel.Kubernetes.Informers;
using SentryOtel.Kubernetes.LeaderElection;
using SentryOtel.Kubernetes.Serialization;
using SentryOtel.Testing;

namespace SentryOtel.Kubernetes.Tests.Hosting;

/// <summary>
/// A small operator on a real API server: for each labelled Deployment it applies a ConfigMap that the Deployment owns,
/// records an event, and is woken by whatever happens to the ConfigMap.
/// </summary>
[Trait("Category", "Processes")]
public sealed class RealHostTests(ControlPlaneFixture fixture) : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private KubernetesClient _client = null!;
    private KubernetesClient _leaseClient = null!;
    private string _namespace = "";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _client = await fixture.CreateClientAsync(Token);
        _leaseClient = await fixture.CreateClientAsync(Token);
        _namespace = await ControlPlaneFixture.CreateNamespaceAsync(_client, Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _client.DeleteAsync<V1Namespace>(_namespace, null, null, CancellationToken.None);
        _client.Dispose();
        _leaseClient.Dispose();
    }

    [Fact]
    public async Task An_operator_reconciles_heals_what_it_owns_tells_events_and_releases_its_lease()
    {
        var builder = new OperatorHostBuilder(_client, new OperatorHostOptions
        {
            WatchNamespaces = [_namespace],
            HealthProbeBindAddress = "127.0.0.1:0",
            MetricsBindAddress = "127.0.0.1:0",
            LeaderElection = new LeaderElectionOptions { LeaseName = "operator", LeaseNamespace = _namespace },
            LeaderElectionClient = _leaseClient,
            ReportingController = "test.dev/operator",
        });
        builder.AddController(
            new MapPerDeployment(_client, builder.Events),
            controller => controller.Owns<V1ConfigMap>().WithOptions(new ControllerOptions { MaxConcurrentReconciles = 2 }));
        await using var host = builder.Build();
        using var stop = new CancellationTokenSource();
        var run = host.RunAsync(stop.Token);

        await _client.ApplyAsync(Deployment("web"), new ApplyOptions { FieldManager = "tests" }, Token);
        var map = await MapAsync("web", deletedUid: null);
        await _client.DeleteAsync<V1ConfigMap>("web-map", _namespace, null, Token);
        await MapAsync("web", deletedUid: map.Metadata.Uid);

        var events = await Eventually.GetAsync(
            async () => (await _client.ListAllAsync<V1Event>(_namespace, null, Token)).Items
                .FirstOrDefault(entity => entity.Reason == "MapApplied" && entity.Series is { Count: >= 2 }),
            Patience, "the event and its repetition", Token);
        Assert.Equal(("web", "Deployment", "apps/v1"), (events.Regarding!.Name, events.Regarding.Kind, events.Regarding.ApiVersion));
        Assert.Contains("MapApplied", await (await fixture.StartAsync(Token)).RunKubectlAsync(
            ["describe", "deployment", "web", "--namespace", _namespace], null, Token), StringComparison.Ordinal);

        using var http = new HttpClient();
        Assert.Equal("ok", await http.GetStringAsync(new Uri(host.HealthAddress!, "/readyz"), Token));
        var metrics = await http.GetStringAsync(new Uri(host.MetricsAddress!, "/metrics"), Token);
        Assert.Matches("controller_runtime_reconcile_total\\{controller=\"deployment\",result=\"success\"\\} [1-9]", metrics);
        Assert.Contains("controller_runtime_max_concurrent_reconciles{controller=\"deployment\"} 2\n", metrics, StringComparison.Ordinal);

        await stop.CancelAsync();
        Assert.Null((await run.WaitAsync(Patience, Token)).Failure);
        var lease = await _client.GetAsync<V1Lease>("operator", _namespace, Token);
        Assert.True(string.IsNullOrEmpty(lease!.Spec!.HolderIdentity));
    }

    [Fact]
    public async Task A_status_is_written_once_and_an_object_made_anew_is_left_alone()
    {
        var writer = new StatusWriter(_client, "test-operator");
        await _client.ApplyAsync(Deployment("status", replicas: 0), new ApplyOptions { FieldManager = "tests" }, Token);
        var entity = await Eventually.GetAsync(
            async () => await _client.GetAsync<V1Deployment>("status", _namespace, Token) is { Status.ObservedGeneration: > 0 } seen ? seen : null,
            Patience, "the controller manager's own status", Token);
        var desired = new V1DeploymentStatus { Conditions = [] };
        desired.Conditions.SetCondition("Tested", ConditionStatus.True, "Written", "by the tests", observedGeneration: null, TimeProvider.System);

        Assert.Equal(StatusWrite.Written, await WriteAsync(entity));
        var written = await _client.GetAsync<V1Deployment>("status", _namespace, Token);
        Assert.True(written!.Status!.Conditions!.IsConditionTrue("Tested"));
        Assert.Equal(entity.Status!.ObservedGeneration, written.Status.ObservedGeneration);

        await _client.DeleteAsync<V1Deployment>("status", _namespace, null, Token);
        Assert.Equal(StatusWrite.Gone, await WriteAsync(entity));
        await _client.ApplyAsync(Deployment("status", replicas: 0), new ApplyOptions { FieldManager = "tests" }, Token);
        Assert.Equal(StatusWrite.Gone, await WriteAsync(entity));

        Task<StatusWrite> WriteAsync(V1Deployment of) =>
            writer.WriteAsync(of, of.Status, desired, KubernetesJsonContext.Default.V1DeploymentStatus, Token);
    }

    [Fact]
    public async Task Secrets_are_cached_without_their_content()
    {
        await _client.CreateAsync(
            new V1Secret { Metadata = { Name = "token", Namespace = _namespace }, Data = new Dictionary<string, byte[]> { ["token"] = [1, 2, 3] } }, null, Token);
        var informer = new Informer<V1SecretMetadata>(
            _client, new InformerOptions<V1SecretMetadata> { Namespaces = [_namespace], FieldSelector = "metadata.name=token" }, new InformerServices { Random = new Random(1) });
        using var stop = new CancellationTokenSource();
        var run = informer.RunAsync(stop.Token);
        await informer.WaitForSyncAsync(Token).WaitAsync(Patience, Token);

        var cached = Assert.Single(informer.Store.List());
        Assert.Equal(("token", "Secret"), (cached.Metadata.Name, cached.Kind));
        await _client.DeleteAsync<V1Secret>("token", _namespace, null, Token);
        await Eventually.HoldsAsync(() => informer.Store.Count == 0, Patience, "the deletion", Token);
        await stop.CancelAsync();
        await run;
    }

    private Task<V1ConfigMap> MapAsync(string deployment, string? deletedUid) => Eventually.GetAsync(
        async () => await _client.GetAsync<V1ConfigMap>(deployment + "-map", _namespace, Token) is { } map && map.Metadata.Uid != deletedUid ? map : null,
        Patience, "the ConfigMap", Token);

    private JsonObject Deployment(string name, int replicas = 1) => JsonNode.Parse($$"""
        {
          "apiVersion": "apps/v1", "kind": "Deployment", "metadata": { "name": "{{name}}", "namespace": "{{_namespace}}" },
          "spec": {
            "replicas": {{replicas}}, "selector": { "matchLabels": { "app": "{{name}}" } },
            "template": { "metadata": { "labels": { "app": "{{name}}" } }, "spec": { "containers": [{ "name": "c", "image": "none" }] } }
          }
        }
        """)!.AsObject();

    private sealed class MapPerDeployment(IKubernetesClient client, IEventRecorder events) : IEntityController<V1Deployment>
    {
        public async Task<ReconciliationResult> ReconcileAsync(V1Deployment entity, CancellationToken cancellationToken)
        {
            var map = new V1ConfigMap
            {
                Metadata =
                {
                    Name = entity.Metadata.Name + "-map",
                    Namespace = entity.Metadata.Namespace,
                    OwnerReferences =
                    [
                        new V1OwnerReference { ApiVersion = "apps/v1", Kind = "Deployment", Name = entity.Metadata.Name!, Uid = entity.Metadata.Uid!, Controller = true },
                    ],
                },
            };
            await client.ApplyAsync(map, new ApplyOptions { FieldManager = "test-operator", Force = true }, cancellationToken);
            events.Event(entity, EventType.Normal, "MapApplied", "Apply", "The map was applied.");
            return ReconciliationResult.Success();
        }

        public Task<ReconciliationResult> DeletedAsync(ObjectKey key, CancellationToken cancellationToken) =>
            Task.FromResult(ReconciliationResult.Success());
    }
}
