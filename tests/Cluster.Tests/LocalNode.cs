using System.Text.Json;
using SentryOtel.Testing;

namespace SentryOtel.Cluster.Tests;

/// <summary>What the tests read of a pod.</summary>
public sealed record PodView(string Name, string Phase, string Address, bool Ready, int RestartCount, int? LastExitCode);

/// <summary>The control plane and the node.</summary>
public sealed class LocalNode : IAsyncLifetime
{
    public ControlPlane ControlPlane { get; private set; } = null!;

    public LocalKubelet Kubelet { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        ControlPlane = await ControlPlane.StartAsync();
        Kubelet = await LocalKubelet.StartAsync(ControlPlane, new LocalKubeletOptions
        {
            Images = new Dictionary<string, string>
            {
                ["registry.test:5000/test/python"] = "/usr/bin/python3",
                ["test/shell"] = "/bin/sh",
                ["test/kubectl"] = ControlPlane.KubectlPath,
            },
        });
    }

    public async ValueTask DisposeAsync()
    {
        await Kubelet.DisposeAsync();
        await ControlPlane.DisposeAsync();
    }

    public async Task<string> CreateNamespaceAsync(string name)
    {
        await ControlPlane.RunKubectlAsync(["create", "namespace", name], null, TestContext.Current.CancellationToken);
        await Eventually.HoldsAsync(
            async () => (await ControlPlane.Tools.TryKubectlAsync(
                ["get", "serviceaccount", "default", "--namespace", name, "--output", "jsonpath={.secrets[0].name}"], null, TestContext.Current.CancellationToken)).Output.Length > 0,
            TimeSpan.FromSeconds(120),
            "the namespace has its service account",
            TestContext.Current.CancellationToken);
        return name;
    }

    public Task<string> KubectlAsync(string @namespace, params IEnumerable<string> arguments) =>
        ControlPlane.RunKubectlAsync(["--namespace", @namespace, .. arguments], null, TestContext.Current.CancellationToken);

    public Task ApplyAsync(string @namespace, string manifests) =>
        ControlPlane.RunKubectlAsync(["apply", "--validate=false", "--namespace", @namespace, "--filename", "-"], manifests, TestContext.Current.CancellationToken);

    public async Task<PodView> PodAsync(string @namespace)
    {
        using var list = JsonDocument.Parse(await KubectlAsync(@namespace, "get", "pods", "--output", "json"));
        var pod = Assert.Single(list.RootElement.GetProperty("items").EnumerateArray());
        var status = pod.GetProperty("status");
        var container = status.TryGetProperty("containerStatuses", out var containers) ? containers[0] : default;
        return new PodView(
            pod.GetProperty("metadata").GetProperty("name").GetString()!,
            status.GetProperty("phase").GetString()!,
            status.TryGetProperty("podIP", out var address) ? address.GetString()! : string.Empty,
            container.ValueKind == JsonValueKind.Object && container.GetProperty("ready").GetBoolean(),
            container.ValueKind == JsonValueKind.Object ? container.GetProperty("restartCount").GetInt32() : 0,
            container.ValueKind == JsonValueKind.Object && container.GetProperty("lastState").TryGetProperty("terminated", out var last)
                ? last.GetProperty("exitCode").GetInt32()
                : null);
    }
}
