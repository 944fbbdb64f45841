using System.Globalization;
using System.IO.Compression;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using OpenTelemetry.Proto.Collector.Logs.V1;
using OpenTelemetry.Proto.Collector.Trace.V1;
using SentryOtel.Gateway.Faults.Support;
using SentryOtel.Gateway.Tests.Support;

namespace SentryOtel.Clients.Soak;

/// <summary>The services of the soak: every form of OTLP, new connections now and then, and clients that break off in the middle.</summary>
internal sealed class SoakClients(GatewayProcess gateway) : IDisposable
{
    /// <summary>Spans or log records of one request.</summary>
    public const int Items = 25;

    // So that connections come and go as those of services do.
    private const int RoundsOfAConnection = 40;

    private HttpClient _http = new();
    private long _taken;
    private long _refused;

    /// <summary>Items that the gateway said it took.</summary>
    public long Taken => Interlocked.Read(ref _taken);

    /// <summary>Items that it said it did not take.</summary>
    public long Refused => Interlocked.Read(ref _refused);

    /// <summary>One export of each signal by each of these services, and a client that never finishes.</summary>
    public async Task RoundAsync(IReadOnlyList<string> services, int round, CancellationToken cancellationToken)
    {
        if (round % RoundsOfAConnection == 0)
        {
            _http.Dispose();
            _http = new HttpClient();
        }

        await Task.WhenAll(services.SelectMany((service, i) => new[]
        {
            SendAsync(service, isLog: false, round, (round + i) % 4, cancellationToken),
            SendAsync(service, isLog: true, round, (round + i + 1) % 3, cancellationToken),
        }));
        if (round % 8 == 0)
        {
            await BreakOffAsync(cancellationToken);
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task SendAsync(string service, bool isLog, int round, int form, CancellationToken cancellationToken)
    {
        var names = Enumerable.Range(0, Items).Select(i => string.Create(CultureInfo.InvariantCulture, $"{service}/{round}/{i}")).ToArray();
        var rejected = form switch
        {
            2 => await GrpcAsync(isLog, Body(service, isLog, names)),
            3 => await HttpAsync("v1/traces", Encoding.UTF8.GetBytes(Json(service, names)), "application/json", gzip: false, cancellationToken),
            _ => await HttpAsync(isLog ? "v1/logs" : "v1/traces", Body(service, isLog, names), "application/x-protobuf", gzip: form == 1, cancellationToken),
        };
        Interlocked.Add(ref _taken, Items - rejected);
        Interlocked.Add(ref _refused, rejected);
    }

    private async Task<long> HttpAsync(string path, byte[] body, string type, bool gzip, CancellationToken cancellationToken)
    {
        using var content = new ByteArrayContent(gzip ? Gzip(body) : body);
        content.Headers.ContentType = new MediaTypeHeaderValue(type);
        if (gzip)
        {
            content.Headers.ContentEncoding.Add("gzip");
        }

        using var answer = await _http.PostAsync(new Uri(gateway.Http, path), content, cancellationToken);
        if (!answer.IsSuccessStatusCode)
        {
            Assert.Equal(429, (int)answer.StatusCode);
            return Items;
        }

        var reply = await answer.Content.ReadAsByteArrayAsync(cancellationToken);
        return type == "application/json" ? RejectedInJson(reply) : Rejected(path == "v1/logs", reply);
    }

    private async Task<long> GrpcAsync(bool isLog, byte[] body)
    {
        var method = isLog ? "opentelemetry.proto.collector.logs.v1.LogsService/Export" : "opentelemetry.proto.collector.trace.v1.TraceService/Export";
        var reply = await GrpcReply.CallAsync(_http, new Uri(gateway.Grpc, method), body);
        Assert.True(reply.Status is 0 or 8, $"gRPC status {reply.Status}");
        return reply.Status == 0 ? Rejected(isLog, reply.Message) : Items;
    }

    private async Task BreakOffAsync(CancellationToken cancellationToken)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(gateway.Http.Host, gateway.Http.Port, cancellationToken);
        await client.GetStream().WriteAsync(
            Encoding.ASCII.GetBytes("POST /v1/traces HTTP/1.1\r\nHost: gateway\r\nContent-Type: application/x-protobuf\r\nContent-Length: 100000\r\n\r\nhalf"), cancellationToken);
    }

    private static byte[] Body(string service, bool isLog, string[] names) => isLog ? Requests.Logs(service, names) : Requests.Traces((service, names));

    private static string Json(string service, string[] names)
    {
        var spans = names.Select((name, i) => string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"traceId":"0102030405060708090a0b0c0d0e0f10","spanId":"{{i + 1:x16}}","name":"{{name}}","kind":2,"startTimeUnixNano":"1700000000000000000","endTimeUnixNano":"1700000001000000000"}"""));
        return $$$"""{"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"{{{service}}}"}}]},"scopeSpans":[{"spans":[{{{string.Join(',', spans)}}}]}]}]}""";
    }

    private static long Rejected(bool isLog, byte[] reply) => isLog
        ? ExportLogsServiceResponse.Parser.ParseFrom(reply).PartialSuccess?.RejectedLogRecords ?? 0
        : ExportTraceServiceResponse.Parser.ParseFrom(reply).PartialSuccess?.RejectedSpans ?? 0;

    // Numbers of 64 bits are text in OTLP's JSON.
    private static long RejectedInJson(byte[] reply) =>
        System.Text.Json.Nodes.JsonNode.Parse(reply)?["partialSuccess"]?["rejectedSpans"] is { } rejected ? long.Parse(rejected.ToString(), CultureInfo.InvariantCulture) : 0;

    private static byte[] Gzip(byte[] body)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(body);
        }

        return packed.ToArray();
    }
}
