using SentryOtel.Kubernetes.Client;

namespace SentryOtel.Cluster.Objects;

/// <summary>What a node does about a failed request: the API server may be away for a while, and comes back.</summary>
internal static class ApiFailure
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    /// <summary>Whether an exception is the API server's or the connection's, not a mistake of ours.</summary>
    internal static bool IsExpected(Exception exception) =>
        exception is KubernetesException or HttpRequestException or IOException or TimeoutException;

    /// <summary>Repeats a request until the server has answered it; its refusals are thrown.</summary>
    internal static async Task<T> RetryAsync<T>(Func<Task<T>> request, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return await request();
            }
            catch (Exception e) when (IsExpected(e) && e is not KubernetesException { IsTransient: false })
            {
                await Task.Delay(Pause, cancellationToken);
            }
        }
    }
}
