using System.Text.Json.Nodes;
using SentryOtel.Node.EndToEnd.Support;
using SentryOtel.Testing;

namespace SentryOtel.Node.EndToEnd;

/// <summary>What those who run it do to it, while services send. That nothing was lost meanwhile is looked at after every test.</summary>
public sealed class OperationsTests(World world) : NodeTest(world)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Helm_upgrade_replaces_the_operators_and_new_workloads_are_served()
    {
        var before = await NamesAsync(Journey.SystemNamespace);

        await Journey.UpgradeAsync("podAnnotations.example\\.com/upgrade=second", "logLevel=debug", "networkPolicy.enabled=true");

        Assert.Empty((await NamesAsync(Journey.SystemNamespace)).Intersect(before));
        Assert.NotEmpty((await World.GetAsync(Journey.SystemNamespace, "networkpolicies"))["items"]!.AsArray());
        await NewServiceAsync("upgraded");
    }

    [Fact]
    public async Task Rotated_token_is_taken_without_a_restart()
    {
        const string Rotated = "sntryi_node_two";
        World.Sentry.State.Tokens.Grant(Rotated, "org:read", "project:read", "project:write", "project:admin", "team:read");

        await World.KubectlAsync(
            ["apply", "--filename", "-"],
            $$"""
            apiVersion: v1
            kind: Secret
            metadata: {name: sentry-token, namespace: {{Journey.Namespace}}}
            stringData: {token: {{Rotated}}}
            """);
        World.Sentry.State.Tokens.Revoke(Journey.FirstToken);

        // The project of a new service can be made with the new token alone.
        await NewServiceAsync("rotated");
    }

    [Fact]
    public async Task Rollout_of_the_gateway_under_load_loses_nothing()
    {
        var before = await GatewayNamesAsync();

        await PatchAsync("""{"spec":{"gateway":{"podAnnotations":{"example.com/rollout":"second"}}}}""");

        await Eventually.HoldsAsync(async () => await GatewayNamesAsync() is { Count: > 0 } now && !now.Intersect(before).Any(), Patience, "other gateway pods", Cancellation);
        await World.KubectlAsync(["rollout", "status", "deployment/sentry-gateway", "--namespace", Journey.Namespace, "--timeout=90s"]);
        await Journey.RoutesReadyAsync(Journey.Namespace, "orders");
    }

    [Fact]
    public async Task Gateway_scales_to_three_and_back()
    {
        await ScaleAsync(3);
        await Journey.RoutesReadyAsync(Journey.Namespace, "orders");
        await Ledger.ProgressAsync(Journey.Namespace, "orders", 50);

        await ScaleAsync(1);
        await Journey.RoutesReadyAsync(Journey.Namespace, "orders");
    }

    [Fact]
    public async Task Network_policy_of_the_gateway_is_there()
    {
        await PatchAsync("""{"spec":{"gateway":{"networkPolicy":{"enabled":true}}}}""");

        var policies = await Eventually.GetAsync(
            async () => (await World.GetAsync(Journey.Namespace, "networkpolicies"))["items"]!.AsArray() is { Count: > 0 } found ? found : null, Patience, "a NetworkPolicy", Cancellation);
        var selector = Assert.Single(policies)!["spec"]!["podSelector"]!["matchLabels"]!.AsObject();
        Assert.All(await Journey.GatewaysAsync(Journey.Namespace, "sentry"), pod =>
            Assert.All(selector, label => Assert.Equal((string?)label.Value, (string?)pod["metadata"]!["labels"]![label.Key])));
    }

    [Fact]
    public async Task Uninstall_keeps_definitions_projects_and_data_flowing_and_a_new_installation_adopts_all()
    {
        var projects = World.Sentry.State.Projects.All().Select(static project => project.Id).ToList();
        var gateways = await GatewayNamesAsync();

        await World.Tools.HelmAsync(["uninstall", Journey.Release, "--namespace", Journey.SystemNamespace, "--wait"], cancellationToken: Cancellation);

        Assert.Empty(await NamesAsync(Journey.SystemNamespace));
        await World.KubectlAsync(["get", "crd", "sentryexporters.sentry-otel.dev", "sentryprojectroutes.sentry-otel.dev"]);
        Assert.True((await Journey.RoutesAsync(Journey.Namespace)).Count >= Journey.Services.Count);
        await Ledger.ProgressAsync(Journey.Namespace, "orders", 50);

        await Journey.InstallAsync();

        await NewServiceAsync("reinstalled");
        await Journey.ExporterReadyAsync(Journey.Namespace, "sentry");
        await Journey.RoutesReadyAsync(Journey.Namespace, [.. Journey.Services.Select(static service => service.Name)]);
        Assert.Equal(gateways, await GatewayNamesAsync());
        Assert.Equal(projects, World.Sentry.State.Projects.All().Where(static project => project.Slug != "reinstalled").Select(static project => project.Id));
    }

    [Fact]
    public async Task Helm_test_passes()
    {
        await World.Tools.HelmAsync(["test", Journey.Release, "--namespace", Journey.SystemNamespace, "--timeout", "120s", "--logs"], cancellationToken: Cancellation);

        // The pod of a test stays for its log, and no release owns it.
        await World.KubectlAsync(["delete", "pod", $"{Journey.Release}-test", "--namespace", Journey.SystemNamespace]);
    }

    private async Task NewServiceAsync(string name)
    {
        await Journey.StartWorkloadAsync(Journey.Namespace, name, "grpc", "sentry");
        await Journey.LabelAsync(Journey.Namespace, name);
        await Journey.RoutesReadyAsync(Journey.Namespace, name);
        await Journey.WorkloadRunsAsync(Journey.Namespace, name);
        await Ledger.BalancesAsync(Journey.Namespace, name);
        await World.KubectlAsync(["delete", $"deployment/{name}", "--namespace", Journey.Namespace, "--wait=false"]);
    }

    private Task<string> PatchAsync(string patch) =>
        World.KubectlAsync(["patch", "sentryexporter/sentry", "--namespace", Journey.Namespace, "--type=merge", "--patch", patch]);

    private async Task ScaleAsync(int replicas)
    {
        await World.KubectlAsync(["scale", "sentryexporter/sentry", $"--replicas={replicas}", "--namespace", Journey.Namespace]);
        await Eventually.HoldsAsync(
            async () => (int?)(await World.GetAsync(Journey.Namespace, "sentryexporter", "sentry"))["status"]!["gateway"]!["readyReplicas"] == replicas
                && (await Journey.GatewaysAsync(Journey.Namespace, "sentry")).Count == replicas,
            Patience,
            $"{replicas} gateways",
            Cancellation);
    }

    private async Task<List<string>> GatewayNamesAsync() => Names(await Journey.GatewaysAsync(Journey.Namespace, "sentry"));

    private async Task<List<string>> NamesAsync(string @namespace) =>
        Names((await World.GetAsync(@namespace, "pods"))["items"]!.AsArray().Where(static pod => pod!["metadata"]!["deletionTimestamp"] is null));

    private static List<string> Names(IEnumerable<JsonNode?> pods) => [.. pods.Select(static pod => (string)pod!["metadata"]!["name"]!).Order(StringComparer.Ordinal)];
}
