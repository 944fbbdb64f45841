using System.Globalization;
using System.Text;
using SentryOtel.Cluster;
using SentryOtel.Gateway.Routing;
using SentryOtel.Gateway.Routing.Kubernetes;
using SentryOtel.Kubernetes.Client;
using SentryOtel.Kubernetes.Configuration;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Sentry.Routing;

namespace SentryOtel.Gateway.Tests.Reloading;

/// <summary>Where routes come from changes: from Sentry's API to an operator's table and back, against a real API server.</summary>
public sealed class ReloadSourceTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Table_takes_over_when_it_is_there_and_Sentry_s_API_when_it_is_asked_again()
    {
        await using var cluster = await ControlPlane.StartAsync(new ControlPlaneOptions { ControllerManager = false }, Cancelled);
        using var client = new KubernetesClient(KubernetesClientConfiguration.BuildConfigFromConfigFile(cluster.KubeconfigPath));
        await using var rig = await ReloadRig.StartAsync(
            null,
            services => services with { Kubernetes = _ => new KubernetesClient(KubernetesClientConfiguration.BuildConfigFromConfigFile(cluster.KubeconfigPath)) },
            TimeProvider.System,
            "orders", "shop");
        await rig.SendAsync("orders", "by the API");
        await rig.UntilReceivedAsync("orders", "by the API");

        // When the table is asked for and is not there yet, everything goes on by the API
        await rig.ReloadAsync(rig.Yaml("projects: {source: kubernetes, exporter: main, namespace: default}"));
        await rig.SendAsync("orders", "still by the API");
        await rig.UntilReceivedAsync("orders", "still by the API");

        // When it comes, it decides, with its weights
        await WriteAsync(client, Slice("orders", TargetOf(rig, "shop")));
        await rig.UntilAsync(() => Source(rig) is KubernetesRoutes, "the table");
        await rig.SendAsync("orders", "by the table");
        await rig.UntilReceivedAsync("shop", "by the table");
        Assert.Equal(3, rig.Host.Exporters[0].Queues.All.Single(queue => queue.Name == "shop").Turns.Weight);

        // And back
        await rig.ReloadAsync(rig.Yaml());
        await rig.UntilAsync(() => Source(rig) is SentryRoutes && rig.Host.NotReady is null, "the API");
        await rig.SendAsync("orders", "by the API again");
        await rig.UntilReceivedAsync("orders", "by the API again");
    }

    private static IRouteSource Source(ReloadRig rig) => ((Hosting.Reloading.SwappableRoutes)rig.Host.Exporters[0].Routes).Current;

    private static RouteTarget TargetOf(ReloadRig rig, string slug)
    {
        var project = rig.Sentry.State.Projects.Find(slug)!;
        var id = project.Id.ToString(CultureInfo.InvariantCulture);
        return new RouteTarget
        {
            ProjectId = id,
            ProjectSlug = slug,
            PublicKey = rig.Sentry.State.Keys.OfProject(project.Id)[0].Public,
            TracesEndpoint = $"{rig.Sentry.IngestUrl.GetLeftPart(UriPartial.Authority)}/api/{id}/integration/otlp/v1/traces",
            LogsEndpoint = $"{rig.Sentry.IngestUrl.GetLeftPart(UriPartial.Authority)}/api/{id}/integration/otlp/v1/logs",
            Organization = "acme",
        };
    }

    private static RoutingTableSlice Slice(string value, RouteTarget target) => new()
    {
        Exporter = "default/main",
        Generation = 1,
        RoutingAttribute = "service.name",
        Routes = [new RouteEntry { Value = value, State = RouteState.Active, Target = target, Generation = 1, Weight = 3 }],
    };

    private static async Task WriteAsync(KubernetesClient client, RoutingTableSlice slice) => await client.ApplyAsync(
        new V1ConfigMap
        {
            Metadata = { Name = "main-routes", Namespace = "default" },
            Data = new Dictionary<string, string> { [RoutingTableJson.DocumentKey] = Encoding.UTF8.GetString(RoutingTableJson.Serialize(slice)) },
        },
        new ApplyOptions { FieldManager = "test" },
        Cancelled);
}
