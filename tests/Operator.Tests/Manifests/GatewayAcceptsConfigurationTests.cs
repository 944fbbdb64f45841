using SentryOtel.Cluster.Processes;
using SentryOtel.Crds.Serialization;
using SentryOtel.Operator.Manifests;

namespace SentryOtel.Operator.Tests.Manifests;

/// <summary>What the operator writes for the gateway, the gateway takes: by the program that is shipped.</summary>
public sealed class GatewayAcceptsConfigurationTests
{
    [Theory]
    [InlineData("minimal")]
    [InlineData("full")]
    [InlineData("dsn")]
    public async Task Gateway_finds_nothing_wrong_and_ignores_nothing(string name)
    {
        var inputs = name switch
        {
            "minimal" => TestExporters.Minimal,
            "full" => TestExporters.Full,
            _ => TestExporters.Dsn,
        };
        var folder = Directory.CreateTempSubdirectory("gateway-");
        try
        {
            var authorities = Path.Combine(folder.FullName, "ca.crt");
            await File.WriteAllTextAsync(authorities, Certificate(), TestContext.Current.CancellationToken);
            var text = YamlText.Of(GatewayConfiguration.Create(inputs.Exporter))
                .Replace($"{GatewayPaths.AuthoritiesFolder}/{GatewayPaths.AuthoritiesFile}", authorities, StringComparison.Ordinal);
            var file = Path.Combine(folder.FullName, GatewayPaths.ConfigKey);
            await File.WriteAllTextAsync(file, text, TestContext.Current.CancellationToken);

            var result = await CommandResult.RunAsync(
                Path.Combine(AppContext.BaseDirectory, "sentry-otel-gateway"),
                ["--config", file, "--validate"],
                standardInput: null,
                new Dictionary<string, string> { ["POD_IP"] = "10.0.0.1", [GatewayPaths.DsnVariable] = "https://0123456789abcdef0123456789abcdef@sentry.example.com/7" },
                TestContext.Current.CancellationToken);

            Assert.True(result.ExitCode == 0, result.Output + result.Error);
            Assert.DoesNotContain("warning", result.Output + result.Error, StringComparison.OrdinalIgnoreCase);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static string Certificate()
    {
        using var key = System.Security.Cryptography.ECDsa.Create(System.Security.Cryptography.ECCurve.NamedCurves.nistP256);
        var request = new System.Security.Cryptography.X509Certificates.CertificateRequest(
            "CN=test", key, System.Security.Cryptography.HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(100));
        return certificate.ExportCertificatePem();
    }
}
