using System.Net;
using System.Text;
using SentryOtel.Cluster.Processes;
using SentryOtel.SentryServer;
using SentryOtel.SentryServer.Faults;
using SentryOtel.SentryServer.State;
using SentryOtel.Testing;

namespace SentryOtel.Chart.Tests.Monitoring;

/// <summary>
/// The gateway's program in all the states that have metrics of their own: with a queue in memory and one on disk, with projects that Sentry takes data of, limits and refuses,
/// with data that are rejected, and with clients that are sent away.
/// </summary>
internal static class GatewayProgram
{
    private const string Token = "sntryi_chart_tests";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Runs it until all of these states are seen, and adds what it shows.</summary>
    public static async Task ScrapeAsync(Scrape scrape)
    {
        var folder = Directory.CreateTempSubdirectory("gateway-metrics-");
        await using var sentry = await SentryServerHost.StartAsync(
            new SentryServerOptions { Projects = ["orders", "limited", "refused"], Tokens = [new AccessToken(Token)] }, Cancellation);
        try
        {
            sentry.State.Limits.Add(new ActiveLimit
            {
                Scope = LimitScope.Project,
                ProjectId = sentry.State.Projects.Find("limited")!.Id,
                Categories = ["span"],
                Until = TimeProvider.System.GetUtcNow().AddMinutes(10),
                Reason = "project_quota",
            });
            var refused = sentry.State.Projects.Find("refused")!.Id;
            sentry.Faults.Enqueue(new Fault { Path = $"**/{refused}/**", Side = ServerSide.Ingest, Answer = new FaultAnswer { Status = 418 } });
            var (http, metrics) = (LoopbackPort.Free(), LoopbackPort.Free());
            var configuration = Path.Combine(folder.FullName, "gateway.yaml");
            await File.WriteAllTextAsync(configuration, Configuration(sentry.ManagementUrl, folder.FullName, http, metrics), Cancellation);
            await using var gateway = LocalProcess.Start(
                Path.Combine(AppContext.BaseDirectory, "sentry-otel-gateway"), ["--config", configuration], Path.Combine(folder.FullName, "gateway.log"));
            using var client = new HttpClient();
            var traces = new Uri($"http://127.0.0.1:{http}/v1/traces");
            await Eventually.HoldsAsync(async () => (await PostAsync(client, traces, "orders")) == HttpStatusCode.OK, Patience, "the gateway takes spans", Cancellation);
            await PostAsync(client, traces, "refused");
            await PostAsync(client, traces, null);
            using (var unreadable = new StringContent("no OTLP", Encoding.UTF8, "text/plain"))
            {
                using var answer = await client.PostAsync(traces, unreadable, Cancellation);
                Assert.Equal(HttpStatusCode.UnsupportedMediaType, answer.StatusCode);
            }

            // A project that is held fills its queue, until its clients are sent away.
            await Eventually.HoldsAsync(
                async () => await PostAsync(client, traces, "limited", attribute: new string('x', 100_000)) == HttpStatusCode.TooManyRequests, Patience, "a full queue", Cancellation);
            await Eventually.HoldsAsync(
                async () =>
                {
                    var text = await client.GetStringAsync(new Uri($"http://127.0.0.1:{metrics}/metrics"), Cancellation);
                    scrape.Add(text);
                    return ((string[])["items_dropped_total{", "throttle_remaining_seconds{", "items_refused_total{", "items_rejected_total{", "requests_refused_total{", "export_duration_seconds_bucket{"])
                        .All(text.Contains);
                },
                Patience,
                "all states in the metrics",
                Cancellation);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static string Configuration(Uri sentry, string folder, int http, int metrics) => $$"""
        receivers: {otlp: {protocols: {http: {endpoint: "127.0.0.1:{{http}}" } } } }
        processors: {batch: {timeout: 20ms} }
        exporters:
          sentry:
            url: {{sentry}}
            org_slug: acme
            auth_token: {{Token}}
            routing: {attribute_to_project_mapping: {orders: orders, limited: limited, refused: refused} }
            queue: {max_bytes_per_project: 1MiB}
          sentry/disk:
            url: {{sentry}}
            org_slug: acme
            auth_token: {{Token}}
            queue: {storage: disk, directory: "{{folder}}/queue", max_bytes: 16MiB}
        service:
          telemetry: {metrics: {address: "127.0.0.1:{{metrics}}" } }
          pipelines:
            traces: {receivers: [otlp], processors: [batch], exporters: [sentry]}
            logs: {receivers: [otlp], processors: [batch], exporters: [sentry/disk]}
        """;

    private static async Task<HttpStatusCode?> PostAsync(HttpClient client, Uri traces, string? service, string attribute = "")
    {
        using var content = new StringContent(OtlpJson.Spans(service, 1, attribute).ToJsonString(), Encoding.UTF8, "application/json");
        try
        {
            using var answer = await client.PostAsync(traces, content, Cancellation);
            return answer.StatusCode;
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }
}
