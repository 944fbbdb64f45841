using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using SentryOtel.Cluster;
using SentryOtel.Testing;

namespace SentryOtel.Operator.Faults.World;

/// <summary>
/// A control plane with RBAC for all worlds. Operators run on the chart's account with <c>watchNamespaces</c>: each has Roles in its own namespace and no
/// right beyond it.
/// </summary>
public sealed class FaultCluster : IAsyncLifetime
{
    private const string SystemNamespace = "operator-system";
    private const string Account = "sentry-otel-operator";
    private const string AnyNamespace = "any-namespace";

    private string _kubeconfig = "";
    private string[] _permissions = [];
    private int _namespaces;

    /// <summary>Who the operators are to the API server.</summary>
    public const string User = $"system:serviceaccount:{SystemNamespace}:{Account}";

    /// <summary>The control plane, with Kubernetes' own controllers.</summary>
    public ControlPlane ControlPlane { get; private set; } = null!;

    /// <summary>Reaches the API server, for proxies.</summary>
    internal HttpMessageInvoker Upstream { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        ControlPlane = await ControlPlane.StartAsync();
        await ControlPlane.InstallDefinitionsAsync(RepositoryFiles.PathOf("charts/sentry-otel-operator/files/crds/plain"));
        await ControlPlane.RunKubectlAsync(["create", "namespace", SystemNamespace]);
        await ControlPlane.RunKubectlAsync(["create", "serviceaccount", Account, "--namespace", SystemNamespace]);
        _kubeconfig = await File.ReadAllTextAsync(await ControlPlane.CreateServiceAccountKubeconfigAsync(SystemNamespace, Account));
        _permissions = await RenderPermissionsAsync();
        Upstream = new HttpMessageInvoker(new SocketsHttpHandler
        {
            UseProxy = false,
            EnableMultipleHttp2Connections = true,
            SslOptions = new()
            {
                CertificateChainPolicy = new X509ChainPolicy
                {
                    TrustMode = X509ChainTrustMode.CustomRootTrust,
                    RevocationMode = X509RevocationMode.NoCheck,
                    CustomTrustStore = { X509Certificate2.CreateFromPem(ControlPlane.CertificateAuthorityPem) },
                },
            },
        });
    }

    public async ValueTask DisposeAsync()
    {
        Upstream.Dispose();
        await ControlPlane.DisposeAsync();
    }

    /// <summary>A name that no namespace has had.</summary>
    internal string NextNamespace(string scenario) => $"{scenario}-{Interlocked.Increment(ref _namespaces)}";

    /// <summary>Role and RoleBinding of the chart for one namespace.</summary>
    internal IEnumerable<JsonObject> PermissionsIn(string space) =>
        _permissions.Select(text => JsonNode.Parse(text.Replace(AnyNamespace, space, StringComparison.Ordinal))!.AsObject());

    /// <summary>A kubeconfig of the operator's account that finds the API server at another address.</summary>
    internal string WriteOperatorKubeconfig(string space, Uri address)
    {
        var path = Path.Combine(ControlPlane.FolderPath, $"{space}.kubeconfig");
        File.WriteAllText(path, _kubeconfig.Replace(ControlPlane.Server.GetLeftPart(UriPartial.Authority), address.GetLeftPart(UriPartial.Authority), StringComparison.Ordinal));
        return path;
    }

    private async Task<string[]> RenderPermissionsAsync()
    {
        var rendered = await ControlPlane.RunHelmAsync(
        [
            "template", "sentry-otel-operator", RepositoryFiles.PathOf("charts/sentry-otel-operator"), "--namespace", SystemNamespace,
            "--set", $"watchNamespaces={{{AnyNamespace}}}", "--show-only", "templates/clusterrole.yaml",
        ]);
        var objects = new List<string>();
        foreach (var document in rendered.Split("---\n").Where(static text => text.Contains("kind:", StringComparison.Ordinal)))
        {
            objects.Add(await ControlPlane.RunKubectlAsync(["create", "--dry-run=client", "--validate=false", "--output", "json", "--filename", "-"], document));
        }

        return [.. objects];
    }
}

/// <summary>The tests that share the control plane; they run one after another.</summary>
[CollectionDefinition(Name)]
public sealed class FaultClusterCollection : ICollectionFixture<FaultCluster>
{
    public const string Name = "fault cluster";
}
