using System.Text.Json.Nodes;
using SentryOtel.Operator.Manifests;

namespace SentryOtel.Operator.Children;

/// <summary>
/// From a Deployment to a StatefulSet or back, when the storage of the queue is switched: what runs goes on until the other is ready, and its configuration
/// stays as long as it does.
/// </summary>
internal static class StorageSwitch
{
    /// <summary>The workload of the other storage, when the exporter still has one.</summary>
    public static Child? Leaving(IEnumerable<Child> children, GatewayOwners owners) =>
        children.FirstOrDefault(child => child is { IsWorkload: true, Wanted: null, Live: not null } && child.IsOwnedBy(owners));

    /// <summary>Whether a child, which shall not be there, must stay for now.</summary>
    public static bool Keeps(Child child, Child? leaving, Child? taking)
    {
        if (leaving is null || child.Wanted is not null)
        {
            return false;
        }

        // The Service takes its pods out by itself, and each sends what it holds before it ends.
        return child == leaving
            ? taking is null || !IsReady(taking.Live)
            : child.Resource == ChildKind.ConfigMap;
    }

    /// <summary>Whether a workload runs all its pods as it is specified now.</summary>
    public static bool IsReady(JsonObject? workload)
    {
        if (workload?["spec"] is not { } spec || workload["status"] is not { } status)
        {
            return false;
        }

        var wanted = Number(spec["replicas"]) ?? 1;
        return (Number(status["observedGeneration"]) ?? 0) >= (Number(workload["metadata"]?["generation"]) ?? 0)
            && (Number(status["readyReplicas"]) ?? 0) >= wanted
            && (Number(status["updatedReplicas"]) ?? 0) >= wanted;
    }

    private static long? Number(JsonNode? node) => node?.GetValue<long>();
}
