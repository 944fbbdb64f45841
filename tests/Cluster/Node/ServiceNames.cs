using System.Text;
using SentryOtel.Cluster.Objects;
using SentryOtel.Cluster.Processes;
using SentryOtel.Kubernetes.Client;
using SentryOtel.Kubernetes.Configuration;
using SentryOtel.Kubernetes.Entities;

namespace SentryOtel.Cluster;

/// <summary>
/// The cluster's names: dnsmasq at the node's address, which answers <c>NAME.NAMESPACE.svc.cluster.local</c> with the Service's address, and nothing else. Pods write the short
/// forms; their search list completes them.
/// </summary>
internal sealed class ServiceNames : IAsyncDisposable
{
    private static readonly Signal ReadAgain = new(1);

    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, string> _addresses = new(StringComparer.Ordinal);
    private readonly KubernetesClient _client;
    private readonly ObjectCache<V1Service> _services;
    private readonly string _path;
    private LocalProcess? _resolver;

    private ServiceNames(string kubeconfig, string path)
    {
        _path = path;
        _client = new KubernetesClient(KubernetesClientConfiguration.BuildConfigFromConfigFile(kubeconfig), new KubernetesClientOptions { UserAgent = "service-names" });
        _services = new ObjectCache<V1Service>(_client);
        _services.Changed += service => Set(service, service.Spec?.ClusterIP);
        _services.Removed += service => Set(service, null);
    }

    public static async Task<ServiceNames> StartAsync(NodeSandbox sandbox, string kubeconfig, CancellationToken cancellationToken)
    {
        var names = new ServiceNames(kubeconfig, sandbox["services.hosts"]);
        await names._services.StartAsync(cancellationToken);
        lock (names._gate)
        {
            names.Write();
            names._resolver = sandbox.Start(
                "dnsmasq",
                "/usr/sbin/dnsmasq",
                "--keep-in-foreground", "--conf-file=/dev/null", "--log-facility=-", "--pid-file=", "--user=root", "--no-resolv", "--no-hosts", "--bind-interfaces",
                $"--listen-address={sandbox.NodeAddress}", $"--addn-hosts={names._path}", "--local=/#/");
        }

        return names;
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        _client.Dispose();
        if (_resolver is not null)
        {
            await _resolver.DisposeAsync();
        }
    }

    private void Set(V1Service service, string? address)
    {
        var name = $"{service.Metadata.Name}.{service.Metadata.Namespace}.svc.cluster.local";
        lock (_gate)
        {
            _addresses.Remove(name);
            if (address is { Length: > 0 } and not "None")
            {
                _addresses[name] = address;
            }

            if (_resolver is not null)
            {
                Write();
                _resolver.Send(ReadAgain);
            }
        }
    }

    private void Write()
    {
        var text = new StringBuilder();
        foreach (var (name, address) in _addresses)
        {
            text.Append(address).Append(' ').Append(name).Append('\n');
        }

        File.WriteAllText(_path, text.ToString());
    }
}
