using SentryOtel.Testing;

namespace SentryOtel.Cli.Tests.Conversion;

/// <summary>A real API server of the oldest kind we serve takes what a conversion gives.</summary>
[Trait("Category", "Processes")]
[Collection(ClusterCollection.Name)]
public sealed class ServerValidationTests(ClusterFixture cluster)
{
    public static TheoryData<string> Names => ConversionFiles.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Server_takes_every_manifest(string name)
    {
        var run = await CliRun.OfAsync(["convert", ConversionFiles.PathOf(name), "--namespace", "default"]);

        var answer = await cluster.ControlPlane.Tools.TryKubectlAsync(
            ["apply", "--validate=false", "--dry-run=server", "--filename", "-"], run.Output, TestContext.Current.CancellationToken);

        Assert.True(answer.ExitCode == 0, answer.Error + run.Output);
        Assert.Contains("sentryexporter.sentry-otel.dev/", answer.Output, StringComparison.Ordinal);
    }
}

/// <summary>A new API server, which evaluates the rules in CEL, takes it too.</summary>
[Trait("Category", "Processes")]
public sealed class RuleValidationTests(RuleServerFixture rules) : IClassFixture<RuleServerFixture>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Server_that_evaluates_CEL_takes_every_custom_resource()
    {
        foreach (var name in (string[])["otelcol-migration", "two-organisations", "otlphttp"])
        {
            foreach (var manifest in ConversionFiles.Convert(name).Exporters.SelectMany(static exporter => exporter.Manifests()).Where(static manifest => (string?)manifest["kind"] is "SentryExporter" or "SentryProjectRoute"))
            {
                var answer = await rules.Server.Tools.TryKubectlAsync(["create", "--validate=false", "--dry-run=server", "--filename", "-"], manifest.ToJsonString(), Cancellation);

                Assert.True(answer.ExitCode == 0, answer.Error + manifest);
            }
        }
    }
}
