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

    /// <summary>
    /// How often the volumes of running pods are brought up to date, as a kubelet's <c>--sync-frequency</c> (a minute there). Null: as soon as an object changes, which
    /// no kubelet does, for tests in which it does not matter. A changed annotation of a pod brings its volumes up to date at once in any case, as with a kubelet.
    /// </summary>
    public TimeSpan? SyncFrequency { get; init; }

    /// <summary>How long crashed containers wait.</summary>
    public RestartBackOff RestartBackOff { get; init; } = RestartBackOff.Default;
}
