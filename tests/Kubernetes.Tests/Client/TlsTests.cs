using System.Security.Authentication;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using SentryOtel.Cluster.Credentials;
using SentryOtel.Kubernetes.Client;
using SentryOtel.Kubernetes.Configuration;
using SentryOtel.Testing;

namespace SentryOtel.Kubernetes.Tests.Client;

public sealed class TlsTests : IDisposable
{
    private const string Version = """{"major":"1","minor":"20+","gitVersion":"v1.20.2"}""";

    private readonly CertificateAuthority _authority = new("first");
    private readonly TemporaryFolder _folder = new();

    public void Dispose()
    {
        _authority.Dispose();
        _folder.Dispose();
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static Task Answer(HttpContext context) => context.Response.WriteAsync(Version);

    private PemCertificate Server(params string[] names) => _authority.IssueServer("server", names, []);

    private static async Task AskAsync(KubernetesClientConfiguration configuration)
    {
        using var client = new KubernetesClient(configuration);
        Assert.Equal(20, (await client.Discovery.GetServerVersionAsync(Stop)).Minor);
    }

    private static async Task RefusedAsync(KubernetesClientConfiguration configuration) =>
        Assert.IsType<AuthenticationException>((await Assert.ThrowsAsync<HttpRequestException>(() => AskAsync(configuration))).InnerException);

    [Fact]
    public async Task A_server_of_our_authority_with_the_right_name_is_accepted()
    {
        await using var server = await LoopbackServer.StartAsync(Answer, Server("localhost"));
        await AskAsync(new() { Host = server.Named("localhost"), CertificateAuthority = PemSource.FromText(_authority.CertificatePem) });
    }

    [Fact]
    public async Task Each_certificate_of_a_bundle_is_an_authority()
    {
        using var other = new CertificateAuthority("other");
        await using var server = await LoopbackServer.StartAsync(Answer, Server("localhost"));
        await AskAsync(new()
        {
            Host = server.Named("localhost"),
            CertificateAuthority = PemSource.FromText(other.CertificatePem + "\n" + _authority.CertificatePem),
        });
    }

    [Fact]
    public async Task A_server_of_our_authority_with_another_name_is_refused()
    {
        await using var server = await LoopbackServer.StartAsync(Answer, Server("other.example"));
        await RefusedAsync(new() { Host = server.Named("localhost"), CertificateAuthority = PemSource.FromText(_authority.CertificatePem) });
    }

    [Fact]
    public async Task A_server_of_another_authority_is_refused()
    {
        using var other = new CertificateAuthority("other");
        await using var server = await LoopbackServer.StartAsync(Answer, Server("localhost"));
        await RefusedAsync(new() { Host = server.Named("localhost"), CertificateAuthority = PemSource.FromText(other.CertificatePem) });
    }

    [Fact]
    public async Task A_client_certificate_does_not_pass_for_a_servers()
    {
        await using var server = await LoopbackServer.StartAsync(Answer, _authority.IssueClient("localhost"));
        await RefusedAsync(new() { Host = server.Named("localhost"), CertificateAuthority = PemSource.FromText(_authority.CertificatePem) });
    }

    [Fact]
    public async Task A_private_authority_is_not_trusted_unless_named()
    {
        await using var server = await LoopbackServer.StartAsync(Answer, Server("localhost"));
        await RefusedAsync(new() { Host = server.Named("localhost") });
        await AskAsync(new() { Host = server.Named("localhost"), SkipTlsVerify = true });
    }

    [Fact]
    public async Task Tls_server_name_is_the_name_that_is_checked()
    {
        string? host = null;
        await using var server = await LoopbackServer.StartAsync(
            context =>
            {
                host = context.Request.Host.Host;
                return Answer(context);
            },
            Server("api.example"));
        var authority = PemSource.FromText(_authority.CertificatePem);

        await AskAsync(new() { Host = server.Named("localhost"), CertificateAuthority = authority, TlsServerName = "api.example" });
        Assert.Equal("localhost", host);
        await RefusedAsync(new() { Host = server.Named("localhost"), CertificateAuthority = authority, TlsServerName = "web.example" });
    }

    [Fact]
    public async Task Tls_server_name_through_a_proxy_is_refused_with_the_reason()
    {
        await using var server = await LoopbackServer.StartAsync(Answer, Server("api.example"));
        await using var proxy = await LoopbackServer.StartAsync(Answer);
        var error = await Assert.ThrowsAsync<HttpRequestException>(() => AskAsync(new()
        {
            Host = server.Named("localhost"),
            CertificateAuthority = PemSource.FromText(_authority.CertificatePem),
            TlsServerName = "api.example",
            ProxyUrl = proxy.Address,
        }));
        Assert.Contains("tls-server-name", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_client_certificate_is_presented()
    {
        var me = _authority.IssueClient("me");
        string? subject = null;
        await using var server = await LoopbackServer.StartAsync(
            context =>
            {
                subject = context.Connection.ClientCertificate?.Subject;
                return Answer(context);
            },
            Server("localhost"),
            askClientCertificate: true);

        await AskAsync(new()
        {
            Host = server.Named("localhost"),
            CertificateAuthority = PemSource.FromText(_authority.CertificatePem),
            ClientCertificate = PemSource.FromText(me.Certificate),
            ClientKey = PemSource.FromText(me.PrivateKey),
        });

        Assert.Equal("CN=me", subject);
    }

    [Fact]
    public async Task The_certificate_of_an_exec_plugin_is_presented_and_its_successor_on_a_new_connection()
    {
        var time = new FakeTimeProvider();
        var subjects = new List<string>();
        await using var server = await LoopbackServer.StartAsync(
            context =>
            {
                subjects.Add(context.Connection.ClientCertificate!.Subject);
                return Answer(context);
            },
            Server("localhost"),
            askClientCertificate: true);
        var script = _folder.WriteScript("login", "#!/bin/sh\ncat \"$ANSWER\"\n");
        Print("one", time.GetUtcNow().AddMinutes(1));
        using var client = new KubernetesClient(
            new()
            {
                Host = server.Named("localhost"),
                CertificateAuthority = PemSource.FromText(_authority.CertificatePem),
                Exec = new ExecConfig
                {
                    ApiVersion = "client.authentication.k8s.io/v1beta1",
                    Command = script,
                    Env = new Dictionary<string, string> { ["ANSWER"] = _folder["answer"] },
                    InteractiveMode = ExecInteractiveMode.Never,
                },
            },
            new KubernetesClientOptions { TimeProvider = time });

        await client.Discovery.AskAgainAsync(Stop);
        await client.Discovery.AskAgainAsync(Stop);
        Print("two", time.GetUtcNow().AddHours(1));
        time.Advance(TimeSpan.FromMinutes(2));
        await client.Discovery.AskAgainAsync(Stop);

        Assert.Equal(["CN=one", "CN=one", "CN=two"], subjects);

        void Print(string user, DateTimeOffset expiration)
        {
            var certificate = _authority.IssueClient(user);
            _folder.Write("answer", new JsonObject
            {
                ["apiVersion"] = "client.authentication.k8s.io/v1beta1",
                ["kind"] = "ExecCredential",
                ["status"] = new JsonObject
                {
                    ["expirationTimestamp"] = expiration,
                    ["clientCertificateData"] = certificate.Certificate,
                    ["clientKeyData"] = certificate.PrivateKey,
                },
            }.ToJsonString());
        }
    }

    [Fact]
    public async Task Rotated_files_are_used_for_new_connections_after_five_minutes_and_a_broken_one_is_not()
    {
        var time = new FakeTimeProvider();
        using var next = new CertificateAuthority("next");
        await using var after = await LoopbackServer.StartAsync(Answer, next.IssueServer("server", ["localhost"], []));
        var file = _folder.Write("ca.crt", _authority.CertificatePem);
        var configuration = new KubernetesClientConfiguration
        {
            Host = after.Named("localhost"),
            CertificateAuthority = PemSource.FromFile(file),
        };
        using var client = new KubernetesClient(configuration, new KubernetesClientOptions { TimeProvider = time });

        await Assert.ThrowsAsync<HttpRequestException>(() => client.Discovery.GetServerVersionAsync(Stop));
        _folder.Write("ca.crt", "not a certificate");
        time.Advance(TimeSpan.FromMinutes(5));
        await Assert.ThrowsAsync<HttpRequestException>(() => client.Discovery.GetServerVersionAsync(Stop));
        _folder.Write("ca.crt", next.CertificatePem);
        await Assert.ThrowsAsync<HttpRequestException>(() => client.Discovery.GetServerVersionAsync(Stop));
        time.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal("v1.20.2", (await client.Discovery.GetServerVersionAsync(Stop)).GitVersion);
    }

    [Fact]
    public void A_file_that_holds_no_certificate_is_an_error_at_once()
    {
        var file = _folder.Write("ca.crt", "not a certificate");
        var configuration = new KubernetesClientConfiguration { Host = new Uri("https://localhost"), CertificateAuthority = PemSource.FromFile(file) };
        Assert.Throws<KubernetesConfigurationException>(() => new KubernetesClient(configuration));
    }
}
