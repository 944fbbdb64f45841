using SentryOtel.Kubernetes.Client;
using SentryOtel.Kubernetes.Entities;

namespace SentryOtel.Kubernetes.Tests.Client;

/// <summary>Lists and watches of the client against a real API server.</summary>
[Trait("Category", "Processes")]
public sealed class ApiServerListTests(ControlPlaneFixture fixture) : IAsyncLifetime
{
    private static readonly ApplyOptions Apply = new() { FieldManager = "tests", Force = true };

    private KubernetesClient _client = null!;
    private string _namespace = "";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _client = await fixture.CreateClientAsync(Stop);
        _namespace = await ControlPlaneFixture.CreateNamespaceAsync(_client, Stop);
    }

    public async ValueTask DisposeAsync()
    {
        await _client.DeleteAsync<V1Namespace>(_namespace, null, null, CancellationToken.None);
        _client.Dispose();
    }

    private V1ConfigMap Map(string name, string? value = null) => new()
    {
        Metadata = { Name = name, Namespace = _namespace },
        Data = value is null ? null : new Dictionary<string, string> { ["value"] = value },
    };

    [Fact]
    public async Task A_list_comes_in_pages_and_as_a_whole()
    {
        await Task.WhenAll(Enumerable.Range(0, 7).Select(index =>
        {
            var map = Map($"page-{index}", "x");
            map.Metadata.Labels = new Dictionary<string, string> { ["set"] = "pages" };
            return _client.CreateAsync(map, null, Stop);
        }));
        var options = new ListOptions { LabelSelector = "set=pages", Limit = 3 };

        var page = await _client.ListAsync<V1ConfigMap>(_namespace, options, Stop);
        Assert.Equal(3, page.Items.Count);
        Assert.NotNull(page.Continue);
        var all = await _client.ListAllAsync<V1ConfigMap>(_namespace, options, Stop);
        Assert.Equal(Enumerable.Range(0, 7).Select(index => $"page-{index}"), all.Items.Select(item => item.Metadata.Name!));
        Assert.Null(all.Continue);
        Assert.All(all.Items, item => Assert.Equal(("v1", "ConfigMap"), (item.ApiVersion, item.Kind)));

        Assert.Equal("page-4", Assert.Single((await _client.ListAllAsync<V1ConfigMap>(
            null, new ListOptions { FieldSelector = $"metadata.name=page-4,metadata.namespace={_namespace}" }, Stop)).Items).Metadata.Name);
    }

    [Fact]
    public async Task Metadata_alone_is_listed_and_watched()
    {
        await _client.CreateAsync(
            new V1Secret { Metadata = { Name = "hidden", Namespace = _namespace }, StringData = new Dictionary<string, string> { ["k"] = "v" } }, null, Stop);

        var list = await _client.ListAllAsync<V1SecretMetadata>(_namespace, new ListOptions { FieldSelector = "metadata.name=hidden" }, Stop);
        Assert.Equal("Secret", Assert.Single(list.Items).Kind);
        await foreach (var entry in _client.WatchAsync<V1SecretMetadata>(
            _namespace, new WatchOptions { FieldSelector = "metadata.name=hidden" }, Stop))
        {
            Assert.Equal((WatchEventType.Added, "hidden", "v1"), (entry.Type, entry.Entity!.Metadata.Name, entry.Entity.ApiVersion));
            break;
        }

        Assert.Equal("v"u8.ToArray(), (await _client.GetAsync<V1Secret>("hidden", _namespace, Stop))!.Data!["k"]);
    }

    [Fact]
    public async Task A_watch_goes_on_where_a_list_ended()
    {
        await _client.CreateAsync(Map("before"), null, Stop);
        var list = await _client.ListAllAsync<V1ConfigMap>(_namespace, null, Stop);
        await _client.CreateAsync(Map("after", "one"), null, Stop);
        await _client.ApplyAsync(Map("after", "two"), Apply, Stop);
        await _client.DeleteAsync<V1ConfigMap>("after", _namespace, null, Stop);

        var seen = new List<(WatchEventType, string)>();
        await foreach (var entry in _client.WatchAsync<V1ConfigMap>(
            _namespace, new WatchOptions { ResourceVersion = list.ResourceVersion, FieldSelector = "metadata.name=after" }, Stop))
        {
            seen.Add((entry.Type, entry.Entity!.Data!["value"]));
            if (entry.Type == WatchEventType.Deleted)
            {
                break;
            }
        }

        Assert.Equal([(WatchEventType.Added, "one"), (WatchEventType.Modified, "two"), (WatchEventType.Deleted, "two")], seen);
    }

    [Fact]
    public async Task A_watch_ends_by_itself_after_its_timeout()
    {
        Assert.Empty(await _client.WatchAsync<V1Job>(_namespace, new WatchOptions { TimeoutSeconds = 1, AllowWatchBookmarks = false }, Stop).ToListAsync(Stop));
    }
}
