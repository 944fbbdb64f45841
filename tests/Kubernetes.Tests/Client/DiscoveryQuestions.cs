using SentryOtel.Kubernetes.Discovery;

namespace SentryOtel.Kubernetes.Tests.Client;

internal static class DiscoveryQuestions
{
    /// <summary>Asks the server for its version, whatever is remembered of it.</summary>
    public static Task<ServerVersion> AskAgainAsync(this IApiDiscovery discovery, CancellationToken cancellationToken)
    {
        discovery.Invalidate();
        return discovery.GetServerVersionAsync(cancellationToken);
    }
}
