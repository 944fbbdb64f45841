using Microsoft.AspNetCore.Http;
using SentryOtel.Kubernetes.Client;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Testing;

namespace SentryOtel.Kubernetes.Tests.Discovery;

[Trait("Category", "Processes")]
public sealed class ApiDiscoveryTests(ControlPlaneFixture fixture)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_real_server_says_what_it_serves()
    {
        using var client = await fixture.CreateClientAsync(Stop);
        var discovery = client.Discovery;

        var version = await discovery.GetServerVersionAsync(Stop);
        Assert.StartsWith($"v{version.Major}.{version.Minor}", version.GitVersion, StringComparison.Ordinal);
        var served = await discovery.GetGroupVersionsAsync(Stop);
        Assert.Equal("v1", served[0]);
        Assert.Contains("apps/v1", served);

        var deployment = (await discovery.FindAsync("apps", "v1", "Deployment", Stop))!;
        Assert.Equal(EntityMetadata.For<V1Deployment>(), deployment.Metadata);
        Assert.Contains("deploy", deployment.ShortNames);
        Assert.Contains("patch", deployment.Verbs);
        Assert.Equal(["scale", "status"], deployment.Subresources.Order(StringComparer.Ordinal));
        Assert.Equal(EntityMetadata.For<V1Node>(), (await discovery.FindAsync("", "v1", "Node", Stop))!.Metadata);
        Assert.False(await discovery.ServesAsync("sentry-otel.example", "v1", "Thing", Stop));
        Assert.False(await discovery.ServesAsync("apps", "v1", "Thing", Stop));
    }

    [Fact]
    public async Task Answers_are_remembered_and_an_absent_kind_is_asked_for_again()
    {
        var time = new FakeTimeProvider();
        var requests = 0;
        var kind = "Old";
        await using var server = await LoopbackServer.StartAsync(context =>
        {
            requests++;
            return context.Response.WriteAsync($$"""
                {"resources":[{"name":"things","namespaced":true,"kind":"{{kind}}","verbs":["get"]},{"name":"things/status","namespaced":true,"kind":"{{kind}}","verbs":[]}]}
                """);
        });
        using var client = new KubernetesClient(new() { Host = server.Address }, new() { TimeProvider = time });
        Task<bool> ServesAsync(string name) => client.Discovery.ServesAsync("g", "v1", name, Stop);

        Assert.True(await ServesAsync("Old"));
        Assert.False(await ServesAsync("New"));
        Assert.Equal(1, requests);

        kind = "New";
        time.Advance(TimeSpan.FromSeconds(6));
        Assert.True(await ServesAsync("Old"));
        Assert.Equal(1, requests);
        Assert.True(await ServesAsync("New"));
        Assert.Equal(2, requests);

        kind = "Newest";
        time.Advance(TimeSpan.FromMinutes(10));
        Assert.False(await ServesAsync("New"));
        Assert.Equal(3, requests);

        kind = "Other";
        client.Discovery.Invalidate();
        Assert.True(await ServesAsync("Other"));
    }
}
