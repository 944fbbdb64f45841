using System.CommandLine;
using SentryOtel.Cli.CommandLine;
using SentryOtel.Crds;
using SentryOtel.Kubernetes.Client;
using SentryOtel.Kubernetes.Entities;

namespace SentryOtel.Cli.Clusters;

/// <summary>The cluster, as far as the caller may see it.</summary>
internal sealed class ClusterAccess : IDisposable
{
    private readonly KubernetesClient _client;
    private readonly List<string> _gaps = [];

    public ClusterAccess(ParseResult parsed, GlobalOptions options)
    {
        _client = new KubernetesClient(options.ConfigurationOf(parsed), new KubernetesClientOptions
        {
            JsonTypeInfoResolvers = [CrdJsonContext.Default],
            UserAgent = $"kubectl-sentry-otel/{CliCommand.Version}",
            TimeProvider = options.Environment.TimeProvider,
            RequestTimeout = TimeSpan.FromSeconds(20),

            // Whoever waits at a terminal is told at once; and the words of a gateway that has no room are part of the answer.
            MaxRetries = 0,
        });
        Namespace = options.IsForAllNamespaces(parsed) ? null : options.NamespaceOf(parsed) ?? _client.DefaultNamespace;
        Gateways = new LiveGateways(_client);
    }

    public IKubernetesClient Client => _client;

    /// <summary>What the gateways themselves say.</summary>
    public LiveGateways Gateways { get; }

    /// <summary>The namespace that is looked at; null for all.</summary>
    public string? Namespace { get; }

    /// <summary>What could not be read, and why; in the order in which it was wanted.</summary>
    public IReadOnlyList<string> Gaps => _gaps;

    /// <summary>Exporters of the namespace, in order.</summary>
    /// <exception cref="CliException">The definitions are not installed.</exception>
    public async Task<IReadOnlyList<SentryExporter>> ExportersAsync(CancellationToken cancellationToken)
    {
        try
        {
            var list = await _client.ListAllAsync<SentryExporter>(Namespace, null, cancellationToken);
            return [.. list.Items.OrderBy(static exporter => ObjectKey.Of(exporter).ToString(), StringComparer.Ordinal)];
        }
        catch (KubernetesException exception) when (exception.IsNotFound)
        {
            throw new CliException(
                $"the cluster knows no {SentryOtelGroup.Group} resources: install the operator with 'helm install sentry-otel-operator charts/sentry-otel-operator', or choose another --context");
        }
    }

    /// <summary>Routes wherever they are, since an exporter may take them from other namespaces; only those of the namespace when the caller may not see more.</summary>
    public async Task<IReadOnlyList<SentryProjectRoute>> RoutesAsync(CancellationToken cancellationToken)
    {
        if (Namespace is not null)
        {
            try
            {
                return (await _client.ListAllAsync<SentryProjectRoute>(null, null, cancellationToken)).Items;
            }
            catch (KubernetesException exception) when (exception.IsForbidden)
            {
                _gaps.Add($"routes of other namespaces are not shown: {Reason(exception)}");
            }
        }

        return (await _client.ListAllAsync<SentryProjectRoute>(Namespace, null, cancellationToken)).Items;
    }

    /// <summary>Lists what is good to know; what may not be read leaves a gap.</summary>
    /// <param name="what">What is missing then.</param>
    /// <param name="namespace">Null for all.</param>
    /// <param name="selector">Label selector, or null.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    public async Task<IReadOnlyList<T>> ListAsync<T>(string what, string? @namespace, string? selector, CancellationToken cancellationToken)
        where T : class, IKubernetesObject
    {
        try
        {
            return (await _client.ListAllAsync<T>(@namespace, new ListOptions { LabelSelector = selector }, cancellationToken)).Items;
        }
        catch (KubernetesException exception)
        {
            Miss($"{what} can not be told: {Reason(exception)}");
            return [];
        }
    }

    /// <summary>Reads one object that is good to know; null when it is not there, or leaves a gap.</summary>
    public async Task<T?> FindAsync<T>(string what, string name, string? @namespace, CancellationToken cancellationToken)
        where T : class, IKubernetesObject
    {
        try
        {
            return await _client.GetAsync<T>(name, @namespace, cancellationToken);
        }
        catch (KubernetesException exception)
        {
            Miss($"{what} can not be told: {Reason(exception)}");
            return null;
        }
    }

    public void Dispose() => _client.Dispose();

    private void Miss(string gap)
    {
        if (!_gaps.Contains(gap))
        {
            _gaps.Add(gap);
        }
    }

    private static string Reason(KubernetesException exception) => exception.Status?.Message ?? exception.Message;
}
