using System.Text.Json.Nodes;
using SentryOtel.Testing;

namespace SentryOtel.Node.EndToEnd.Support;

/// <summary>The way of a person with the product, as far as every test needs it: installed, an exporter, three labelled workloads that send, routes that are ready.</summary>
internal sealed class Journey(World world)
{
    public const string Release = "sentry-otel-operator";
    public const string SystemNamespace = "sentry-system";
    public const string Namespace = "shop";
    public const string FirstToken = "sntryi_node_one";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private Task? _begun;

    /// <summary>The three services, each a Deployment of its name and protocol.</summary>
    public static IReadOnlyList<(string Name, string Protocol)> Services { get; } = [("orders", "grpc"), ("inventory", "http/protobuf"), ("checkout", "grpc")];

    /// <summary>Namespaces beside these that tests made.</summary>
    public List<string> OtherNamespaces { get; } = [];

    /// <summary>What the first <c>kubectl get sentryroutes</c> said.</summary>
    public string Table { get; private set; } = "";

    /// <summary>Goes the way once; every test starts from its end.</summary>
    public Task BeginAsync()
    {
        Assert.SkipWhen(world.Missing is not null, world.Missing ?? "");
        return _begun ??= TryAsync();
    }

    /// <summary>Installs the chart.</summary>
    public Task<string> InstallAsync() => HelmAsync("install");

    /// <summary>Changes values of the release.</summary>
    public Task<string> UpgradeAsync(params IEnumerable<string> values) => HelmAsync("upgrade", [.. values.SelectMany(static value => new[] { "--set", value })]);

    /// <summary>Starts a workload that sends, without the label.</summary>
    public async Task StartWorkloadAsync(string @namespace, string name, string protocol, string exporter)
    {
        var endpoint = (await world.GetAsync(@namespace, "sentryexporter", exporter))["status"]!["endpoint"]!;
        await world.KubectlAsync(
            ["apply", "--filename", "-"],
            $$"""
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: {{name}}, namespace: {{@namespace}}}
            spec:
              selector:
                matchLabels: {app: {{name}}}
              template:
                metadata:
                  labels: {app: {{name}}}
                spec:
                  terminationGracePeriodSeconds: 5
                  containers:
                  - name: app
                    image: {{Images.Sender(world.Registry)}}
                    env:
                    - {name: OTEL_SERVICE_NAME, value: {{name}}}
                    - {name: OTEL_EXPORTER_OTLP_PROTOCOL, value: {{protocol}}}
                    - {name: OTEL_EXPORTER_OTLP_ENDPOINT, value: "{{(string)endpoint[protocol == "grpc" ? "grpc" : "http"]!}}"}
                    - {name: OTEL_DOTNET_EXPERIMENTAL_OTLP_RETRY, value: in_memory}
                    # The SDK tries again for ten seconds by default, in which a node that is short of processors may not get a Service's new pod into place.
                    - {name: OTEL_EXPORTER_OTLP_TIMEOUT, value: "30000"}
                    securityContext: {readOnlyRootFilesystem: true, allowPrivilegeEscalation: false, runAsNonRoot: true}
            """);
    }

    /// <summary>Waits until a workload's pod runs.</summary>
    public Task<string> WorkloadRunsAsync(string @namespace, string name) =>
        world.KubectlAsync(["rollout", "status", $"deployment/{name}", "--namespace", @namespace, "--timeout=60s"]);

    /// <summary>Says that a workload's data shall go to Sentry.</summary>
    public Task LabelAsync(string @namespace, string name) =>
        world.KubectlAsync(["label", $"deploy/{name}", $"service.name={name}", "--namespace", @namespace]);

    /// <summary>Creates a namespace with an exporter in it.</summary>
    public Task CreateExporterAsync(string @namespace, string name, string token, string specification = "") => world.KubectlAsync(
        ["apply", "--filename", "-"], ExporterManifest.Of(@namespace, name, world.Sentry.ManagementUrl, token, specification));

    /// <summary>Waits for an exporter as a person does.</summary>
    public Task ExporterReadyAsync(string @namespace, string name) => WaitAsync(@namespace, $"sentryexporter/{name}");

    /// <summary>Waits until each of the services has a route that is Ready.</summary>
    public async Task RoutesReadyAsync(string @namespace, params IReadOnlyCollection<string> services)
    {
        await Eventually.HoldsAsync(
            async () =>
            {
                var routes = await RoutesAsync(@namespace);
                return services.All(service => routes.Any(route => (string?)route["spec"]!["attributeValue"] == service));
            },
            Patience,
            $"routes of {string.Join(", ", services)}",
            TestContext.Current.CancellationToken);
        await WaitAsync(@namespace, "sentryprojectroutes", "--all");
    }

