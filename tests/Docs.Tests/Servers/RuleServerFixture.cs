using SentryOtel.Cluster;
using SentryOtel.Testing;

namespace SentryOtel.Docs.Tests.Servers;

/// <summary>A server of a new Kubernetes, which evaluates the rules in CEL, with both definitions in it.</summary>
public sealed class RuleServerFixture : IAsyncLifetime
{
    private CrdServer? _server;

    /// <summary>The server; without one the test is skipped in plain sight, or fails when CI asks for everything.</summary>
    internal CrdServer Server
    {
        get
        {
            if (CrdServer.WhyNotBuilt() is { } reason)
            {
                Assert.SkipUnless(Environment.GetEnvironmentVariable("CI") == "true", reason);
                Assert.Fail(reason);
            }

            return _server!;
        }
    }

    public async ValueTask InitializeAsync()
    {
        if (CrdServer.WhyNotBuilt() is not null)
        {
            return;
        }

        var definitions = RepositoryFiles.PathOf("charts/sentry-otel-operator/files/crds/cel");
        _server = await CrdServer.StartAsync(TestContext.Current.CancellationToken);
        await _server.RunKubectlAsync(["create", "--validate=false", "--filename", definitions], null, TestContext.Current.CancellationToken);
        await _server.RunKubectlAsync(["wait", "--for=condition=Established", "--timeout=60s", "--filename", definitions], null, TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
    }
}
