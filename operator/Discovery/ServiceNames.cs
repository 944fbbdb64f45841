using SentryOtel.Crds;

namespace SentryOtel.Operator.Discovery;

/// <summary>The service that a workload runs, by the sources that an exporter reads. A workload is one service: the first source that gives a name wins.</summary>
internal static class ServiceNames
{
    /// <summary>Most characters of a name: those of a route's <c>attributeValue</c>.</summary>
    public const int MaxLength = 256;

    /// <summary>Whether workloads have to be read with their pod templates.</summary>
    public static bool NeedTemplates(DiscoverySpec discovery) => discovery.Sources.Exists(static source => source != DiscoverySource.Label);

    /// <summary>The name; null when no source gives one.</summary>
    public static string? Of(Workload workload, DiscoverySpec discovery)
    {
        foreach (var source in discovery.Sources)
        {
            if (Of(workload, discovery, source) is { } name)
            {
                return name;
            }
        }

        return null;
    }

    /// <summary>Why a workload has no name though it has one; null when that is not so.</summary>
    public static string? UnreadOf(Workload workload, DiscoverySpec discovery) =>
        discovery.Sources.Contains(DiscoverySource.Environment) && Of(workload, discovery) is null ? workload.Names?.Unread : null;

    private static string? Of(Workload workload, DiscoverySpec discovery, DiscoverySource source) => source switch
    {
        DiscoverySource.Label => workload.Label(discovery.LabelKey),
        DiscoverySource.Annotation => workload.Names?.Annotation,
        DiscoverySource.AppName => workload.Names?.AppName,
        DiscoverySource.Environment => workload.Names?.Environment,
        _ => throw new ArgumentOutOfRangeException(nameof(source)),
    };
}
