using System.Text.Json.Nodes;
using SentryOtel.Cluster;
using SentryOtel.Cluster.Processes;
using SentryOtel.Crds;
using SentryOtel.Kubernetes.Client;
using SentryOtel.Kubernetes.Configuration;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Operator.Configuration;
using SentryOtel.Operator.Tests.Exporters;
using SentryOtel.SentryServer;
using SentryOtel.SentryServer.State;
using SentryOtel.Testing;

namespace SentryOtel.Operator.Tests.Hosting;

/// <summary>The operator as the program that is shipped, two of it, on the account and permissions of the chart, in all namespaces.</summary>
[Trait("Category", "Processes")]
[Collection(OperatorClusterCollection.Name)]
public sealed class OperatorProcessTests(OperatorCluster cluster)
{
    private const string Token = "sntryi_0123456789abcdef0123456789abcdef";
    private static readonly TimeSpan Within = TimeSpan.FromSeconds(90);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task One_leads_and_when_it_is_killed_the_other_goes_on_without_a_second_project()
    {
        var space = cluster.NextNamespace();
        await cluster.ControlPlane.RunKubectlAsync(["create", "namespace", space], null, Cancellation);
        await cluster.ControlPlane.RunKubectlAsync(
            ["create", "secret", "generic", "sentry", "--namespace", space, $"--from-literal=token={Token}"], null, Cancellation);
        await using var sentry = await SentryServerHost.StartAsync(
            new SentryServerOptions { Tokens = [new AccessToken(Token, "org:read", "project:write", "team:read")] }, Cancellation);
        using var client = new KubernetesClient(
            KubernetesClientConfiguration.BuildConfigFromConfigFile(cluster.ControlPlane.KubeconfigPath),
            new KubernetesClientOptions { JsonTypeInfoResolvers = [CrdJsonContext.Default] });

        await using var first = Start("first");
        var leader = await HolderAsync(client, not: null);
        await using var second = Start("second");
        await client.ApplyAsync(Exporter(space, sentry.ManagementUrl), new ApplyOptions { FieldManager = "test" }, Cancellation);
        await client.ApplyAsync(Route(space, "orders"), new ApplyOptions { FieldManager = "test" }, Cancellation);
        await ProjectAsync(client, space, "orders", first);

        await first.StopAsync(TimeSpan.Zero);
        await client.ApplyAsync(Route(space, "invoices"), new ApplyOptions { FieldManager = "test" }, Cancellation);
        await ProjectAsync(client, space, "invoices", second);

        Assert.NotEqual(leader, await HolderAsync(client, not: leader));
        Assert.Equal(["invoices", "orders"], sentry.State.Projects.All().Select(static project => project.Slug).Order());
        Assert.Equal(2, sentry.State.Requests.All(ServerSide.Management, "/teams/").Count(static request => request.Method == "POST"));

        await second.StopAsync(TimeSpan.FromSeconds(40));
        Assert.Equal(0, await second.Exited);
        var released = await client.GetAsync<V1Lease>(OperatorOptions.LeaseName, OperatorCluster.OperatorNamespace, Cancellation);
        Assert.True(string.IsNullOrEmpty(released!.Spec!.HolderIdentity), "the lease is released on an orderly stop");
        Assert.DoesNotContain(
            AuditLog.Read(cluster.ControlPlane.AuditLogPath), static request => request is { User: OperatorCluster.OperatorUser, Code: 403 });
    }

    private LocalProcess Start(string name) => LocalProcess.Start(
        Path.Combine(AppContext.BaseDirectory, "sentry-otel-operator"),
        [
            "--kubeconfig", cluster.OperatorKubeconfig,
            "--leader-election-namespace", OperatorCluster.OperatorNamespace,
            "--metrics-bind-address", "0",
            "--health-probe-bind-address", "0",
            "--gateway-image", "gateway:test",
            "--log-format", "text",
        ],
        Path.Combine(cluster.ControlPlane.FolderPath, $"operator-{name}-{Guid.NewGuid():n}.log"));

    private static Task<string> HolderAsync(KubernetesClient client, string? not) => Eventually.GetAsync(
        async () =>
        {
            var lease = await client.GetAsync<V1Lease>(OperatorOptions.LeaseName, OperatorCluster.OperatorNamespace, Cancellation);
            return lease?.Spec?.HolderIdentity is { Length: > 0 } holder && holder != not ? holder : null;
        },
        Within,
        "a leader",
        Cancellation);

    private static async Task ProjectAsync(KubernetesClient client, string space, string route, LocalProcess worker)
    {
        try
        {
            await Eventually.HoldsAsync(
                async () => (await client.GetAsync<SentryProjectRoute>(route, space, Cancellation))?.Status?.Project is { Id.Length: > 0, Created: true },
                Within,
                $"the project of {route}",
                Cancellation);
        }
        catch (TimeoutException exception)
        {
            var seen = await client.GetAsync(EntityMetadata.For<SentryProjectRoute>(), route, space, Cancellation);
            throw new TimeoutException($"{exception.Message} The route:\n{seen?["status"]}\nThe end of the operator's log:\n{worker.LogTail()}", exception);
        }
    }

    private static JsonObject Exporter(string space, Uri url) => new()
    {
        ["apiVersion"] = SentryOtelGroup.ApiVersion,
        ["kind"] = "SentryExporter",
        ["metadata"] = new JsonObject { ["name"] = "main", ["namespace"] = space },
        ["spec"] = new JsonObject
        {
            ["url"] = url.AbsoluteUri,
            ["orgSlug"] = "acme",
            ["authTokenSecretRef"] = new JsonObject { ["name"] = "sentry", ["key"] = "token" },
            ["autoCreateProjects"] = true,
        },
    };

    private static JsonObject Route(string space, string service) => new()
    {
        ["apiVersion"] = SentryOtelGroup.ApiVersion,
        ["kind"] = "SentryProjectRoute",
        ["metadata"] = new JsonObject { ["name"] = service, ["namespace"] = space },
        ["spec"] = new JsonObject
        {
            ["exporterRef"] = new JsonObject { ["name"] = "main" },
            ["attributeValue"] = service,
            ["project"] = new JsonObject { ["slug"] = service },
        },
    };
}
