using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using SentryOtel.SentryServer.State;
using SentryOtel.SentryServer.Tests.Support;

namespace SentryOtel.SentryServer.Tests.Hosting;

public sealed class HostTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_stopped_server_refuses_connections_and_comes_back_on_its_ports_with_its_state()
    {
        await using var sentry = await TestSentry.StartAsync();
        await sentry.ExportAsync();

        await sentry.Host.StopAsync();
        await Assert.ThrowsAsync<HttpRequestException>(() => sentry.CallAsync("GET", "organizations/acme/"));
        await Assert.ThrowsAsync<HttpRequestException>(() => sentry.ExportAsync());
        await sentry.Host.ResumeAsync(Cancelled);

        Assert.Equal(200, (await sentry.CallAsync("GET", "projects/acme/orders/")).Status);
        Assert.Single(sentry.State.Received.Spans("orders"));
    }

    [Fact]
    public async Task One_port_can_be_down_while_the_other_serves()
    {
        await using var sentry = await TestSentry.StartAsync();

        await sentry.Host.StopAsync(ServerSide.Management);

        await Assert.ThrowsAsync<HttpRequestException>(() => sentry.CallAsync("GET", "organizations/acme/"));
        Assert.Equal(200, (await sentry.ExportAsync()).Status);
    }

    [Fact]
    public async Task With_a_prefix_everything_is_below_it_and_keys_name_it()
    {
        await using var sentry = await TestSentry.StartAsync(configure: options => options with { PathPrefix = "/sentry" });

        var key = (await sentry.CallAsync("GET", "projects/acme/orders/keys/")).Json[0]!;
        var outside = await sentry.RawAsync("GET", $"{sentry.Host.ControlUrl}api/0/organizations/acme/");

        Assert.EndsWith($"/sentry/{sentry.Orders.Id}", (string?)key["dsn"]!["public"], StringComparison.Ordinal);
        Assert.Equal(sentry.Host.IngestUrl + $"/api/{sentry.Orders.Id}/integration/otlp/v1/logs", (string?)key["dsn"]!["otlp_logs"]);
        Assert.Equal(200, (await sentry.ExportAsync()).Status);
        Assert.Equal(404, outside.Status);
        Assert.Equal(200, (await sentry.ControlAsync("GET", "state")).Status);
    }

    [Fact]
    public async Task Keys_name_the_public_ingest_address()
    {
        await using var sentry = await TestSentry.StartAsync(configure: options => options with { PublicIngestUrl = new Uri("https://o42.ingest.example:8443/relay") });

        var key = (await sentry.CallAsync("GET", "projects/acme/orders/keys/")).Json[0]!;

        Assert.Equal($"https://{sentry.OrdersKey}@o42.ingest.example:8443/relay/{sentry.Orders.Id}", (string?)key["dsn"]!["public"]);
    }

    [Fact]
    public async Task An_https_address_is_served_with_the_given_certificate()
    {
        using var certificate = SelfSigned();
        await using var host = await SentryServerHost.StartAsync(new SentryServerOptions { ManagementListenUrl = "https://127.0.0.1:0", Certificate = certificate }, Cancelled);
        X509Certificate2? presented = null;
        using var client = new HttpClient(new HttpClientHandler
        {
            ServerCertificateCustomValidationCallback = (_, given, _, _) =>
            {
                presented = given is null ? null : X509CertificateLoader.LoadCertificate(given.RawData);
                return true;
            },
        });

        using var answer = await client.GetAsync(new Uri(host.ManagementUrl, "/api/0/"), Cancelled);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Equal(certificate.Thumbprint, presented?.Thumbprint);
    }

    [Theory]
    [InlineData("http://127.0.0.1:0/path", "")]
    [InlineData("ftp://127.0.0.1:0", "")]
    [InlineData("http://sentry.example:0", "")]
    [InlineData("http://127.0.0.1:0", "sentry")]
    [InlineData("http://127.0.0.1:0", "/sentry/")]
    public async Task An_address_or_prefix_that_can_not_be_is_refused(string url, string prefix) =>
        await Assert.ThrowsAsync<ArgumentException>(() => SentryServerHost.StartAsync(new SentryServerOptions { IngestListenUrl = url, PathPrefix = prefix }, Cancelled));

    private static X509Certificate2 SelfSigned()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256);
        return request.CreateSelfSigned(new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero), new DateTimeOffset(2049, 1, 1, 0, 0, 0, TimeSpan.Zero));
    }
}
