using System.Text.Json.Nodes;
using SentryOtel.Cluster;
using SentryOtel.Kubernetes.Client;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Kubernetes.Informers;
using SentryOtel.Kubernetes.Metrics;
using SentryOtel.Testing;

namespace SentryOtel.Kubernetes.Tests.Informers;

/// <summary>An informer and a real API server between which things break. The cache must end up equal to the server's state.</summary>
[Trait("Category", "Processes")]
public sealed class WatchSurvivalTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly TemporaryFolder _folder = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly object _scope = new();
    private readonly MetricsExposition _exposition;
    private readonly RuntimeMetrics _metrics;
    private readonly RecordingHandler _handler = new();
    private ControlPlane _cluster = null!;
    private KubernetesClient _admin = null!;
    private TcpProxy _proxy = null!;
    private KubernetesClient? _client;
    private Informer<V1ConfigMap> _informer = null!;
    private Task _run = Task.CompletedTask;

    public WatchSurvivalTests()
    {
        _exposition = new MetricsExposition(new MetricsExpositionOptions { Includes = meter => ReferenceEquals(meter.Scope, _scope) });
        _metrics = new RuntimeMetrics(_scope);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        // A server of its own: it is killed.
        _cluster = await ControlPlane.StartAsync(new ControlPlaneOptions { ControllerManager = false }, Token);
        _admin = ControlPlaneFixture.CreateClient(_cluster.KubeconfigPath);
        _proxy = new TcpProxy(_cluster.Server);
        await _admin.CreateAsync(new V1Namespace { Metadata = { Name = "shop" } }, null, Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _run.WaitAsync(TimeSpan.FromSeconds(30), CancellationToken.None);
        _client?.Dispose();
        _admin.Dispose();
        await _proxy.DisposeAsync();
        await _cluster.DisposeAsync();
        _metrics.Dispose();
        _exposition.Dispose();
        _folder.Dispose();
        _stop.Dispose();
    }

    [Fact]
    public async Task A_watch_cut_in_the_middle_of_a_line_goes_on_without_a_list_and_without_loss()
    {
        await StartAsync(_proxy.Redirect(_cluster.KubeconfigPath, _cluster.Server, _folder));
        await CreateAsync("before");
        await ConvergedAsync();

        // The line of this object is a hundred times longer than what passes.
        _proxy.CutAnswerAfter(5000);
        await CreateAsync("large", new string('x', 500_000));
        await ConvergedAsync();

        Assert.Equal(1, _proxy.AnswersCut);
        Assert.Equal(500_000, _informer.Store.Get(new ObjectKey("shop", "large"))!.Data!["value"].Length);
        Assert.Equal(1, Counted("reflector_lists_total{kind=\"configmaps\",result=\"success\"}"));
        Assert.Equal(2, _handler.Calls.Count);
    }

    [Fact]
    public async Task The_api_server_is_killed_and_comes_back()
    {
        await StartAsync(_cluster.KubeconfigPath);
        await CreateAsync("before");
        await ConvergedAsync();

        await _cluster.KillApiServerAsync();
        await _cluster.RestartApiServerAsync(Token);
        await CreateAsync("after");
        await _admin.DeleteAsync<V1ConfigMap>("before", "shop", null, Token);

        await ConvergedAsync();
        Assert.Equal(["after"], _informer.Store.List().Select(entity => entity.Metadata.Name));
    }

    [Fact]
    public async Task What_was_deleted_while_the_version_expired_is_noticed()
    {
        await StartAsync(_proxy.Redirect(_cluster.KubeconfigPath, _cluster.Server, _folder));
        await CreateAsync("kept");
        await CreateAsync("deleted");
        await ConvergedAsync();

        // The new API server's watch cache begins after these changes: the informer's version is too old for it (410).
        _proxy.GoDown();
        await _admin.DeleteAsync<V1ConfigMap>("deleted", "shop", null, Token);
        await CreateAsync("new");
        await _cluster.RestartApiServerAsync(Token);
        await CreateAsync("newer");
        _proxy.GoUp();
        await ConvergedAsync();

        Assert.Equal(["kept", "new", "newer"], _informer.Store.List().Select(entity => entity.Metadata.Name));
        Assert.Contains(_handler.Calls, call => call.StartsWith("delete deleted@", StringComparison.Ordinal) && call.EndsWith(" unseen", StringComparison.Ordinal));
        Assert.DoesNotContain(_handler.Calls, call => call.StartsWith("delete kept@", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_token_that_is_no_longer_valid_is_replaced_by_the_one_in_its_file()
    {
        var oldToken = await TokenAsync("old");
        var tokenFile = _folder.Write("token", oldToken);
        await StartAsync(_proxy.Redirect(WriteTokenKubeconfig(tokenFile), _cluster.Server, _folder));
        await CreateAsync("before");
        await ConvergedAsync();

        await File.WriteAllTextAsync(tokenFile, await TokenAsync("new"), Token);
        await _admin.DeleteAsync<V1ServiceAccount>("old", "shop", null, Token);
        await RefusedAsync(oldToken);
        _proxy.CutAll();
        await CreateAsync("after");

        await ConvergedAsync();
        Assert.Equal(2, _informer.Store.Count);
    }

    private async Task StartAsync(string kubeconfig)
    {
        _client = ControlPlaneFixture.CreateClient(kubeconfig);
        _informer = new Informer<V1ConfigMap>(
            _client, new InformerOptions<V1ConfigMap> { Namespaces = ["shop"] }, new InformerServices { Random = new Random(1), Metrics = _metrics });
        _informer.AddHandler(_handler);
        _run = _informer.RunAsync(_stop.Token);
        await _informer.WaitForSyncAsync(Token).WaitAsync(Patience, Token);
    }

    private Task<V1ConfigMap> CreateAsync(string name, string value = "v") => _admin.CreateAsync(
        new V1ConfigMap { Metadata = { Name = name, Namespace = "shop" }, Data = new Dictionary<string, string> { ["value"] = value } }, null, Token);

    private Task ConvergedAsync() => Eventually.HoldsAsync(
        async () =>
        {
            var server = await _admin.ListAllAsync<V1ConfigMap>("shop", null, Token);
            return server.Items.Select(Identity).Order().SequenceEqual(_informer.Store.List().Select(Identity).Order());
        },
        Patience, "a cache equal to the server's state", Token);

    private static string Identity(V1ConfigMap entity) => $"{entity.Metadata.Name} {entity.Metadata.Uid} {entity.Metadata.ResourceVersion}";

    private async Task<string> TokenAsync(string serviceAccount)
    {
        await _admin.CreateAsync(new V1ServiceAccount { Metadata = { Name = serviceAccount, Namespace = "shop" } }, null, Token);
        await _cluster.RunKubectlAsync(
            ["create", "role", serviceAccount, "--namespace", "shop", "--verb", "get,list,watch", "--resource", "configmaps"], null, Token);
        await _cluster.RunKubectlAsync(
            ["create", "rolebinding", serviceAccount, "--namespace", "shop", "--role", serviceAccount, "--serviceaccount", $"shop:{serviceAccount}"], null, Token);
        return (await _admin.CreateTokenAsync("shop", serviceAccount, [], null, Token)).Token;
    }

    private string WriteTokenKubeconfig(string tokenFile)
    {
        var config = new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Config",
            ["current-context"] = "c",
            ["clusters"] = new JsonArray(new JsonObject
            {
                ["name"] = "c",
                ["cluster"] = new JsonObject
                {
                    ["server"] = _cluster.Server.GetLeftPart(UriPartial.Authority),
                    ["certificate-authority-data"] = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(_cluster.CertificateAuthorityPem)),
                },
            }),
            ["users"] = new JsonArray(new JsonObject { ["name"] = "u", ["user"] = new JsonObject { ["tokenFile"] = tokenFile } }),
            ["contexts"] = new JsonArray(new JsonObject { ["name"] = "c", ["context"] = new JsonObject { ["cluster"] = "c", ["user"] = "u" } }),
        };
        return _folder.Write("token.kubeconfig", config.ToJsonString());
    }

    /// <summary>The server remembers good tokens for a few seconds.</summary>
    private async Task RefusedAsync(string token)
    {
        using var client = ControlPlaneFixture.CreateClient(WriteTokenKubeconfig(_folder.Write("revoked", token)));
        await Eventually.HoldsAsync(
            async () =>
            {
                try
                {
                    await client.ListAsync<V1ConfigMap>("shop", null, Token);
                    return false;
                }
                catch (KubernetesException exception) when (exception.IsUnauthorized)
                {
                    return true;
                }
            },
            Patience, "the old token is refused", Token);
    }

    private double Counted(string series) =>
        double.Parse(_exposition.Render().Split('\n').Single(line => line.StartsWith(series, StringComparison.Ordinal)).Split(' ')[^1], System.Globalization.CultureInfo.InvariantCulture);
}
