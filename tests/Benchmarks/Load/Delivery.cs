using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using Google.Protobuf;
using OpenTelemetry.Proto.Collector.Logs.V1;
using OpenTelemetry.Proto.Collector.Trace.V1;
using SentryOtel.Otlp;
using SentryOtel.SentryServer;

namespace SentryOtel.Benchmarks.Load;

/// <summary>Sends spans that all differ through the gateway into a stand-in Sentry that decodes them, and looks for every one.</summary>
internal static class Delivery
{
    private static readonly CompressionLevel[] Levels =
        [CompressionLevel.Optimal, CompressionLevel.Fastest, CompressionLevel.SmallestSize, CompressionLevel.NoCompression];

    /// <summary>Says what was found; <c>Missing</c> and <c>Doubled</c> should be 0.</summary>
    public static async Task<(int Sent, int Missing, int Doubled, int Foreign)> CheckAsync(LoadOptions options, int requests)
    {
        var services = Enumerable.Range(0, 16).Select(number => $"service-{number}").ToArray();
        await using var sentry = await SentryServerHost.StartAsync(
            new SentryServerOptions { ManagementListenUrl = "http://127.0.0.1:0", IngestListenUrl = "http://127.0.0.1:0", Projects = services, RecordedItems = 4_000_000 });
        var dsns = services.ToDictionary(service => service, service =>
        {
            var project = sentry.State.Projects.Find(service)!;
            return $"http://{sentry.State.Keys.OfProject(project.Id)[0].Public}@{sentry.IngestUrl.Authority}/{project.Id}";
        });
        await using var gateway = await GatewayProcess.StartAsync(options, dsns);
        using var client = new HttpClient(new SocketsHttpHandler { AutomaticDecompression = DecompressionMethods.None });
        var expected = new HashSet<(string Service, string Id)>();
        for (var number = 0; number < requests; number++)
        {
            var scenario = Scenario.All[number % Scenario.All.Count];
            var request = scenario.Request(1000 + number);
            expected.UnionWith(Ids(scenario.Signal, request));
            await SendAsync(client, gateway, scenario, request, Levels[number / Scenario.All.Count % Levels.Length]);
        }

        var books = await gateway.DrainAsync();
        if (!books.IsLossless || books.Accepted != expected.Count)
        {
            throw new InvalidOperationException($"The books do not balance: {expected.Count} sent to the gateway, {books}.");
        }

        // Sentry decodes after its answer.
        while (sentry.State.Received.Totals().Values.Sum(total => total.Spans + total.Logs + total.Lost) < expected.Count)
        {
            await Task.Delay(50);
        }

        var received = sentry.State.Received.Spans().Select(span => (span.Arrival.ProjectSlug, span.SpanId))
            .Concat(sentry.State.Received.Logs().Select(log => (log.Arrival.ProjectSlug, log.SpanId ?? string.Empty))).ToList();
        var distinct = received.ToHashSet();
        return (expected.Count, expected.Count(id => !distinct.Contains(id)), received.Count - distinct.Count, distinct.Count(id => !expected.Contains(id)));
    }

    private static async Task SendAsync(HttpClient client, GatewayProcess gateway, Scenario scenario, byte[] request, CompressionLevel level)
    {
        var body = scenario.IsGzip ? Payload.Compress(request, level) : request;
        using var content = new ByteArrayContent(scenario.IsGrpc ? Payload.Frame(body, scenario.IsGzip) : body);
        content.Headers.ContentType = new MediaTypeHeaderValue(scenario.IsGrpc ? "application/grpc" : "application/x-protobuf");
        using var message = new HttpRequestMessage(HttpMethod.Post, $"http://127.0.0.1:{(scenario.IsGrpc ? gateway.Grpc : gateway.Http)}{scenario.Path}")
        {
            Content = content,
            Version = scenario.IsGrpc ? HttpVersion.Version20 : HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        if (scenario.IsGzip && !scenario.IsGrpc)
        {
            content.Headers.ContentEncoding.Add("gzip");
        }
        else if (scenario.IsGzip)
        {
            message.Headers.Add("grpc-encoding", "gzip");
        }

        using var answer = await client.SendAsync(message);
        answer.EnsureSuccessStatusCode();
        if (scenario.IsGrpc)
        {
            _ = await answer.Content.ReadAsByteArrayAsync();
            var status = answer.TrailingHeaders.TryGetValues("grpc-status", out var values) ? values.First() : "none";
            if (status != "0")
            {
                throw new InvalidOperationException($"A call ended with grpc-status {status}.");
            }
        }
    }

    private static IEnumerable<(string Service, string Id)> Ids(OtlpSignal signal, byte[] request) => signal == OtlpSignal.Logs
        ? from resource in ExportLogsServiceRequest.Parser.ParseFrom(request).ResourceLogs
          from scope in resource.ScopeLogs
          from record in scope.LogRecords
          select (Name(resource.Resource), Hex(record.SpanId))
        : from resource in ExportTraceServiceRequest.Parser.ParseFrom(request).ResourceSpans
          from scope in resource.ScopeSpans
          from span in scope.Spans
          select (Name(resource.Resource), Hex(span.SpanId));

    private static string Name(OpenTelemetry.Proto.Resource.V1.Resource resource) =>
        resource.Attributes.First(attribute => attribute.Key == "service.name").Value.StringValue;

    private static string Hex(ByteString id) => Convert.ToHexStringLower(id.Span);
}
