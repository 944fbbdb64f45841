namespace SentryOtel.Kubernetes.Configuration;

/// <summary>Whom to act as (<c>as</c>, <c>as-uid</c>, <c>as-groups</c>, <c>as-user-extra</c>).</summary>
public sealed record ImpersonationConfig
{
    /// <summary>User name.</summary>
    public required string User { get; init; }

    /// <summary>Uid.</summary>
    public string? Uid { get; init; }

    /// <summary>Groups; this client can send one only.</summary>
    public IReadOnlyList<string> Groups { get; init; } = [];

    /// <summary>Further attributes; this client can send one value of each only.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Extra { get; init; } = new Dictionary<string, IReadOnlyList<string>>();
}
