using System.Globalization;
using SentryOtel.Crds;
using SentryOtel.Kubernetes.Conditions;
using SentryOtel.Kubernetes.Entities;

namespace SentryOtel.Cli.Clusters;

/// <summary>A pod of an exporter's gateway, and what its Lease says.</summary>
/// <param name="Pod">The pod.</param>
/// <param name="Lease">Its Lease, if that has not run out.</param>
internal sealed record GatewayPod(V1Pod Pod, V1Lease? Lease)
{
    /// <summary>Selects the pods of all gateways.</summary>
    public const string PodSelector = "app.kubernetes.io/component=gateway,app.kubernetes.io/name=sentry-otel-gateway";

    /// <summary>Selects their Leases.</summary>
    public const string LeaseSelector = "app.kubernetes.io/component=gateway," + SentryOtelGroup.ExporterLabel;

    private const string Generation = SentryOtelGroup.Group + "/routing-table-generation";

    public string Name => Pod.Metadata.Name!;

    public string Namespace => Pod.Metadata.Namespace!;

    /// <summary>Whether it takes telemetry.</summary>
    public bool IsReady => Pod.Metadata.DeletionTimestamp is null && Pod.Status?.Conditions.IsConditionTrue("Ready") == true;

    public int Restarts => Pod.Status?.ContainerStatuses?.Sum(static container => container.RestartCount) ?? 0;

    /// <summary>The routing table that it says it serves; null when it says nothing.</summary>
    public long? TableGeneration => Lease?.Metadata.Annotations?.TryGetValue(Generation, out var text) == true
        && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var generation)
            ? generation
            : null;

    /// <summary>What hinders it, in the kubelet's or scheduler's words; null when nothing does.</summary>
    public string? Problem
    {
        get
        {
            if (IsReady)
            {
                return null;
            }

            if (Pod.Status?.Conditions.FindCondition("PodScheduled") is { Status: ConditionStatus.False } unscheduled)
            {
                return $"{unscheduled.Reason}: {unscheduled.Message}";
            }

            foreach (var container in Pod.Status?.ContainerStatuses ?? [])
            {
                if (container.State is { } state && state.TryGetProperty("waiting", out var waiting) && waiting.TryGetProperty("reason", out var reason))
                {
                    return waiting.TryGetProperty("message", out var message) ? $"{reason}: {message}" : reason.ToString();
                }
            }

            return "not ready yet";
        }
    }

    /// <summary>The pods of an exporter, each with its Lease.</summary>
    public static IReadOnlyList<GatewayPod> Of(SentryExporter exporter, IEnumerable<V1Pod> pods, IEnumerable<V1Lease> leases, DateTimeOffset now)
    {
        var selector = SelectorOf(exporter);
        var live = leases.Where(lease => lease.Metadata.Namespace == exporter.Metadata.Namespace && IsLive(lease, now)).ToList();
        return
        [
            .. pods
                .Where(pod => pod.Metadata.Namespace == exporter.Metadata.Namespace
                    && selector.All(label => pod.Metadata.Labels?.TryGetValue(label.Key, out var value) == true && value == label.Value))
                .OrderBy(static pod => pod.Metadata.Name, StringComparer.Ordinal)
                .Select(pod => new GatewayPod(pod, live.Find(lease => lease.Spec!.HolderIdentity == pod.Metadata.Name))),
        ];
    }

    private static bool IsLive(V1Lease lease, DateTimeOffset now) =>
        lease.Spec is { RenewTime: { } renewed, LeaseDurationSeconds: { } seconds } && renewed + TimeSpan.FromSeconds(seconds) > now;

    // The operator says in the status which pods it means; before it has, the name does.
    private static Dictionary<string, string> SelectorOf(SentryExporter exporter)
    {
        var selector = exporter.Status?.Gateway?.Selector is { Length: > 0 } text
            ? text
            : $"{PodSelector},app.kubernetes.io/instance={exporter.Metadata.Name}";
        return selector.Split(',')
            .Select(static part => part.Split('=', 2))
            .Where(static part => part.Length == 2)
            .ToDictionary(static part => part[0], static part => part[1], StringComparer.Ordinal);
    }
}
