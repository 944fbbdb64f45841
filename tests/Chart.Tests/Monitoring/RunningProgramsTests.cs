using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using SentryOtel.Cluster;
using SentryOtel.Cluster.Processes;
using SentryOtel.SentryServer;
using SentryOtel.SentryServer.Faults;
using SentryOtel.SentryServer.State;
using SentryOtel.Testing;

namespace SentryOtel.Chart.Tests.Monitoring;

/// <summary>The programs, installed by the chart: what helm test says of them, and whether dashboards, alerts and documentation speak of metrics that they have.</summary>
[Trait("Category", "Processes")]
[Collection(ControlPlaneCollection.Name)]
public sealed class RunningProgramsTests(ControlPlaneFixture fixture)
{
    private const string Token = "sntryi_chart_tests";
    private const string Space = "monitored";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private readonly ControlPlane _controlPlane = fixture.ControlPlane;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Helm_test_says_that_all_is_right_and_names_the_right_that_was_taken_away()
    {
        await using var node = await InstallAsync();

        // A process has no cluster DNS: the pod looks at the API server alone, and the same program is sent to an operator by its address.
        await _controlPlane.HelmAsync("upgrade", Chart.Release, Chart.Folder, "--namespace", Chart.Namespace, "--set", "metrics.service.enabled=false");
        Assert.Contains("Phase:          Succeeded", await _controlPlane.HelmAsync("test", Chart.Release, "--namespace", Chart.Namespace), StringComparison.Ordinal);
        var account = await _controlPlane.CreateServiceAccountKubeconfigAsync(Chart.Namespace, Chart.Release, Cancellation);
        var check = await CommandResult.RunAsync(
            Program("sentry-otel-operator"),
            ["check", "--kubeconfig", account, "--leader-election-namespace", Chart.Namespace, $"--operator-url=http://{(await OperatorAddressesAsync())[0]}:8081"],
            cancellationToken: Cancellation);
        Assert.True(check.ExitCode == 0, check.Output + check.Error);
        Assert.Contains("an operator is ready", check.Output, StringComparison.Ordinal);

        // A right that an operator of exporters with a queue in memory does not use.
        var role = JsonNode.Parse(await _controlPlane.KubectlAsync("get", "clusterrole", Chart.Release, "--output=json"))!;
        var rules = role["rules"]!.AsArray();
        rules.Remove(rules.Single(static rule => (string?)rule!["resources"]![0] == "persistentvolumeclaims"));
        await _controlPlane.RunKubectlAsync(["replace", "--filename", "-"], role.ToJsonString(), Cancellation);
        var failed = await _controlPlane.Tools.TryHelmAsync(["test", Chart.Release, "--namespace", Chart.Namespace], cancellationToken: Cancellation);
        var again = await CommandResult.RunAsync(
            Program("sentry-otel-operator"), ["check", "--kubeconfig", account, "--leader-election-namespace", Chart.Namespace], cancellationToken: Cancellation);

        Assert.NotEqual(0, failed.ExitCode);
        Assert.Contains("FAILED  this account may not list persistentvolumeclaims in all namespaces: grant it, or let the chart (rbac.create)", again.Output, StringComparison.Ordinal);
        await _controlPlane.RemoveReleaseAsync();
    }

    [Fact]
    public async Task Dashboards_alerts_and_documentation_speak_of_metrics_that_the_programs_have()
    {
        var scrape = new Scrape();
        await GatewayProgram.ScrapeAsync(scrape);
        await using var sentry = await SentryServerHost.StartAsync(
            new SentryServerOptions { Tokens = [new AccessToken(Token, "org:read", "project:read", "project:write", "project:admin", "team:read")] }, Cancellation);
        await using var node = await InstallAsync();
        await CreateResourcesAsync(sentry);
        await _controlPlane.KubectlAsync("wait", "--for=condition=Ready", "sentryprojectroute/orders", "--namespace", Space, "--timeout=120s");

        // Spans make counts, a changed Secret wakes its exporter, and Sentry's window closes for a while.
        await SendSpansAsync();
        await _controlPlane.KubectlAsync("patch", "secret", "sentry-token", "--namespace", Space, "--patch", """{"metadata": {"annotations": {"renewed": "yes"}}}""");
        var reset = TimeProvider.System.GetUtcNow().AddSeconds(55).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        sentry.Faults.Enqueue(new Fault
        {
            Path = "/api/0/teams/**",
            Side = ServerSide.Management,
            Method = "POST",
            Answer = new FaultAnswer
            {
                Status = 429,
                Headers = new Dictionary<string, string> { ["X-Sentry-Rate-Limit-Limit"] = "5", ["X-Sentry-Rate-Limit-Remaining"] = "0", ["X-Sentry-Rate-Limit-Reset"] = reset },
            },
        });
        await _controlPlane.ApplyAsync(Route("late"));

        var questions = Dashboards.Expressions().Concat(Alerts.All.Select(static alert => (Place: $"alert {alert.Name}", alert.Expression))).ToList();
        var missing = new List<string>();
        try
        {
            await Eventually.HoldsAsync(
                async () =>
                {
                    await ScrapeOperatorsAsync(scrape);
                    missing = [.. questions.SelectMany(question => scrape.Missing(question.Expression).Select(what => $"{question.Place}: {what}")), .. MetricsPage.Differences(scrape)];
                    return missing.Count == 0;
                },
                Patience,
                "all metrics",
                Cancellation);
        }
        catch (TimeoutException)
        {
            Assert.Fail(string.Join('\n', missing));
        }

        // In this order: nobody may write into a namespace that goes.
        await _controlPlane.RemoveReleaseAsync();
        await _controlPlane.KubectlAsync("delete", "namespace", Space, "--wait=false");
    }

