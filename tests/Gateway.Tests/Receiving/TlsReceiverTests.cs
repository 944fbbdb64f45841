using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using SentryOtel.Gateway.Configuration;
using SentryOtel.Gateway.Configuration.Values;
using SentryOtel.Gateway.Receiving;
using SentryOtel.Otlp;
using SentryOtel.Testing;

namespace SentryOtel.Gateway.Tests.Receiving;

public sealed class TlsReceiverTests : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private readonly TestCertificates _authority = new();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tls-");
    private readonly FakeTimeProvider _clock = new();

    private string CertificateFile => Path.Combine(_folder.FullName, "tls.crt");

    private string KeyFile => Path.Combine(_folder.FullName, "tls.key");

    private string AuthoritiesFile => Path.Combine(_folder.FullName, "ca.crt");

    public void Dispose()
    {
        _authority.Dispose();
        _folder.Delete(recursive: true);
    }

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task Http_is_served_over_TLS_in_both_versions(string version)
    {
        var thumbprint = Write(_authority);
        await using var receiver = await StartAsync();

        var response = await PostAsync(receiver, version);

        Assert.Equal((HttpStatusCode.OK, Version.Parse(version)), (response.StatusCode, response.Version));
        Assert.Equal([thumbprint], receiver.ServerCertificates);
        Assert.Single(receiver.Pipeline.Requests);
    }

    [Fact]
    public async Task Grpc_is_served_over_TLS()
    {
        Write(_authority);
        await using var receiver = await StartAsync();

        await CallAsync(receiver);

        Assert.Equal(OtlpSignal.Traces, Assert.Single(receiver.Pipeline.Requests).Signal);
    }

    [Fact]
    public async Task A_client_certificate_of_the_authority_is_let_in()
    {
        Write(_authority);
        await using var receiver = await StartAsync(mutual: true);
        using var certificate = _authority.Client();
        receiver.ClientTls.ClientCertificates = [certificate];

        Assert.Equal(HttpStatusCode.OK, (await PostAsync(receiver)).StatusCode);
        await CallAsync(receiver);
    }

    [Theory]
    [InlineData("none")]
    [InlineData("another authority's")]
    [InlineData("a server's")]
    public async Task Other_clients_are_not_let_in(string which)
    {
        Write(_authority);
        await using var receiver = await StartAsync(mutual: true);
        using var other = new TestCertificates();
        using var certificate = which == "a server's" ? _authority.Client(forServers: true) : other.Client();
        receiver.ClientTls.ClientCertificates = which == "none" ? [] : [certificate];
        receiver.ClientTls.LocalCertificateSelectionCallback = (_, _, _, _, _) => which == "none" ? null! : certificate;

        await Assert.ThrowsAsync<HttpRequestException>(() => PostAsync(receiver));
        Assert.Empty(receiver.Pipeline.Requests);
    }

    [Fact]
    public async Task A_renewed_certificate_is_shown_to_new_connections_and_old_ones_stay()
    {
        var first = Write(_authority);
        await using var receiver = await StartAsync();
        await PostAsync(receiver);
        var second = Write(_authority);
        await PostAsync(receiver);
        Assert.Equal(1, receiver.Connections);

        _clock.Advance(Interval);
        await PostAsync(receiver);
        Assert.Equal(1, receiver.Connections);
        await PostAsync(receiver, "2.0");

        Assert.Equal([first, second], receiver.ServerCertificates);
        Assert.Equal((2, 0), (receiver.Receiver.Renewals.Taken, receiver.Receiver.Renewals.Failed));
    }

    [Theory]
    [InlineData("another key")]
    [InlineData("half a file")]
    [InlineData("no file")]
    public async Task A_renewal_that_can_not_be_used_is_counted_and_the_certificate_before_it_stays(string how)
    {
        var first = Write(_authority);
        await using var receiver = await StartAsync();
        switch (how)
        {
            case "another key":
                await File.WriteAllTextAsync(CertificateFile, _authority.Server().Certificate, TestContext.Current.CancellationToken);
                break;
            case "half a file":
                await File.WriteAllTextAsync(KeyFile, (await File.ReadAllTextAsync(KeyFile, TestContext.Current.CancellationToken))[..60], TestContext.Current.CancellationToken);
                break;
            default:
                File.Delete(CertificateFile);
                break;
        }

        _clock.Advance(Interval);
        await PostAsync(receiver);
        Assert.Equal(2, receiver.Receiver.Renewals.Failed);
        var second = Write(_authority);
        _clock.Advance(Interval);
        await PostAsync(receiver, "2.0");

        Assert.Equal([first, second], receiver.ServerCertificates);
        Assert.True(receiver.Receiver.Renewals.Taken > 0);
    }

    [Fact]
    public async Task Renewed_authorities_decide_who_is_let_in()
    {
        using var next = new TestCertificates();
        Write(_authority);
        await using var receiver = await StartAsync(mutual: true);
        using var certificate = next.Client();
        receiver.ClientTls.ClientCertificates = [certificate];
        receiver.ClientTls.LocalCertificateSelectionCallback = (_, _, _, _, _) => certificate;
        await Assert.ThrowsAsync<HttpRequestException>(() => PostAsync(receiver));

        await File.WriteAllTextAsync(AuthoritiesFile, _authority.AuthorityPem + "\n" + next.AuthorityPem, TestContext.Current.CancellationToken);
        _clock.Advance(Interval);

        Assert.Equal(HttpStatusCode.OK, (await PostAsync(receiver)).StatusCode);
    }

    [Fact]
    public async Task Versions_and_suites_are_held_to()
    {
        Write(_authority);
        await using var receiver = await StartAsync(change: tls => tls with
        {
            Versions = SslProtocols.Tls12,
            CipherSuites = new ValueList<TlsCipherSuite>([TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256]),
        });
        await using var stream = new SslStream(await receiver.ConnectAsync(receiver.Receiver.Http!));

        await stream.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions { TargetHost = "localhost", RemoteCertificateValidationCallback = (_, shown, _, _) => shown is not null }, TestContext.Current.CancellationToken);

        Assert.Equal((SslProtocols.Tls12, TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256), (stream.SslProtocol, stream.NegotiatedCipherSuite));
        receiver.ClientTls.EnabledSslProtocols = SslProtocols.Tls13;
        await Assert.ThrowsAsync<HttpRequestException>(() => PostAsync(receiver));
    }

    private static async Task<HttpResponseMessage> PostAsync(RunningReceiver receiver, string version = "1.1") =>
        await receiver.PostAsync("/v1/traces", SampleTelemetry.Traces(), change: message =>
        {
            message.Version = Version.Parse(version);
            message.VersionPolicy = HttpVersionPolicy.RequestVersionExact;
        });

    private static async Task CallAsync(RunningReceiver receiver)
    {
        var response = await receiver.CallAsync(SampleTelemetry.TraceExport, SampleTelemetry.Frame(SampleTelemetry.Traces()));
        await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        Assert.Equal(["0"], response.TrailingHeaders.GetValues("grpc-status"));
    }

    private string Write(TestCertificates authority)
    {
        var (certificate, key, thumbprint) = authority.Server();
        File.WriteAllText(CertificateFile, certificate);
        File.WriteAllText(KeyFile, key);
        return thumbprint;
    }

    private Task<RunningReceiver> StartAsync(bool mutual = false, Func<ServerTlsConfiguration, ServerTlsConfiguration>? change = null)
    {
        File.WriteAllText(AuthoritiesFile, _authority.AuthorityPem);
        var tls = new ServerTlsConfiguration
        {
            Certificate = new PemSource(CertificateFile, null),
            Key = new PemSource(KeyFile, null),
            ClientAuthorities = mutual ? new PemSource(AuthoritiesFile, null) : null,
            ReloadInterval = Interval,
        };
        return RunningReceiver.StartAsync(
            options: new ReceiverOptions { TimeProvider = _clock },
            configure: protocol => protocol with { Tls = change is null ? tls : change(tls) });
    }
}
