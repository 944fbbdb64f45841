using System.Text.Json;

namespace SentryOtel.Cluster.Objects;

/// <summary>A volume of a pod: exactly one of the sources is set.</summary>
internal sealed class Volume
{
    public string Name { get; set; } = string.Empty;

    public JsonElement? EmptyDir { get; set; }

    public ObjectVolume? ConfigMap { get; set; }

    public ObjectVolume? Secret { get; set; }

    public DownwardVolume? DownwardAPI { get; set; }

    public ProjectedVolume? Projected { get; set; }

    public ClaimVolume? PersistentVolumeClaim { get; set; }
}

/// <summary>The content of a ConfigMap or Secret as files.</summary>
internal sealed class ObjectVolume
{
    /// <summary>The ConfigMap's name; in a projected volume the Secret's too.</summary>
    public string? Name { get; set; }

    public string? SecretName { get; set; }

    public bool Optional { get; set; }

    /// <summary>Which keys, and where; empty for all of them, each as a file of its name.</summary>
    public IList<KeyToPath> Items { get; set; } = [];

    internal string ObjectName => SecretName ?? Name ?? string.Empty;
}

internal sealed record KeyToPath(string Key, string Path);

internal sealed class DownwardVolume
{
    public IList<DownwardFile> Items { get; set; } = [];
}

internal sealed record DownwardFile(string Path, FieldSelector? FieldRef);

internal sealed class ProjectedVolume
{
    public IList<ProjectedSource> Sources { get; set; } = [];
}

internal sealed class ProjectedSource
{
    public ObjectVolume? ConfigMap { get; set; }

    public ObjectVolume? Secret { get; set; }

    public DownwardVolume? DownwardAPI { get; set; }

    public TokenSource? ServiceAccountToken { get; set; }
}

internal sealed class TokenSource
{
    public string? Audience { get; set; }

    public long ExpirationSeconds { get; set; } = 3600;

    public string Path { get; set; } = "token";
}

internal sealed record ClaimVolume(string ClaimName);
