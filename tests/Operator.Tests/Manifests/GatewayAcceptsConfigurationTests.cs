using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using SentryOtel.Cluster.Processes;
using SentryOtel.Crds.Serialization;
using SentryOtel.Operator.Manifests;

namespace SentryOtel.Operator.Tests.Manifests;

/// <summary>What the operator writes for the gateway, the gateway takes: by the program that is shipped.</summary>
[Trait("Category", "Processes")]
public sealed class GatewayAcceptsConfigurationTests
{
    [Theory]
    [InlineData("minimal")]
    [InlineData("full")]
    [InlineData("dsn")]
    [InlineData("disk")]
    [InlineData("shared")]
    public async Task Gateway_finds_nothing_wrong_and_ignores_nothing(string name)
    {
        var result = await ValidateAsync(TestExporters.Named(name));

        Assert.True(result.ExitCode == 0, result.Output + result.Error);
        Assert.DoesNotContain("warning", result.Output + result.Error, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("""{"queue": {"maxBytes": "64Mi"}}""", "64 MiB")]
    [InlineData("""{"queue": {"maxAge": "7m"}}""", "for at most 7 min")]
    [InlineData("""{"metrics": {"forwardTo": "https://otlp.example.com"}}""", "pipeline metrics: otlp -> sentry")]
    [InlineData("""{"gateway": {"terminationGracePeriodSeconds": 100}}""", "sent for at most 95 s")]
    [InlineData("""{"gateway": {"terminationGracePeriodSeconds": 0}}""", "sent for at most 0 ms")]
    [InlineData("""{"queue": {"storage": "Disk", "volumeClaim": {"size": "10Gi"}}}""", "8192 MiB")]
    [InlineData("""{"queue": {"storage": "Disk", "volumeClaim": {"size": "20Mi"}}}""", "16 MiB")]
    public async Task What_the_exporter_says_is_what_the_gateway_would_run(string spec, string expected)
    {
        var result = await ValidateAsync(TestExporters.Inputs(spec));

        Assert.True(result.ExitCode == 0, result.Output + result.Error);
        Assert.Contains(expected, result.Output, StringComparison.OrdinalIgnoreCase);
    }

    private static async Task<CommandResult> ValidateAsync(GatewayInputs inputs)
    {
        var folder = Directory.CreateTempSubdirectory("gateway-");
        try
        {
            foreach (var file in GatewayFiles.Of(inputs))
            {
                var path = Path.Combine(folder.FullName, file.Path);
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                await File.WriteAllTextAsync(path, ContentOf(file.Path), TestContext.Current.CancellationToken);
            }

            var text = YamlText.Of(GatewayConfiguration.Create(inputs))
                .Replace(GatewayPaths.FilesFolder, folder.FullName, StringComparison.Ordinal)
                .Replace(GatewayPaths.QueueFolder, Path.Combine(folder.FullName, "queue"), StringComparison.Ordinal);
            var configuration = Path.Combine(folder.FullName, GatewayPaths.ConfigKey);
            await File.WriteAllTextAsync(configuration, text, TestContext.Current.CancellationToken);
            return await CommandResult.RunAsync(
                Path.Combine(AppContext.BaseDirectory, "sentry-otel-gateway"),
                ["--config", configuration, "--validate"],
                standardInput: null,
                new Dictionary<string, string> { ["POD_IP"] = "10.0.0.1" },
                TestContext.Current.CancellationToken);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static string ContentOf(string path) => path switch
    {
        _ when path.EndsWith(GatewayFiles.Dsn, StringComparison.Ordinal) => "https://0123456789abcdef0123456789abcdef@sentry.example.com/7",
        GatewayFiles.CertificateKey => ServerKey.ExportPkcs8PrivateKeyPem(),
        _ when path.EndsWith(".crt", StringComparison.Ordinal) => Certificate(),
        _ => "some-secret-value",
    };

    private static ECDsa ServerKey { get; } = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    private static string Certificate()
    {
        var request = new CertificateRequest("CN=test", ServerKey, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(100));
        return certificate.ExportCertificatePem();
    }
}
