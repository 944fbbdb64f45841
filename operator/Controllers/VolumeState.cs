using SentryOtel.Crds;
using SentryOtel.Kubernetes.Conditions;
using SentryOtel.Operator.Children;
using SentryOtel.Operator.Gateways;

namespace SentryOtel.Operator.Controllers;

/// <summary>What is to be said of an exporter's volume claims.</summary>
internal static class VolumeState
{
    private const int Named = 5;

    /// <summary>For the condition VolumesReleased; null for a gateway that is not on disk and has left nothing there.</summary>
    public static ConditionState? Of(QueueStorage storage, ChildrenOutcome children)
    {
        if (children.LeftClaims is { Count: > 0 } claims)
        {
            var more = claims.Count > Named ? $" and {claims.Count - Named} more" : "";
            return new ConditionState(
                ConditionStatus.False,
                GatewayReasons.ClaimsLeft,
                $"no gateway pod uses PersistentVolumeClaim {string.Join(", ", claims.Take(Named))}{more}, and what Sentry had not taken may be there: "
                    + "give the gateway its storage or replicas back and it is sent, or delete them");
        }

        return storage == QueueStorage.Disk || children.Leaving is not null
            ? new ConditionState(ConditionStatus.True, GatewayReasons.NoClaimLeft, "every volume claim belongs to a gateway pod")
            : null;
    }
}
