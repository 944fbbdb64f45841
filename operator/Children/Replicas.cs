using SentryOtel.Operator.Manifests;

namespace SentryOtel.Operator.Children;

/// <summary>The number of the gateway's pods, and whose it is.</summary>
internal static class Replicas
{
    private const string Field = "replicas";

    /// <summary>
    /// With an autoscaler the number belongs to it. Until it has taken the number over, leaving it out would reset it to one, so it is sent as it is; a workload
    /// that is new begins with as many pods as the one it takes over from.
    /// </summary>
    public static Child Settle(Child child, GatewayInputs inputs, Child? leaving)
    {
        if (!child.IsWorkload || child.Wanted is null || !inputs.IsAutoscaled || child.IsSpecFieldOwnedByOther(Field))
        {
            return child;
        }

        child.Wanted["spec"]![Field] = Of(child) ?? Of(leaving) ?? inputs.Gateway.Autoscaling?.MinReplicas ?? inputs.Gateway.Replicas ?? 1;
        return child;
    }

    /// <summary>Pods of the StatefulSet that exists or is wanted: so many claims are in use.</summary>
    public static int WithClaims(IEnumerable<Child> children)
    {
        var set = children.First(static child => child.Resource == ChildKind.StatefulSet);
        return set.Wanted?["spec"]?[Field]?.GetValue<int>() ?? Of(set) ?? (set.Wanted is null ? 0 : 1);
    }

    private static int? Of(Child? child) => child?.Live?["spec"]?[Field]?.GetValue<int>();
}
