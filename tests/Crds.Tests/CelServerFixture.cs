using SentryOtel.Cluster;

namespace SentryOtel.Crds.Tests;

/// <summary>A server that evaluates CEL, with both definitions in it.</summary>
public sealed class CelServerFixture : IAsyncLifetime
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

        _server = await CrdServer.StartAsync(TestContext.Current.CancellationToken);
        await _server.Tools.InstallDefinitionsAsync(rules: true);
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
    }
}