    /// <summary>The routes of a namespace.</summary>
    public async Task<IReadOnlyList<JsonNode>> RoutesAsync(string @namespace) =>
        [.. (await world.GetAsync(@namespace, "sentryprojectroutes"))["items"]!.AsArray().Select(static route => route!)];

    /// <summary>The pods of an exporter's gateway that are not on their way out.</summary>
    public async Task<IReadOnlyList<JsonNode>> GatewaysAsync(string @namespace, string exporter) =>
    [
        .. (await world.GetAsync(@namespace, "pods", "--selector", $"sentry-otel.dev/exporter={exporter},app.kubernetes.io/component=gateway"))["items"]!.AsArray()
            .Where(static pod => pod!["metadata"]!["deletionTimestamp"] is null)
            .Select(static pod => pod!),
    ];

    private Task<string> WaitAsync(string @namespace, params IEnumerable<string> what) =>
        world.KubectlAsync(["wait", "--for=condition=Ready", .. what, "--namespace", @namespace, $"--timeout={Patience.TotalSeconds}s"]);

    private async Task TryAsync()
    {
        try
        {
            await GoAsync();
        }
        catch (Exception failure)
        {
            throw new InvalidOperationException($"{failure.Message}\n{await world.DescribeAsync()}", failure);
        }
    }

    // The lines of the README, word for word, in its order. What a person has already is there before it is named: the workloads; what takes a moment is waited for.
    private async Task GoAsync()
    {
        var folder = Directory.CreateTempSubdirectory("readme-");
        try
        {
            var page = ReadmePage.Read();
            Directory.CreateSymbolicLink(Path.Combine(folder.FullName, "charts"), RepositoryFiles.PathOf("charts"));
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, "exporter.yaml"), WithOwnValues(page.Exporter), TestContext.Current.CancellationToken);
            foreach (var command in page.Commands)
            {
                await TypeAsync(WithOwnValues(command), folder.FullName);
            }

            foreach (var (name, _) in Services)
            {
                await WorkloadRunsAsync(Namespace, name);
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private async Task TypeAsync(string command, string folder)
    {
        switch (command)
        {
            case var _ when command.StartsWith("helm install", StringComparison.Ordinal):
                await ShellAsync($"{command} {string.Join(' ', RegistryValues)}", folder);
                break;
            case var _ when command.StartsWith("kubectl label deploy/orders service.name=orders", StringComparison.Ordinal):
                await ExporterReadyAsync(Namespace, "sentry");
                foreach (var (name, protocol) in Services)
                {
                    await StartWorkloadAsync(Namespace, name, protocol, "sentry");
                    await ShellAsync(command.Replace("orders", name, StringComparison.Ordinal), folder);
                }

                break;
            case var _ when command.StartsWith("kubectl get sentryroutes", StringComparison.Ordinal):
                await RoutesReadyAsync(Namespace, [.. Services.Select(static service => service.Name)]);
                Table = await ShellAsync(command, folder);
                break;
            default:
                await ShellAsync(command, folder);
                break;
        }
    }

    private async Task<string> ShellAsync(string command, string folder) =>
        (await world.Tools.TryShellAsync(command, folder, programs: null, TestContext.Current.CancellationToken)).Succeeded(command);

    private string WithOwnValues(string text) => text
        .Replace("https://sentry.io", world.Sentry.ManagementUrl.AbsoluteUri.TrimEnd('/'), StringComparison.Ordinal)
        .Replace("my-organization", world.Sentry.State.Organization.Slug, StringComparison.Ordinal)
        .Replace("YOUR_TOKEN", FirstToken, StringComparison.Ordinal);

    private string[] RegistryValues => world.Registry is { } registry
        ? ["--set", $"image.repository={registry}/sentry-otel-operator", "--set", $"gateway.image.repository={registry}/sentry-otel-gateway"]
        : [];

    private Task<string> HelmAsync(string verb, params IReadOnlyCollection<string> values) => world.Tools.HelmAsync(
        [
            verb, Release, RepositoryFiles.PathOf($"charts/{Release}"), "--namespace", SystemNamespace, "--wait", "--timeout", "120s",
            .. verb == "install" ? (string[])["--create-namespace"] : ["--reuse-values"],
            .. RegistryValues,
            .. values,
        ],
        cancellationToken: TestContext.Current.CancellationToken);
}
