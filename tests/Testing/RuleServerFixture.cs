using SentryOtel.Cluster;

namespace SentryOtel.Testing;

/// <summary>A server of a new Kubernetes, which evaluates the rules in CEL, with both definitions in it. Compiled into each test assembly that asks one.</summary>
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
        if (CrdServer.WhyNotBuilt() is null)
        {
            _server = await CrdServer.StartAsync(TestContext.Current.CancellationToken);
            await _server.InstallDefinitionsAsync(RepositoryFiles.PathOf("charts/sentry-otel-operator/files/crds/cel"), TestContext.Current.CancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
    }
}
