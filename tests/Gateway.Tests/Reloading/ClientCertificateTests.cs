using System.Net;
using System.Security.Cryptography.X509Certificates;
using SentryOtel.Gateway.Tests.Receiving;
using SentryOtel.Gateway.Tests.Support;

namespace SentryOtel.Gateway.Tests.Reloading;

/// <summary>Certificates that the gateway shows as a client, to a server that asks for them, renewed while it runs.</summary>
public sealed class ClientCertificateTests : IDisposable
{
    private const string Retry = "retry_on_failure: {initial_interval: 50ms, max_interval: 100ms}";

    private readonly TestCertificates _authority = new();
    private readonly TestCertificates _stranger = new();

    [Fact]
    public async Task Exporter_shows_its_certificate_and_after_a_renewal_the_new_one()
    {
        await using var server = await StartAsync();
        await using var rig = await ReloadRig.StartAsync(rig => Exporting(rig, server, Write(rig, _authority, out _)));
        var first = Thumbprint(rig);

        await rig.SendAsync(null, "one");
        await rig.UntilAsync(() => server.Clients.Contains(first), "the first certificate");
        await rig.ReloadAsync(Exporting(rig, server, Write(rig, _authority, out var second)));
        await rig.SendAsync(null, "two");

        await rig.UntilAsync(() => server.Clients.Contains(second), "the second certificate");
        Assert.NotEqual(first, second);
    }

    [Fact]
    public async Task Data_wait_until_the_certificate_is_one_that_the_server_takes()
    {
        await using var server = await StartAsync();
        await using var rig = await ReloadRig.StartAsync(rig => Exporting(rig, server, Write(rig, _stranger, out _)));

        await rig.SendAsync(null, "waits");
        await rig.UntilAsync(() => rig.Log.Any(line => line.Contains("failed as", StringComparison.Ordinal)), "the refusal");
        Assert.Empty(server.Clients);
        await rig.ReloadAsync(Exporting(rig, server, Write(rig, _authority, out var right)));

        await rig.UntilAsync(() => server.Clients.Contains(right), "the data");
    }

    [Fact]
    public async Task Data_wait_until_the_ca_file_names_the_server_s_authority()
    {
        await using var server = await StartAsync();
        await using var rig = await ReloadRig.StartAsync(rig => Exporting(rig, server, Write(rig, _authority, out _, trusted: _stranger)));

        await rig.SendAsync(null, "waits");
        await rig.UntilAsync(() => rig.Log.Any(line => line.Contains("SecureConnectionError", StringComparison.Ordinal)), "the refusal");
        Assert.Empty(server.Clients);
        File.WriteAllText(rig.PathOf("ca.crt"), _authority.AuthorityPem);
        await rig.Reloader.ReloadAsync(TestContext.Current.CancellationToken);

        await rig.UntilAsync(() => !server.Clients.IsEmpty, "the data");
        Assert.Contains(rig.Log, line => line.Contains("Configuration reloaded: exporters.sentry.http.tls.ca_file", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("grpc")]
    [InlineData("http/protobuf")]
    public async Task Metrics_go_with_a_certificate_and_after_a_renewal_with_the_new_one(string protocol)
    {
        await using var server = await StartAsync();
        await using var rig = await ReloadRig.StartAsync(rig => Forwarding(rig, server, protocol, Write(rig, _authority, out _)));
        var first = Thumbprint(rig);

        await SendAsync();
        await rig.UntilAsync(() => server.Clients.Contains(first), "the first certificate");
        await rig.ReloadAsync(Forwarding(rig, server, protocol, Write(rig, _authority, out var second)));
        await SendAsync();

        await rig.UntilAsync(() => server.Clients.Contains(second), "the second certificate");

        async Task SendAsync()
        {
            using var response = await rig.PostAsync(SampleTelemetry.Metrics(3), path: "/v1/metrics");
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }
    }

    public void Dispose()
    {
        _authority.Dispose();
        _stranger.Dispose();
    }

    private static string Thumbprint(ReloadRig rig)
    {
        using var shown = X509Certificate2.CreateFromPem(File.ReadAllText(rig.PathOf("client.crt")));
        return shown.Thumbprint;
    }

    // The tls section that names the files.
    private string Write(ReloadRig rig, TestCertificates authority, out string thumbprint, TestCertificates? trusted = null)
    {
        using var certificate = authority.Client();
        using var key = certificate.GetECDsaPrivateKey()!;
        File.WriteAllText(rig.PathOf("client.crt"), certificate.ExportCertificatePem());
        File.WriteAllText(rig.PathOf("client.key"), key.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(rig.PathOf("ca.crt"), (trusted ?? _authority).AuthorityPem);
        thumbprint = certificate.Thumbprint;
        return $"tls: {{ca_file: {rig.PathOf("ca.crt")}, cert_file: {rig.PathOf("client.crt")}, key_file: {rig.PathOf("client.key")}}}";
    }

    private static string Exporting(ReloadRig rig, CertifiedServer server, string tls) =>
        rig.Yaml($"dsn: https://0123456789abcdef0123456789abcdef@{server.Address.Authority}/4711\n    {Retry}\n    http: {{{tls}}}");

    private static string Forwarding(ReloadRig rig, CertifiedServer server, string protocol, string tls) => rig.Yaml(
        $"{Retry}\n    metrics: {{forward_to: {{endpoint: '{server.Address.GetLeftPart(UriPartial.Authority)}', protocol: {protocol}, {tls}}}}}",
        pipelines: "metrics: {receivers: [otlp], exporters: [sentry]}");

    private Task<CertifiedServer> StartAsync()
    {
        var (certificate, key, _) = _authority.Server();
        return CertifiedServer.StartAsync((certificate, key), _authority.AuthorityPem);
    }
}
