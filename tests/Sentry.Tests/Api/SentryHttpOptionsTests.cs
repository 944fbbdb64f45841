using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using SentryOtel.Sentry.Api;
using SentryOtel.SentryServer;
using SentryOtel.SentryServer.State;

namespace SentryOtel.Sentry.Tests.Api;

public sealed class SentryHttpOptionsTests
{
    [Fact]
    public async Task A_private_CA_is_trusted_for_the_name_in_the_certificate_and_no_other()
    {
        using var authority = CreateAuthority("ours");
        using var stranger = CreateAuthority("stranger");
        await using var local = await StartAsync(CreateServerCertificate(authority, "localhost"));
        var pem = authority.ExportCertificatePem();

        Assert.Null(await CallAsync(local, new SentryHttpOptions { CertificateAuthorities = stranger.ExportCertificatePem() + "\n" + pem }, "localhost"));
        Assert.Equal(SentryErrorReason.Unreachable, await CallAsync(local, new SentryHttpOptions { CertificateAuthorities = pem }, "127.0.0.1"));
        Assert.Null(await CallAsync(local, new SentryHttpOptions { CertificateAuthorities = pem, ServerName = "localhost" }, "127.0.0.1"));
        Assert.Equal(SentryErrorReason.Unreachable, await CallAsync(local, new SentryHttpOptions { CertificateAuthorities = pem, ServerName = "other" }, "localhost"));
        Assert.Equal(SentryErrorReason.Unreachable, await CallAsync(local, new SentryHttpOptions { ServerName = "localhost" }, "localhost"));
        Assert.Equal(SentryErrorReason.Unreachable, await CallAsync(local, new SentryHttpOptions { CertificateAuthorities = stranger.ExportCertificatePem() }, "localhost"));
        Assert.Equal(SentryErrorReason.Unreachable, await CallAsync(local, new SentryHttpOptions(), "localhost"));
        Assert.Null(await CallAsync(local, new SentryHttpOptions { InsecureSkipVerify = true }, "127.0.0.1"));
    }

    [Fact]
    public void A_CA_bundle_without_a_certificate_is_an_error() =>
        Assert.Throws<CryptographicException>(() => new SentryHttpOptions { CertificateAuthorities = "not pem" }.CreateHandler());

    [Fact]
    public void The_text_form_does_not_hold_the_password_of_the_proxy() =>
        Assert.DoesNotContain("hunter2", new SentryHttpOptions { ProxyUrl = new Uri("http://user:hunter2@proxy:3128") }.ToString(), StringComparison.Ordinal);

    private static Task<SentryServerHost> StartAsync(X509Certificate2 certificate) => SentryServerHost.StartAsync(
        new SentryServerOptions { ManagementListenUrl = "https://127.0.0.1:0", Certificate = certificate, Tokens = [new AccessToken(ApiFixture.Token)] },
        ApiFixture.Cancellation);

    private static async Task<SentryErrorReason?> CallAsync(SentryServerHost server, SentryHttpOptions http, string host)
    {
        using var handler = http.CreateHandler();
        using var budget = new SentryApiBudget(TimeProvider.System, new Random(1));
        using var client = new SentryApiClient(
            new SentryApiOptions
            {
                Url = new UriBuilder(server.ManagementUrl) { Host = host }.Uri,
                Organization = "acme",
                Token = new SentryToken(ApiFixture.Token),
                MaxRetries = 0,
            },
            handler,
            budget,
            TimeProvider.System,
            new Random(1));
        return (await client.GetOrganizationAsync(ApiFixture.Cancellation)).Error?.Reason;
    }

    private static X509Certificate2 CreateAuthority(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=" + name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        return request.CreateSelfSigned(TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(2));
    }

    private static X509Certificate2 CreateServerCertificate(X509Certificate2 authority, string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=server", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        var now = TimeProvider.System.GetUtcNow();
        using var signed = request.Create(authority, now.AddHours(-1), now.AddDays(1), RandomNumberGenerator.GetBytes(8));
        using var withKey = signed.CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(withKey.Export(X509ContentType.Pkcs12), null);
    }
}
