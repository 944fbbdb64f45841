namespace SentryOtel.Kubernetes.Client;

/// <summary>The server does not serve a kind: its definition is not installed, or the server is of another age.</summary>
/// <param name="apiVersion">Group and version asked for.</param>
/// <param name="kind">Kind asked for.</param>
public sealed class NoKindMatchException(string apiVersion, string kind)
    : Exception($"The API server does not serve kind \"{kind}\" in \"{apiVersion}\".")
{
    /// <summary>Group and version asked for.</summary>
    public string ApiVersion { get; } = apiVersion;

    /// <summary>Kind asked for.</summary>
    public string Kind { get; } = kind;
}