    private static string Program(string name) => Path.Combine(AppContext.BaseDirectory, name);

    private async Task<LocalKubelet> InstallAsync()
    {
        await _controlPlane.RemoveReleaseAsync();
        var node = await LocalKubelet.StartAsync(
            _controlPlane,
            new LocalKubeletOptions
            {
                Images = new Dictionary<string, string>
                {
                    ["ghcr.io/sentry-otel/sentry-otel-operator"] = Program("sentry-otel-operator"),
                    ["ghcr.io/sentry-otel/sentry-otel-gateway"] = Program("sentry-otel-gateway"),
                },
            },
            Cancellation);
        await _controlPlane.HelmAsync("install", Chart.Release, Chart.Folder, "--namespace", Chart.Namespace, "--create-namespace");
        await _controlPlane.KubectlAsync("rollout", "status", $"deployment/{Chart.Release}", "--namespace", Chart.Namespace, "--timeout=120s");
        return node;
    }

    private Task<string> CreateResourcesAsync(SentryServerHost sentry) => _controlPlane.ApplyAsync(
        $$"""
        {apiVersion: v1, kind: Namespace, metadata: {name: {{Space}} } }
        ---
        {apiVersion: v1, kind: Secret, metadata: {name: sentry-token, namespace: {{Space}}}, stringData: {token: {{Token}} } }
        ---
        apiVersion: sentry-otel.dev/v1alpha1
        kind: SentryExporter
        metadata: {name: sentry, namespace: {{Space}}}
        spec:
          url: {{sentry.ManagementUrl.AbsoluteUri.TrimEnd('/')}}
          orgSlug: acme
          authTokenSecretRef: {name: sentry-token, key: token}
          autoCreateProjects: true
          projects: {deniedServices: ["denied-*"]}
        ---
        {{Route("orders")}}
        ---
        {{Route("denied-announced", "Telemetry")}}
        ---
        {{Workload("payments")}}
        ---
        {{Workload("denied-workload")}}
        """);

    private static string Route(string service, string? origin = null) =>
        $$"""
        apiVersion: sentry-otel.dev/v1alpha1
        kind: SentryProjectRoute
        metadata: {name: {{service}}, namespace: {{Space}}, annotations: { {{(origin is null ? "" : $"sentry-otel.dev/origin: {origin}")}} } }
        spec: {exporterRef: {name: sentry}, attributeValue: {{service}}, project: {slug: {{service}} } }
        """;

    private static string Workload(string service) =>
        $$"""
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: {{service}}, namespace: {{Space}}, labels: {service.name: {{service}} } }
        spec:
          replicas: 0
          selector: {matchLabels: {app: {{service}} } }
          template:
            metadata: {labels: {app: {{service}} } }
            spec: {containers: [{name: app, image: "registry.k8s.io/pause:3.9"}]}
        """;

    private async Task SendSpansAsync()
    {
        var address = Assert.Single(await AddressesAsync(Space, "app.kubernetes.io/name=sentry-otel-gateway"));
        using var client = new HttpClient();
        using var content = new StringContent(OtlpJson.Spans("orders", 7).ToJsonString(), Encoding.UTF8, "application/json");
        using var answer = await client.PostAsync(new Uri($"http://{address}:4318/v1/traces"), content, Cancellation);
        answer.EnsureSuccessStatusCode();
    }

    private async Task ScrapeOperatorsAsync(Scrape scrape)
    {
        using var client = new HttpClient();
        foreach (var address in await OperatorAddressesAsync())
        {
            scrape.Add(await client.GetStringAsync(new Uri($"http://{address}:8080/metrics"), Cancellation));
        }
    }

    private Task<IReadOnlyList<string>> OperatorAddressesAsync() => AddressesAsync(Chart.Namespace, "app.kubernetes.io/name=sentry-otel-operator");

    private async Task<IReadOnlyList<string>> AddressesAsync(string space, string selector)
    {
        var pods = JsonNode.Parse(await _controlPlane.KubectlAsync("get", "pods", "--namespace", space, "--selector", selector, "--field-selector=status.phase=Running", "--output=json"))!;
        return [.. pods["items"]!.AsArray().Where(static pod => pod!["metadata"]!["deletionTimestamp"] is null).Select(static pod => (string?)pod!["status"]!["podIP"]).OfType<string>()];
    }
}
