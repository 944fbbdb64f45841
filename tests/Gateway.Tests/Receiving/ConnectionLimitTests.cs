using System.Net;
using System.Text;
using Google.Rpc;
using SentryOtel.Gateway.Configuration;
using SentryOtel.Gateway.Configuration.Values;
using SentryOtel.Gateway.Receiving;
using SentryOtel.Otlp;
using SentryOtel.Testing;

namespace SentryOtel.Gateway.Tests.Receiving;

public sealed class ConnectionLimitTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task A_body_that_takes_too_long_is_answered_503_and_gives_its_memory_back()
    {
        var clock = new FakeTimeProvider();
        await using var receiver = await StartAsync(new ConnectionConfiguration { ReadTimeout = Minute, MinBytesPerSecond = 0 }, clock);
        await using var slow = await receiver.ConnectAsync(receiver.Receiver.Http!);
        await slow.WriteAsync(Encoding.ASCII.GetBytes("POST /v1/traces HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-protobuf\r\nContent-Length: 5000\r\n\r\n\n"), TestContext.Current.CancellationToken);
        await clock.WaitForTimersAsync(1, TestContext.Current.CancellationToken);
        Assert.True(receiver.Admission.Reserved > 0);

        clock.Advance(Minute);

        using var reader = new StreamReader(slow);
        var head = new List<string>();
        while (await reader.ReadLineAsync(TestContext.Current.CancellationToken) is { Length: > 0 } line)
        {
            head.Add(line);
        }

        Assert.StartsWith("HTTP/1.1 503", head[0], StringComparison.Ordinal);
        Assert.Contains("Retry-After: 1", head);
        Assert.Contains("Content-Type: application/x-protobuf", head);
        await Eventually.HoldsAsync(() => receiver.Admission.Reserved == 0, Minute, "the memory", TestContext.Current.CancellationToken);
        Assert.Equal(1, receiver.Receiver.Refusals[RefusalReason.TooSlow]);
        Assert.Empty(receiver.Pipeline.Requests);
    }

    [Fact]
    public async Task A_call_whose_message_takes_too_long_is_unavailable()
    {
        var clock = new FakeTimeProvider();
        await using var receiver = await StartAsync(new ConnectionConfiguration { ReadTimeout = Minute }, clock);
        var content = new PausedContent([0, 0, 0, 0, 100, 1, 2, 3]);
        var call = receiver.CallAsync(SampleTelemetry.TraceExport, content);
        await clock.WaitForTimersAsync(1, TestContext.Current.CancellationToken);

        clock.Advance(Minute);

        var response = await call;
        content.Release();
        Assert.Equal("14", response.Headers.GetValues("grpc-status").Single());
        Assert.Equal(1, receiver.Receiver.Refusals[RefusalReason.TooSlow]);
        await Eventually.HoldsAsync(() => receiver.Admission.Reserved == 0, Minute, "the memory", TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task No_more_connections_are_served_than_may_be()
    {
        await using var receiver = await StartAsync(new ConnectionConfiguration { MaxConnections = 1 });
        await using var first = await receiver.ConnectAsync(receiver.Receiver.Http!);
        await first.WriteAsync("POST "u8.ToArray(), TestContext.Current.CancellationToken);
        await Eventually.HoldsAsync(IsFullAsync, Minute, "a refused connection", TestContext.Current.CancellationToken);

        await first.DisposeAsync();

        await Eventually.HoldsAsync(
            async () => (await receiver.PostAsync("/v1/traces", [])).IsSuccessStatusCode, Minute, "room for another connection", TestContext.Current.CancellationToken);

        async Task<bool> IsFullAsync()
        {
            try
            {
                await receiver.PostAsync("/v1/traces", []);
                return false;
            }
            catch (HttpRequestException)
            {
                return true;
            }
        }
    }

    [Fact]
    public async Task Connections_serve_one_request_each_without_keep_alives()
    {
        await using var receiver = await StartAsync(new ConnectionConfiguration { KeepAlives = false });

        for (var round = 0; round < 3; round++)
        {
            Assert.Equal(HttpStatusCode.OK, (await receiver.PostAsync("/v1/traces", [])).StatusCode);
        }

        Assert.Equal(3, receiver.Connections);
    }

    [Fact]
    public async Task Broken_chunks_are_answered_400_in_the_requests_own_format()
    {
        await using var receiver = await RunningReceiver.StartAsync();
        await using var connection = await receiver.ConnectAsync(receiver.Receiver.Http!);
        await connection.WriteAsync(
            "POST /v1/traces HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"u8.ToArray(), TestContext.Current.CancellationToken);

        var answer = await new StreamReader(connection).ReadToEndAsync(TestContext.Current.CancellationToken);

        Assert.StartsWith("HTTP/1.1 400", answer, StringComparison.Ordinal);
        Assert.Contains("{\"code\":3,", answer, StringComparison.Ordinal);
        Assert.Equal(1, receiver.Receiver.Refusals[RefusalReason.Malformed]);
    }

    [Fact]
    public async Task Signals_are_served_at_the_paths_that_are_configured_and_there_alone()
    {
        await using var receiver = await RunningReceiver.StartAsync(configure: protocol => protocol with
        {
            Http = new HttpReceiverConfiguration
            {
                TracesPath = "/in/spans",
                LogsPath = "/in/logs",
                ResponseHeaders = new ValueList<(string, string)>([("X-Gateway", "one")]),
            },
        });

        var traces = await receiver.PostAsync("/in/spans", []);
        var logs = await receiver.PostAsync("/in/logs", []);
        var usual = await receiver.PostAsync("/v1/traces", []);

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.NotFound), (traces.StatusCode, logs.StatusCode, usual.StatusCode));
        Assert.Equal([OtlpSignal.Traces, OtlpSignal.Logs], receiver.Pipeline.Requests.Select(request => request.Signal));
        Assert.All([traces, logs, usual], response => Assert.Equal(["one"], response.Headers.GetValues("X-Gateway")));
        Assert.Equal(5, Status.Parser.ParseFrom(await usual.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken)).Code);
    }

    private static Task<RunningReceiver> StartAsync(ConnectionConfiguration connections, TimeProvider? clock = null) => RunningReceiver.StartAsync(
        options: new ReceiverOptions { TimeProvider = clock ?? TimeProvider.System }, configure: protocol => protocol with { Connections = connections });
}
