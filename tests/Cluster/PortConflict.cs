namespace SentryOtel.Cluster;

/// <summary>
/// Starts again with other ports when another program took one between the probe and the server's own bind: test assemblies and
/// other work run on the same machine.
/// </summary>
internal static class PortConflict
{
    private const int Attempts = 3;

    internal static async Task<T> RetryAsync<T>(Func<T> create, Func<T, Task> start)
        where T : IAsyncDisposable
    {
        for (var attempt = 1; ; attempt++)
        {
            var cluster = create();
            try
            {
                await start(cluster);
                return cluster;
            }
            catch (ClusterStartException e) when (e.PortWasTaken && attempt < Attempts)
            {
                await cluster.DisposeAsync();
            }
            catch
            {
                await cluster.DisposeAsync();
                throw;
            }
        }
    }
}
