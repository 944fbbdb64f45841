using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using Google.Protobuf;
using Microsoft.Extensions.Logging.Abstractions;
using OpenTelemetry.Proto.Collector.Trace.V1;
using OpenTelemetry.Proto.Trace.V1;
using SentryOtel.Gateway.Configuration;
using SentryOtel.Gateway.Hosting;
using SentryOtel.Gateway.Tests.Support;
using SentryOtel.Testing;

namespace SentryOtel.Gateway.Tests.Receiving;

/// <summary>
/// A gzip body of one service goes on in the blocks in which it came, joined with others. Whatever happens to it on the way, each span arrives, once and
/// unchanged; the clients here compress better than the gateway, so that its own work can be told from theirs.
/// </summary>
public sealed class GzipPassageTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_untouched_body_goes_on_in_the_blocks_in_which_it_came(bool grpc)
    {
        await using var sink = await IngestSink.StartAsync();
        await using var gateway = await StartAsync(sink, projects: 1);
        var request = Request("a", 200);
        var gzip = Gzip(request);

        await (grpc ? CallAsync(gateway, gzip) : PostAsync(gateway, gzip));

        await AssertArrivedAsync(gateway, sink, 1, request);
        var (_, body, sent) = Assert.Single(sink.Taken);
        Assert.Equal(request, sent);
        Assert.True(Passed(gzip, body), "the client's blocks");
    }

    [Fact]
    public async Task Two_exporters_each_get_all_of_it()
    {
        await using var sink = await IngestSink.StartAsync();
        await using var gateway = await StartAsync(sink, projects: 2);
        var (first, second) = (Request("a", 100), Request("b", 100));
        var (firstGzip, secondGzip) = (Gzip(first), Gzip(second));

        await PostAsync(gateway, firstGzip);
        await PostAsync(gateway, secondGzip);

        foreach (var project in (int[])[1, 2])
        {
            await AssertArrivedAsync(gateway, sink, project, first, second);
            Assert.All([firstGzip, secondGzip], gzip => Assert.Contains(sink.Taken, taken => taken.Project == $"{project}" && Passed(gzip, taken.Body)));
        }
    }

    [Fact]
    public async Task A_request_that_lost_records_at_the_door_goes_on_without_them()
    {
        await using var sink = await IngestSink.StartAsync();
        await using var gateway = await StartAsync(sink, projects: 2);
        var whole = ExportTraceServiceRequest.Parser.ParseFrom(Request("a", 100));
        var spans = whole.ResourceSpans[0].ScopeSpans[0].Spans;
        spans[50].TraceId = ByteString.Empty;
        var gzip = Gzip(whole.ToByteArray());
        spans.RemoveAt(50);

        var answer = await PostAsync(gateway, gzip);

        Assert.Equal(1, ExportTraceServiceResponse.Parser.ParseFrom(answer).PartialSuccess.RejectedSpans);
        await AssertArrivedAsync(gateway, sink, 1, whole.ToByteArray());
        await AssertArrivedAsync(gateway, sink, 2, whole.ToByteArray());
        Assert.All(sink.Taken, taken => Assert.False(Passed(gzip, taken.Body)));
    }

    [Fact]
    public async Task A_batch_that_Sentry_finds_too_large_is_cut_until_it_fits_and_loses_nothing()
    {
        await using var sink = await IngestSink.StartAsync();
        await using var gateway = await StartAsync(sink, projects: 1, batch: "{timeout: 30s, send_batch_size: 400}");
        var requests = new[] { Request("a", 200), Request("b", 200) };
        sink.MaxBytes = requests[0].Length / 3;

        foreach (var request in requests)
        {
            await PostAsync(gateway, Gzip(request));
        }

        await AssertArrivedAsync(gateway, sink, 1, requests);
        Assert.True(sink.TooLarge >= 3, $"{sink.TooLarge} refused");
        Assert.All(sink.Taken, taken => Assert.InRange(taken.Request.Length, 1, sink.MaxBytes));
    }

    [Fact]
    public async Task A_body_of_several_members_arrives_as_one()
    {
        await using var sink = await IngestSink.StartAsync();
        await using var gateway = await StartAsync(sink, projects: 1);
        var (first, second) = (Request("a", 60), Request("b", 70));

        // Requests that follow each other are one request.
        await PostAsync(gateway, [.. Gzip(first), .. Gzip(second)]);

        await AssertArrivedAsync(gateway, sink, 1, first, second);
    }

    [Fact]
    public async Task Bodies_of_every_form_share_a_batch()
    {
        await using var sink = await IngestSink.StartAsync();
        await using var gateway = await StartAsync(sink, projects: 1, batch: "{timeout: 30s, send_batch_size: 500}");
        byte[][] requests = [Request("a", 100), Request("b", 100), Request("c", 100), Request("d", 100), Request("e", 100)];
        var (first, last) = (Gzip(requests[0]), Gzip(requests[4]));

        await PostAsync(gateway, first);
        await PostAsync(gateway, requests[1], encoding: null);
        await PostAsync(gateway, Gzip(requests[2]), chunked: true);
        await PostAsync(gateway, Encode(requests[3], output => new BrotliStream(output, CompressionLevel.Fastest)), encoding: "br");
        await PostAsync(gateway, last);

        await AssertArrivedAsync(gateway, sink, 1, requests);
        var body = Assert.Single(sink.Taken).Body;
        Assert.True(Passed(first, body), "the first client's blocks");
        Assert.True(Passed(last, body), "the last client's blocks");
    }

    [Fact]
    public async Task A_body_that_is_not_what_its_checksum_says_is_refused_and_does_not_touch_what_comes_with_it()
    {
        await using var sink = await IngestSink.StartAsync();
        await using var gateway = await StartAsync(sink, projects: 1, batch: "{timeout: 30s, send_batch_size: 200}");
        var (before, after) = (Request("a", 100), Request("c", 100));
        var corrupt = Gzip(Request("b", 100));
        corrupt[^6] ^= 1;

        await PostAsync(gateway, Gzip(before));
        await PostAsync(gateway, corrupt, expected: HttpStatusCode.BadRequest);
        await PostAsync(gateway, Gzip(after));

        await AssertArrivedAsync(gateway, sink, 1, before, after);
    }

    // Names that no compressor makes much of, or the blocks would be too few to tell anything.
    private static byte[] Request(string prefix, int spans)
    {
        var random = new Random(spans + prefix[0]);
        var name = new byte[24];
        return Requests.Traces(("orders", [.. Enumerable.Range(0, spans).Select(number =>
        {
            random.NextBytes(name);
            return $"{prefix}{number.ToString("D4", CultureInfo.InvariantCulture)} {Convert.ToHexString(name)}";
        })]));
    }

    private static byte[] Gzip(byte[] bytes) => Encode(bytes, output => new GZipStream(output, CompressionLevel.SmallestSize));

    private static byte[] Encode(byte[] bytes, Func<Stream, Stream> open)
    {
        using var output = new MemoryStream();
        using (var encoder = open(output))
        {
            encoder.Write(bytes);
        }

        return output.ToArray();
    }

    // Only the first and the last bits of a block may change on the way.
    private static bool Passed(byte[] gzip, byte[] body) => body.AsSpan().IndexOf(gzip.AsSpan(20, 1000)) >= 0;

    private static async Task AssertArrivedAsync(GatewayHost gateway, IngestSink sink, int project, params byte[][] requests)
    {
        List<Span> expected = [.. requests.SelectMany(IngestSink.SpansOf).OrderBy(span => span.Name, StringComparer.Ordinal)];
        await Eventually.HoldsAsync(
            () => sink.Spans(project).Count >= expected.Count, Patience, $"{expected.Count} spans at project {project}", TestContext.Current.CancellationToken);
        Assert.Equal(expected, sink.Spans(project));
        await Eventually.HoldsAsync(() => gateway.Admission.Reserved == 0, Patience, "the memory", TestContext.Current.CancellationToken);
        Assert.All(gateway.Accounts.All, account => Assert.True(account.Read().IsBalanced, $"{account.Project}: {account.Read()}"));
    }

    private static async Task<GatewayHost> StartAsync(IngestSink sink, int projects, string batch = "{timeout: 20ms}")
    {
        var ids = Enumerable.Range(1, projects).ToList();
        var exporters = string.Join('\n', ids.Select(id => $"  sentry/{id}: {{ dsn: '{sink.Dsn(id)}' }}"));
        var names = string.Join(", ", ids.Select(id => $"sentry/{id}"));
        var yaml = $$$"""
            receivers: {otlp: {protocols: {grpc: {endpoint: "127.0.0.1:0"}, http: {endpoint: "127.0.0.1:0"} } } }
            processors: {batch: {{{batch}}} }
            exporters:
            {{{exporters}}}
            service:
              telemetry: {metrics: {level: none} }
              pipelines:
                traces: {receivers: [otlp], processors: [batch], exporters: [{{{names}}}] }
            """;
        var result = ConfigurationFile.Read(yaml, _ => null, _ => throw new FileNotFoundException(), 1L << 30);
        Assert.Empty(result.Problems);
        var gateway = new GatewayHost(result.Configuration!, new GatewayServices { LoggerFactory = NullLoggerFactory.Instance });
        await gateway.StartAsync(TestContext.Current.CancellationToken);
        return gateway;
    }

    private static async Task<byte[]> PostAsync(
        GatewayHost gateway, byte[] body, string? encoding = "gzip", bool chunked = false, HttpStatusCode expected = HttpStatusCode.OK)
    {
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, $"http://{gateway.Receivers["otlp"].Http}/v1/traces") { Content = new ByteArrayContent(body) };
        request.Headers.TransferEncodingChunked = chunked;
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/x-protobuf");
        if (encoding is not null)
        {
            request.Content.Headers.ContentEncoding.Add(encoding);
        }

        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(expected, response.StatusCode);
        return await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
    }

    private static async Task CallAsync(GatewayHost gateway, byte[] gzip)
    {
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, $"http://{gateway.Receivers["otlp"].Grpc}{SampleTelemetry.TraceExport}")
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(SampleTelemetry.Frame(gzip, flag: 1)),
        };
        request.Headers.Add("grpc-encoding", "gzip");
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
        await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        Assert.Equal(["0"], response.TrailingHeaders.GetValues("grpc-status"));
    }
}
