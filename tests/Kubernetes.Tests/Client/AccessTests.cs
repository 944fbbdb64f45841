using SentryOtel.Kubernetes.Client;
using SentryOtel.Kubernetes.Configuration;
using SentryOtel.Kubernetes.Entities;

namespace SentryOtel.Kubernetes.Tests.Client;

/// <summary>Rights, tokens and other answers of a real API server.</summary>
[Trait("Category", "Processes")]
public sealed class AccessTests(ControlPlaneFixture fixture)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_user_without_rights_is_forbidden()
    {
        var controlPlane = await fixture.StartAsync(Stop);
        using var client = ControlPlaneFixture.CreateClient(controlPlane.CreateClientKubeconfig("nobody"));

        var error = await Assert.ThrowsAsync<KubernetesException>(() => client.ListAllAsync<V1Secret>("default", null, Stop));

        Assert.True(error is { IsForbidden: true, IsNamespaceTerminating: false, Reason: StatusReason.Forbidden });
        Assert.Contains("nobody", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_requested_token_is_the_service_accounts_own_and_a_wrong_one_nobodys()
    {
        var controlPlane = await fixture.StartAsync(Stop);
        using var admin = await fixture.CreateClientAsync(Stop);
        var space = await ControlPlaneFixture.CreateNamespaceAsync(admin, Stop);
        await admin.CreateAsync(new V1ServiceAccount { Metadata = { Name = "robot", Namespace = space } }, null, Stop);

        var token = await admin.CreateTokenAsync(space, "robot", [], TimeSpan.FromMinutes(10), Stop);
        Assert.DoesNotContain(token.Token, token.ToString()!, StringComparison.Ordinal);

        var error = await Assert.ThrowsAsync<KubernetesException>(() => ListAsync(token.Token));
        Assert.True(error.IsForbidden);
        Assert.Contains($"system:serviceaccount:{space}:robot", error.Message, StringComparison.Ordinal);
        Assert.True((await Assert.ThrowsAsync<KubernetesException>(() => ListAsync("wrong"))).IsUnauthorized);

        async Task ListAsync(string bearer)
        {
            using var client = new KubernetesClient(new()
            {
                Host = controlPlane.Server,
                CertificateAuthority = PemSource.FromText(controlPlane.CertificateAuthorityPem),
                Token = bearer,
            });
            await client.ListAllAsync<V1Secret>(space, null, Stop);
        }
    }

    [Fact]
    public async Task A_create_in_a_terminating_namespace_is_told_as_such()
    {
        using var client = await fixture.CreateClientAsync(Stop);
        var space = await ControlPlaneFixture.CreateNamespaceAsync(client, Stop);
        await client.CreateAsync(
            new V1ConfigMap { Metadata = { Name = "held", Namespace = space, Finalizers = ["example.com/held"] } }, null, Stop);
        await client.DeleteAsync<V1Namespace>(space, null, null, Stop);

        var error = await Assert.ThrowsAsync<KubernetesException>(() => client.CreateAsync(
            new V1ConfigMap { Metadata = { Name = "late", Namespace = space } }, null, Stop));

        Assert.True(error is { IsForbidden: true, IsNamespaceTerminating: true });
        await client.PatchAsync<V1ConfigMap>("held", space, new() { ["metadata"] = new System.Text.Json.Nodes.JsonObject { ["finalizers"] = null } }, null, Stop);
    }

    [Fact]
    public async Task Impersonation_asks_as_somebody_else()
    {
        var controlPlane = await fixture.StartAsync(Stop);
        var own = KubernetesClientConfiguration.BuildConfigFromConfigFile(controlPlane.KubeconfigPath);
        using var client = new KubernetesClient(new()
        {
            Host = own.Host,
            CertificateAuthority = own.CertificateAuthority,
            ClientCertificate = own.ClientCertificate,
            ClientKey = own.ClientKey,
            Impersonate = new ImpersonationConfig { User = "jane" },
        });

        var error = await Assert.ThrowsAsync<KubernetesException>(() => client.ListAllAsync<V1Secret>("default", null, Stop));
        Assert.Contains("\"jane\"", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_version_that_is_too_new_is_told_as_such()
    {
        using var client = await fixture.CreateClientAsync(Stop);
        var options = new ListOptions { ResourceVersion = "999999999", ResourceVersionMatch = "NotOlderThan", Limit = 1 };
        var error = await Assert.ThrowsAsync<KubernetesException>(() => client.ListAsync<V1ConfigMap>(null, options, Stop));
        Assert.True(error.IsResourceVersionTooLarge);
        Assert.True(error.IsTransient);
    }
}
