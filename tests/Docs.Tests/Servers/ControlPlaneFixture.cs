using SentryOtel.Cluster;
using SentryOtel.Testing;

namespace SentryOtel.Docs.Tests.Servers;

/// <summary>A control plane of the oldest kind that is served, with the definitions in it.</summary>
public sealed class ControlPlaneFixture : IAsyncLifetime
{
    private ControlPlane? _controlPlane;

    public ControlPlane ControlPlane => _controlPlane ?? throw new InvalidOperationException("Not started.");

    public async ValueTask InitializeAsync()
    {
        _controlPlane = await ControlPlane.StartAsync(cancellationToken: TestContext.Current.CancellationToken);
        await _controlPlane.InstallDefinitionsAsync(RepositoryFiles.PathOf("charts/sentry-otel-operator/files/crds/plain"), TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (_controlPlane is not null)
        {
            await _controlPlane.DisposeAsync();
        }
    }
}
