using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using SentryOtel.Operator.Controllers;
using SentryOtel.Operator.Credentials;
using SentryOtel.Operator.Gateways;
using SentryOtel.Operator.Manifests;
using SentryOtel.Operator.Projects;
using SentryOtel.Operator.Tests.Manifests;
using SentryOtel.Operator.Traffic;

namespace SentryOtel.Operator.Tests;

/// <summary>Settings that the patterns of the definition let through, and that nothing can be done with.</summary>
public sealed class SettingBoundsTests
{
    [Theory]
    [InlineData("""{"url": "https://sentry:99999"}""", "spec.url")]
    [InlineData("""{"url": "https://sentry:0"}""", "spec.url")]
    [InlineData("""{"url": "https://sentry:port"}""", "spec.url")]
    [InlineData("""{"url": "https://[x"}""", "spec.url")]
    [InlineData("""{"url": "https://[::1"}""", "spec.url")]
    [InlineData("""{"url": "https://a..b"}""", "spec.url")]
    [InlineData("""{"url": "https://*.example.com"}""", "spec.url")]
    [InlineData("""{"http": {"proxyUrl": "http://proxy:65536"}}""", "spec.http.proxyUrl")]
    [InlineData("""{"ingest": {"urlOverride": "http://relay:99999"}}""", "spec.ingest.urlOverride")]
    [InlineData("""{"metrics": {"forwardTo": "http://[otlp"}}""", "spec.metrics.forwardTo")]
    [InlineData("""{"timeout": "0s"}""", "spec.timeout")]
    [InlineData("""{"timeout": "1200h"}""", "spec.timeout")]
    [InlineData("""{"timeout": "999999999999999999999999999999h"}""", "spec.timeout")]
    [InlineData("""{"batch": {"timeout": "2h"}}""", "spec.batch.timeout")]
    [InlineData("""{"retry": {"initialInterval": "0s"}}""", "spec.retry.initialInterval")]
    [InlineData("""{"retry": {"maxInterval": "99999999h"}}""", "spec.retry.maxInterval")]
    [InlineData("""{"retry": {"maxElapsedTime": "99999999999h"}}""", "spec.retry.maxElapsedTime")]
    [InlineData("""{"queue": {"maxAge": "87601h"}}""", "spec.queue.maxAge")]
    [InlineData("""{"queue": {"maxAge": "99999999999h99999999999h"}}""", "spec.queue.maxAge")]
    [InlineData("""{"queue": {"maxBytes": "9999999999999999"}}""", "spec.queue.maxBytes")]
    [InlineData("""{"queue": {"maxBytesPerProject": "1025Ti"}}""", "spec.queue.maxBytesPerProject")]
    [InlineData("""{"queue": {"storage": "Disk", "volumeClaim": {"size": "9999999999999999Ti"}}}""", "spec.queue.volumeClaim.size")]
    [InlineData("""{"queue": {"storage": "Disk", "volumeClaim": {"size": "999999999999999Ki"}}}""", "spec.queue.volumeClaim.size")]
    [InlineData("""{"gateway": {"monitor": {"interval": "99999999999h"}}}""", "spec.gateway.monitor.interval")]
    public async Task What_is_out_of_bounds_is_refused_by_name_and_throws_nowhere(string spec, string path)
    {
        var inputs = WithPolicy(spec);
        var exporter = inputs.Exporter;

        var error = Assert.Single(UnsupportedSettings.Find(exporter));
        Assert.Equal(path, error.Path);
        Assert.NotEmpty(error.Message);

        // Statuses of the exporter, of its guests and of its routes are made all the same, and children of it may have to be removed.
        Assert.InRange(QueueAge.Of(exporter), TimeSpan.FromSeconds(1), TimeSpan.FromDays(3650));
        Assert.InRange(GatewayGuests.Capacity(exporter), 1, 32);
        Assert.NotNull(GatewayNetworkPolicy.Create(inputs));
        _ = ProjectResolver.IngestUrl(exporter);
        if (SettingBounds.OfConnection(exporter.Spec).Any())
        {
            // Not even its Secrets are read: there is no client that could.
            using var connections = new ExporterConnections(null!, TimeProvider.System, new Random(1), NullLoggerFactory.Instance);
            var connection = await connections.GetAsync(exporter, TestContext.Current.CancellationToken);
            Assert.Equal(CredentialReasons.InvalidSpec, connection.Error?.Reason);
            Assert.Contains(path, connection.Error!.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("""{"url": "http://sentry_web:9000/prefix"}""")]
    [InlineData("""{"url": "https://sentry.example.com:65535"}""")]
    [InlineData("""{"url": "https://[fd00::1]:8443"}""")]
    [InlineData("""{"url": "http://10.0.0.1"}""")]
    [InlineData("""{"url": "https://bücher.example"}""")]
    [InlineData("""{"timeout": "1h", "http": {"proxyUrl": "http://proxy:3128"}, "ingest": {"urlOverride": "http://relay:3000/x"}}""")]
    [InlineData("""{"batch": {"timeout": "0s"}, "retry": {"initialInterval": "1ms", "maxInterval": "24h", "maxElapsedTime": "0s"}}""")]
    [InlineData("""{"queue": {"maxAge": "87600h", "maxBytes": "1024Ti", "maxBytesPerProject": "1"}}""")]
    [InlineData("""{"discovery": {"gracePeriod": "99999999999h"}}""")]
    public void What_can_be_used_is_not_refused(string spec) => Assert.Empty(UnsupportedSettings.Find(WithPolicy(spec).Exporter));

    [Theory]
    [InlineData("1h30m", 5400)]
    [InlineData("1.5s", 1.5)]
    [InlineData("300ms", 0.3)]
    public void Durations_are_read(string text, double seconds) => Assert.Equal(TimeSpan.FromSeconds(seconds), GoDuration.Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData("30")]
    [InlineData("5d")]
    [InlineData("h")]
    [InlineData("99999999999999999999h")]
    public void What_is_no_duration_is_told(string text) => Assert.Throws<FormatException>(() => GoDuration.Parse(text));

    private static GatewayInputs WithPolicy(string spec)
    {
        var json = JsonNode.Parse(spec)!.AsObject();
        json["gateway"] ??= new JsonObject();
        json["gateway"]!["networkPolicy"] = new JsonObject { ["egress"] = new JsonObject() };
        return TestExporters.Inputs(json.ToJsonString());
    }
}
