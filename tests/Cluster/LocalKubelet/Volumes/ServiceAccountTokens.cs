using System.Collections.Concurrent;
using SentryOtel.Cluster.Objects;
using SentryOtel.Kubernetes.Client;

namespace SentryOtel.Cluster.Volumes;

/// <summary>Tokens of one pod's service account, kept until four fifths of their life are over.</summary>
internal sealed class ServiceAccountTokens(IKubernetesClient client, string @namespace, string serviceAccount)
{
    private readonly ConcurrentDictionary<(string Audience, long Seconds), (string Token, DateTimeOffset RefreshAt)> _tokens = new();

    /// <summary>A valid token for an audience; empty for the API server's own.</summary>
    internal async Task<string> GetAsync(string audience, long seconds, CancellationToken cancellationToken)
    {
        var now = TimeProvider.System.GetUtcNow();
        if (_tokens.TryGetValue((audience, seconds), out var kept) && now < kept.RefreshAt)
        {
            return kept.Token;
        }
        var fresh = await ApiFailure.RetryAsync(
            () => client.CreateTokenAsync(
                @namespace, serviceAccount, audience.Length == 0 ? [] : [audience], TimeSpan.FromSeconds(seconds), cancellationToken),
            cancellationToken);
        _tokens[(audience, seconds)] = (fresh.Token, now + ((fresh.Expiration - now) * 0.8));
        return fresh.Token;
    }
}
