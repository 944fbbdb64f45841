using SentryOtel.Cluster;
using SentryOtel.Kubernetes.Client;
using SentryOtel.Kubernetes.Configuration;
using SentryOtel.Kubernetes.Entities;

[assembly: AssemblyFixture(typeof(SentryOtel.Kubernetes.Tests.ControlPlaneFixture))]

namespace SentryOtel.Kubernetes.Tests;

/// <summary>One real control plane for all tests of this assembly, started by the first that asks for it.</summary>
public sealed class ControlPlaneFixture : IAsyncLifetime
{
    private readonly SemaphoreSlim _gate = new(1, 1);
    private ControlPlane? _controlPlane;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async Task<ControlPlane> StartAsync(CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            return _controlPlane ??= await ControlPlane.StartAsync(cancellationToken: cancellationToken);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>A client that may do everything.</summary>
    public async Task<KubernetesClient> CreateClientAsync(CancellationToken cancellationToken) =>
        CreateClient((await StartAsync(cancellationToken)).KubeconfigPath);

    public static KubernetesClient CreateClient(string kubeconfig) =>
        new(KubernetesClientConfiguration.BuildConfigFromConfigFile(kubeconfig), new() { UserAgent = "kubernetes-tests/1.0" });

    /// <summary>A namespace of the test's own; returns its name.</summary>
    public static async Task<string> CreateNamespaceAsync(IKubernetesClient client, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(client);
        var space = new V1Namespace { Metadata = { GenerateName = "test-" } };
        return (await client.CreateAsync(space, null, cancellationToken)).Metadata.Name!;
    }

    public async ValueTask DisposeAsync()
    {
        if (_controlPlane is not null)
        {
            await _controlPlane.DisposeAsync();
        }

        _gate.Dispose();
    }
}
