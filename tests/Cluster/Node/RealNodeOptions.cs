namespace SentryOtel.Cluster;

/// <summary>What a <see cref="RealNode"/> is started with.</summary>
public sealed record RealNodeOptions
{
    /// <summary>The name of the Node.</summary>
    public string Name { get; init; } = "node";

    /// <summary>OCI archives with the images that its pods use, and the pause image among them. There is no registry.</summary>
    public required IReadOnlyList<string> Images { get; init; }

    /// <summary>The image that holds a pod's namespaces.</summary>
    public required string PauseImage { get; init; }
}
