using SentryOtel.Cluster.Pods;

namespace SentryOtel.Cluster;

/// <summary>What a <see cref="LocalKubelet"/> runs, and as which node.</summary>
public sealed record LocalKubeletOptions
{
    /// <summary>
    /// Image repository (without tag and digest) to the path of the program that stands for its entry point. Pods with other images
    /// are left to other nodes.
    /// </summary>
    public required IReadOnlyDictionary<string, string> Images { get; init; }

    /// <summary>The node's name.</summary>
    public string NodeName { get; init; } = "local";

    /// <summary>Whether unassigned pods with known images are bound to this node, as a scheduler would; false beside a real one.</summary>
    public bool BindPods { get; init; } = true;

    /// <summary>How long crashed containers wait.</summary>
    public RestartBackOff RestartBackOff { get; init; } = RestartBackOff.Default;
}
