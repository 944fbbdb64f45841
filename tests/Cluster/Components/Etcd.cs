using SentryOtel.Cluster.Processes;

namespace SentryOtel.Cluster.Components;

/// <summary>Starts etcd with an empty store that is never synced to disk: it is as short-lived as its cluster.</summary>
internal static class Etcd
{
    internal static async Task<(LocalProcess Process, Uri Client)> StartAsync(ClusterFolder folder, CancellationToken cancellationToken)
    {
        var client = new Uri($"http://127.0.0.1:{LoopbackPort.Free()}");
        var peer = new Uri($"http://127.0.0.1:{LoopbackPort.Free()}");
        var process = LocalProcess.Start(
            ClusterPrograms.Etcd,
            [
                "--data-dir", folder["etcd"],
                "--unsafe-no-fsync",
                "--listen-client-urls", client.Authority(),
                "--advertise-client-urls", client.Authority(),
                "--listen-peer-urls", peer.Authority(),
                "--initial-advertise-peer-urls", peer.Authority(),
                "--initial-cluster", $"default={peer.Authority()}",
                "--logger", "zap",
                "--log-level", "warn",
            ],
            folder["etcd.log"]);
        await Readiness.WaitAsync(process, new Uri(client, "/health"), authorityPem: null, cancellationToken);
        return (process, client);
    }

    internal static string Authority(this Uri uri) => uri.GetLeftPart(UriPartial.Authority);
}
