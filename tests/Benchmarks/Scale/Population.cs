using System.Text;
using System.Text.Json.Nodes;
using SentryOtel.Crds;
using SentryOtel.Kubernetes.Client;
using SentryOtel.Kubernetes.Entities;

namespace SentryOtel.Benchmarks.Scale;

/// <summary>Fills a cluster through its API, some objects at a time.</summary>
internal sealed class Population(ScaleWorld world, TextWriter output)
{
    private const int AtOnce = 24;

    private static readonly TimeSpan SettleInterval = TimeSpan.FromSeconds(10);

    private static readonly ApplyOptions ByPeople = new() { FieldManager = "people", Force = true };

    /// <summary>A namespace with an exporter <c>main</c> in it.</summary>
    public async Task AddExporterAsync(string space, CancellationToken cancellationToken)
    {
        await world.Client.CreateAsync(new V1Namespace { Metadata = new V1ObjectMeta { Name = space } }, null, cancellationToken);
        var token = new V1Secret
        {
            Metadata = new V1ObjectMeta { Name = "sentry", Namespace = space },
            Data = new Dictionary<string, byte[]> { ["token"] = Encoding.UTF8.GetBytes(ScaleWorld.Token) },
        };
        await world.Client.ApplyAsync(token, ByPeople, cancellationToken);
        var exporter = Manifest(SentryOtelGroup.ApiVersion, "SentryExporter", space, "main");
        exporter["spec"] = new JsonObject
        {
            ["url"] = world.Sentry.ManagementUrl.AbsoluteUri,
            ["orgSlug"] = "acme",
            ["authTokenSecretRef"] = new JsonObject { ["name"] = "sentry", ["key"] = "token" },
            ["autoCreateProjects"] = true,
            ["projects"] = new JsonObject { ["maxAutoCreated"] = 10_000, ["maxCreatedPerMinute"] = 6_000 },
        };
        await world.Client.ApplyAsync(exporter, ByPeople, cancellationToken);
    }

    /// <summary>Adds many objects, and says how far it is.</summary>
    public async Task AddAsync(string what, int count, Func<int, JsonObject> make, CancellationToken cancellationToken)
    {
        var added = 0;
        var options = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(Enumerable.Range(0, count), options, async (number, token) =>
        {
            await world.Client.ApplyAsync(make(number), ByPeople, token);
            if (Interlocked.Increment(ref added) is var now && (now % 2_500 == 0 || now == count))
            {
                await output.WriteLineAsync($"  {now:N0} of {count:N0} {what}");
            }
        });
    }

    /// <summary>
    /// Waits until the controllers of Kubernetes have seen every Deployment: gateways would stand in line behind them, and that would be the time measured.
    /// </summary>
    public async Task SettleAsync(int deployments, CancellationToken cancellationToken)
    {
        while (true)
        {
            var all = await world.Client.ListAllAsync<V1Deployment>(null, new ListOptions { ResourceVersion = "0" }, cancellationToken);
            var seen = all.Items.Count(static deployment => deployment.Status?.ObservedGeneration is not null);
            await output.WriteLineAsync($"  {seen:N0} of {deployments:N0} Deployments seen by kube-controller-manager");
            if (seen >= deployments)
            {
                return;
            }

            await Task.Delay(SettleInterval, cancellationToken);
        }
    }

    /// <summary>A Deployment without pods; discovered when it is labelled.</summary>
    public static JsonObject Deployment(string space, string name, bool isLabelled)
    {
        var deployment = Manifest("apps/v1", "Deployment", space, name);
        if (isLabelled)
        {
            deployment["metadata"]!["labels"] = new JsonObject { ["service.name"] = name };
        }

        deployment["spec"] = new JsonObject
        {
            ["replicas"] = 0,
            ["selector"] = new JsonObject { ["matchLabels"] = new JsonObject { ["app"] = name } },
            ["template"] = new JsonObject
            {
                ["metadata"] = new JsonObject { ["labels"] = new JsonObject { ["app"] = name } },
                ["spec"] = new JsonObject { ["containers"] = new JsonArray(new JsonObject { ["name"] = "main", ["image"] = "registry.example/service:1.0" }) },
            },
        };
        return deployment;
    }

    /// <summary>A pod that no node runs.</summary>
    public static JsonObject Pod(string space, string name)
    {
        var pod = Manifest("v1", "Pod", space, name);
        pod["metadata"]!["labels"] = new JsonObject { ["app"] = "crowd", ["app.kubernetes.io/name"] = "crowd", ["pod-template-hash"] = "5d59d67564" };
        pod["spec"] = new JsonObject
        {
            ["automountServiceAccountToken"] = false,
            ["containers"] = new JsonArray(new JsonObject { ["name"] = "main", ["image"] = "registry.example/service:1.0" }),
        };
        return pod;
    }

    /// <summary>A route to the project of its own name.</summary>
    public static JsonObject Route(string space, string name)
    {
        var route = Manifest(SentryOtelGroup.ApiVersion, "SentryProjectRoute", space, name);
        route["spec"] = new JsonObject
        {
            ["exporterRef"] = new JsonObject { ["name"] = "main" },
            ["attributeValue"] = name,
            ["project"] = new JsonObject { ["slug"] = name },
        };
        return route;
    }

    private static JsonObject Manifest(string apiVersion, string kind, string space, string name) => new()
    {
        ["apiVersion"] = apiVersion,
        ["kind"] = kind,
        ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = space },
    };
}
