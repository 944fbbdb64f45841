using System.Text.Json.Nodes;
using SentryOtel.Crds;
using SentryOtel.Kubernetes.Client;
using SentryOtel.Kubernetes.Conditions;
using SentryOtel.Kubernetes.Entities;

namespace SentryOtel.Operator.Faults.World;

/// <summary>What people write into a world, and what they read there.</summary>
internal static class Objects
{
    private static readonly ApplyOptions ByTest = new() { FieldManager = "test", Force = true };

    /// <summary>An exporter that creates projects.</summary>
    public static Task ApplyExporterAsync(this FaultWorld world, JsonObject? more = null, string name = FaultWorld.Exporter)
    {
        var spec = new JsonObject
        {
            ["url"] = world.SentryAddress.AbsoluteUri,
            ["orgSlug"] = "acme",
            ["authTokenSecretRef"] = new JsonObject { ["name"] = "sentry", ["key"] = "token" },
            ["autoCreateProjects"] = true,
        };
        foreach (var (key, value) in more ?? [])
        {
            spec[key] = value?.DeepClone();
        }

        return world.Client.ApplyAsync(Manifest(world, "SentryExporter", name, spec), ByTest, FaultWorld.Cancellation);
    }

    /// <summary>A route to the project of that slug.</summary>
    public static Task ApplyRouteAsync(this FaultWorld world, string name, string slug, JsonObject? more = null)
    {
        var spec = new JsonObject
        {
            ["exporterRef"] = new JsonObject { ["name"] = FaultWorld.Exporter },
            ["attributeValue"] = name,
            ["project"] = new JsonObject { ["slug"] = slug },
        };
        foreach (var (key, value) in more ?? [])
        {
            spec[key] = value?.DeepClone();
        }

        return world.Client.ApplyAsync(Manifest(world, "SentryProjectRoute", name, spec), ByTest, FaultWorld.Cancellation);
    }

    /// <summary>Whether the exporter is ready as it is specified now, and nothing is on its way.</summary>
    public static Task<bool> IsExporterReadyAsync(this FaultWorld world) => world.IsExporterReadyAsync(FaultWorld.Exporter);

    /// <summary>The same of another exporter.</summary>
    public static async Task<bool> IsExporterReadyAsync(this FaultWorld world, string name)
    {
        var exporter = await world.Client.GetAsync<SentryExporter>(name, world.Namespace, FaultWorld.Cancellation);
        return exporter?.Status is { } status
            && status.ObservedGeneration == exporter.Metadata.Generation
            && status.Conditions.IsConditionTrue("Ready")
            && status.Conditions.FindCondition("Progressing")?.Reason == "RolloutComplete"
                ? true
                : throw new InvalidOperationException($"Exporter {name}: {Told(exporter?.Status?.Conditions)}");
    }

    /// <summary>Whether a route is ready as it is specified now, and no create is noted.</summary>
    public static async Task<bool> IsRouteReadyAsync(this FaultWorld world, string name)
    {
        var route = await world.FindRouteAsync(name);
        return route?.Status is { } status
            && status.ObservedGeneration == route.Metadata.Generation
            && status.Conditions.IsConditionTrue("ProjectReady")
            && status.Conditions.IsConditionTrue("Ready")
            && route.Metadata.Annotations?.ContainsKey("sentry-otel.dev/create-pending") != true
                ? true
                : throw new InvalidOperationException($"Route {name}: {Told(route?.Status?.Conditions)}");
    }

    public static Task<SentryProjectRoute?> FindRouteAsync(this FaultWorld world, string name) =>
        world.Client.GetAsync<SentryProjectRoute>(name, world.Namespace, FaultWorld.Cancellation);

    public static Task DeleteRouteAsync(this FaultWorld world, string name) =>
        world.Client.DeleteAsync<SentryProjectRoute>(name, world.Namespace, null, FaultWorld.Cancellation);

    private static JsonObject Manifest(FaultWorld world, string kind, string name, JsonObject spec) => new()
    {
        ["apiVersion"] = SentryOtelGroup.ApiVersion,
        ["kind"] = kind,
        ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = world.Namespace },
        ["spec"] = spec,
    };

    private static string Told(IEnumerable<V1Condition>? conditions) =>
        conditions is null ? "no status" : string.Join("; ", conditions.Select(static condition => $"{condition.Type}={condition.Status} {condition.Reason}: {condition.Message}"));
}
