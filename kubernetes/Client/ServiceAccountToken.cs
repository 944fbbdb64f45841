namespace SentryOtel.Kubernetes.Client;

/// <summary>A token of a service account, bound to audiences and a time.</summary>
/// <param name="token">The bearer token: a secret.</param>
/// <param name="expiration">When it ceases to be valid.</param>
public sealed class ServiceAccountToken(string token, DateTimeOffset expiration)
{
    /// <summary>The bearer token: a secret.</summary>
    public string Token { get; } = token;

    /// <summary>When it ceases to be valid.</summary>
    public DateTimeOffset Expiration { get; } = expiration;
}
