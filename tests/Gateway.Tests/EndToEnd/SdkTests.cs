using System.Diagnostics;
using System.Globalization;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using SentryOtel.Gateway.Tests.Support;

namespace SentryOtel.Gateway.Tests.EndToEnd;

public sealed class SdkTests
{
    [Theory]
    [InlineData(OtlpExportProtocol.Grpc)]
    [InlineData(OtlpExportProtocol.HttpProtobuf)]
    public async Task Spans_of_the_OpenTelemetry_SDK_reach_their_project_each_once(OtlpExportProtocol protocol)
    {
        await using var gateway = await LiveGateway.StartAsync("auto_create_projects: true");
        using var source = new ActivitySource($"test-{protocol}");
        using (var provider = Sdk.CreateTracerProviderBuilder()
            .SetResourceBuilder(ResourceBuilder.CreateEmpty().AddService("checkout"))
            .AddSource(source.Name)
            .AddOtlpExporter(options =>
            {
                options.Protocol = protocol;
                options.Endpoint = protocol == OtlpExportProtocol.Grpc ? gateway.Grpc : new Uri(gateway.Http, "/v1/traces");
            })
            .Build())
        {
            for (var i = 0; i < 250; i++)
            {
                using var activity = source.StartActivity(string.Create(CultureInfo.InvariantCulture, $"step {i}"));
            }

            Assert.True(provider.ForceFlush());
        }

        await gateway.UntilAsync(() => gateway.SpansOf("checkout").Count >= 250, "250 spans");
        Assert.Equal(250, gateway.SpansOf("checkout").Count);
        Assert.Equal(250, gateway.SpansOf("checkout").Distinct().Count());
    }

    [Fact]
    public async Task Stop_sends_what_was_acknowledged_before_it_ends()
    {
        await using var gateway = await LiveGateway.StartAsync(projects: "orders");
        await gateway.UntilAsync(() => gateway.Host.NotReady is null, "readiness");
        for (var i = 0; i < 20; i++)
        {
            await gateway.SendTracesAsync(Requests.Spans("orders", 10, string.Create(CultureInfo.InvariantCulture, $"r{i}")));
        }

        await gateway.Host.StopAsync();

        Assert.Equal(200, gateway.SpansOf("orders").Count);
    }

    [Fact]
    public async Task Metrics_and_routes_and_health_tell_the_truth()
    {
        await using var gateway = await LiveGateway.StartAsync(projects: "orders");
        await gateway.SendTracesAsync(Requests.Spans("orders", 7));
        await gateway.UntilAsync(() => gateway.SpansOf("orders").Count == 7 && gateway.Host.Accounts.All.All(account => account.Read().Queued == 0), "the spans");

        var metrics = await GetAsync(gateway, gateway.Host.MetricsAddress!, "/metrics");
        var routes = await GetAsync(gateway, gateway.Host.MetricsAddress!, "/routes");

        Assert.Contains("sentry_otel_gateway_items_accepted_total{exporter=\"sentry\",signal=\"traces\",project=\"orders\"} 7", metrics, StringComparison.Ordinal);
        Assert.Contains("sentry_otel_gateway_items_sent_total{exporter=\"sentry\",signal=\"traces\",project=\"orders\"} 7", metrics, StringComparison.Ordinal);
        Assert.Contains("sentry_otel_gateway_admission_reserved_bytes 0", metrics, StringComparison.Ordinal);
        Assert.Contains("\"sent\":7", routes, StringComparison.Ordinal);
        Assert.DoesNotContain(gateway.Sentry.State.Keys.All()[0].Public, metrics + routes, StringComparison.Ordinal);
        await gateway.UntilAsync(() => gateway.Host.NotReady is null, "readiness");
        Assert.Equal("{\"status\":\"Server available\"}", await GetAsync(gateway, gateway.Host.HealthAddress!, "/"));
        Assert.Equal("ok", await GetAsync(gateway, gateway.Host.HealthAddress!, "/readyz"));
        Assert.Equal("ok", await GetAsync(gateway, gateway.Host.HealthAddress!, "/livez"));
    }

    private static Task<string> GetAsync(LiveGateway gateway, Uri address, string path) =>
        gateway.Client.GetStringAsync(new Uri(address, path), TestContext.Current.CancellationToken);
}
