using System.Security.Cryptography.X509Certificates;
using SentryOtel.Cluster.Processes;

namespace SentryOtel.Cluster;

/// <summary>Waits for a program's health URL to answer 200; ends the program when that does not happen.</summary>
internal static class Readiness
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <exception cref="ClusterStartException">The program ended, or did not answer in time.</exception>
    internal static async Task WaitAsync(LocalProcess process, Uri url, string? authorityPem, CancellationToken cancellationToken)
    {
        try
        {
            await PollAsync(process, url, authorityPem, cancellationToken);
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    private static async Task PollAsync(LocalProcess process, Uri url, string? authorityPem, CancellationToken cancellationToken)
    {
        using var http = CreateClient(authorityPem);
        var last = "no answer";
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Patience);
        while (true)
        {
            try
            {
                using var response = await http.GetAsync(url, limit.Token);
                if (response.IsSuccessStatusCode)
                {
                    return;
                }
                last = await response.Content.ReadAsStringAsync(limit.Token);
            }
            catch (HttpRequestException e)
            {
                last = e.Message;
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                throw new ClusterStartException(process.Name, $"did not become ready within {Patience.TotalSeconds} s ({last})", process.LogTail());
            }
            if (process.HasExited)
            {
                throw new ClusterStartException(process.Name, $"ended with exit code {await process.Exited}", process.LogTail());
            }
            await Task.WhenAny(process.Exited, Task.Delay(Pause, cancellationToken));
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    private static HttpClient CreateClient(string? authorityPem)
    {
        var handler = new SocketsHttpHandler { UseProxy = false };
        if (authorityPem is not null)
        {
            handler.SslOptions.CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
                CustomTrustStore = { X509Certificate2.CreateFromPem(authorityPem) },
            };
        }
        return new HttpClient(handler);
    }
}
