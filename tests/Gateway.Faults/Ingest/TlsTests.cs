using System.Net;
using SentryOtel.Cluster.Credentials;
using SentryOtel.Gateway.Faults.Support;

namespace SentryOtel.Gateway.Faults.Ingest;

/// <summary>TLS to ingest: who is not who he should be gets neither data nor key, and the data wait as for any outage.</summary>
public sealed class TlsTests : IDisposable
{
    private readonly CertificateAuthority _authority = new("Faults of TLS");
    private readonly string _folder = Directory.CreateTempSubdirectory("tls-faults-").FullName;

    [Theory]
    [InlineData("right", "{ca_file: CA}")]
    [InlineData("another host", "{ca_file: CA, server_name_override: sentry.example}")]
    [InlineData("expired", "{insecure_skip_verify: true}")]
    [InlineData("another host", "{insecure_skip_verify: true}")]
    public async Task A_private_authority_is_trusted_as_configured(string certificate, string tls)
    {
        await using var sentry = await StartAsync(certificate);
        await using var world = await FaultWorld.WithClockAsync(sentry, Settings(tls), "orders");
        await world.SpansAsync("orders");
        await world.LogsAsync("orders");
        await world.FlushAsync();

        await world.SettleAsync();
    }

    [Theory]
    [InlineData("right", "{}")]
    [InlineData("another host", "{ca_file: CA}")]
    [InlineData("another host", "{ca_file: CA, server_name_override: third.example}")]
    [InlineData("expired", "{ca_file: CA}")]
    public async Task A_certificate_that_is_not_right_gets_nothing_and_the_data_wait_until_retries_are_used_up(string certificate, string tls)
    {
        await using var sentry = await StartAsync(certificate);
        await using var world = await FaultWorld.WithClockAsync(sentry, Settings(tls), "orders");
        await world.SpansAsync("orders");
        await world.LogsAsync("orders");
        await world.AdvanceAsync(TimeSpan.FromSeconds(10));
        world.Ledger.Expect(world.Ledger.Items, Fate.Queued);
        await world.SettleAsync();

        await world.AdvanceAsync(TimeSpan.FromSeconds(30));
        world.Ledger.Expect(world.Ledger.Items, Fate.Dropped("retries_exhausted"));
        await world.SettleAsync();
        Assert.Equal(0, await world.CountAsync("orders"));
        Assert.Contains("SecureConnectionError", world.Gateway.LogText, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _authority.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private GatewaySettings Settings(string tls) => new()
    {
        Exporter = [$"http: {{tls: {tls.Replace("CA", PathOf("ca.pem"), StringComparison.Ordinal)} }}"],
        Retry = "{initial_interval: 1s, max_interval: 1s, randomization_factor: 0, max_elapsed_time: 20s}",
    };

    private Task<SentryProcess> StartAsync(string certificate)
    {
        var issued = certificate switch
        {
            "right" => _authority.IssueServer("sentry", [], [IPAddress.Loopback]),
            "expired" => _authority.IssueServer("sentry", [], [IPAddress.Loopback], TimeProvider.System.GetUtcNow().AddMinutes(-5)),
            _ => _authority.IssueServer("sentry", ["sentry.example"], []),
        };
        File.WriteAllText(PathOf("ca.pem"), _authority.CertificatePem);
        File.WriteAllText(PathOf("tls.crt"), issued.Certificate);
        File.WriteAllText(PathOf("tls.key"), issued.PrivateKey);
        return SentryProcess.StartAsync(["--tls-certificate", PathOf("tls.crt"), "--tls-key", PathOf("tls.key")], "https");
    }

    private string PathOf(string name) => Path.Combine(_folder, name);
}
