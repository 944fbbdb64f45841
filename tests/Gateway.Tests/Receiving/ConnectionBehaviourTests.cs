using System.Net;
using System.Text;
using SentryOtel.Gateway.Configuration;
using SentryOtel.Gateway.Receiving;
using SentryOtel.Testing;

namespace SentryOtel.Gateway.Tests.Receiving;

/// <summary>What the limits of connections do on the wire.</summary>
public sealed class ConnectionBehaviourTests
{
    private const int SettingsFrame = 4;
    private const int ResetFrame = 3;
    private const int RefusedStream = 7;

    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    [Fact(Timeout = 60_000)]
    public async Task A_head_that_does_not_end_in_time_is_answered_408_and_without_a_bound_all_are_waited_for()
    {
        await using var hasty = await StartAsync(new ConnectionConfiguration { HeadersTimeout = TimeSpan.FromMilliseconds(500) });
        await using var patient = await StartAsync(new ConnectionConfiguration { HeadersTimeout = null, IdleTimeout = null });
        await using var late = await hasty.ConnectAsync(hasty.Receiver.Http!);
        await using var awaited = await patient.ConnectAsync(patient.Receiver.Http!);
        await using var idle = await patient.ConnectAsync(patient.Receiver.Http!);
        var half = "POST /v1/traces HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-protobuf\r\n"u8.ToArray();
        var rest = "Content-Length: 0\r\n\r\n"u8.ToArray();
        await idle.WriteAsync((byte[])[.. half, .. rest], TestContext.Current.CancellationToken);
        Assert.StartsWith("HTTP/1.1 200", await HeadAsync(idle), StringComparison.Ordinal);
        await late.WriteAsync(half, TestContext.Current.CancellationToken);
        await awaited.WriteAsync(half, TestContext.Current.CancellationToken);

        var answer = await new StreamReader(late).ReadToEndAsync(TestContext.Current.CancellationToken);

        Assert.StartsWith("HTTP/1.1 408", answer, StringComparison.Ordinal);
        await awaited.WriteAsync(rest, TestContext.Current.CancellationToken);
        Assert.StartsWith("HTTP/1.1 200", await HeadAsync(awaited), StringComparison.Ordinal);
        await idle.WriteAsync((byte[])[.. half, .. rest], TestContext.Current.CancellationToken);
        Assert.StartsWith("HTTP/1.1 200", await HeadAsync(idle), StringComparison.Ordinal);

        // Answers without a body end with their head.
        static async Task<string> HeadAsync(Stream connection)
        {
            var head = new StringBuilder();
            var next = new byte[1];
            while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal) && await connection.ReadAsync(next, TestContext.Current.CancellationToken) == 1)
            {
                head.Append((char)next[0]);
            }

            return head.ToString();
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task A_stream_beyond_the_limit_is_refused_unread_and_finds_a_place_once_another_has_ended()
    {
        await using var receiver = await StartAsync(new ConnectionConfiguration { MaxConcurrentStreams = 2 });
        await using var connection = new Http2Client(await receiver.ConnectAsync(receiver.Receiver.Grpc!));
        await connection.StartAsync();
        var settings = await connection.ReadAsync(frame => frame is { Type: SettingsFrame, Flags: 0 });
        Assert.Equal(2, settings.Setting(3));

        await connection.CallAsync(1, SampleTelemetry.TraceExport);
        await connection.CallAsync(3, SampleTelemetry.TraceExport);
        await connection.CallAsync(5, SampleTelemetry.TraceExport);
        var reset = await connection.ReadAsync(frame => frame.Type == ResetFrame);
        Assert.Equal((5, RefusedStream), (reset.Stream, reset.Number(0)));

        await connection.FinishAsync(1, SampleTelemetry.Frame(SampleTelemetry.Traces()));
        await connection.ReadAsync(frame => frame is { Stream: 1, IsEnd: true });
        await connection.CallAsync(7, SampleTelemetry.TraceExport);
        await connection.FinishAsync(7, SampleTelemetry.Frame(SampleTelemetry.Traces()));
        await connection.ReadAsync(frame => frame is { Stream: 7, IsEnd: true });
        Assert.Equal(2, receiver.Pipeline.Requests.Count);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_call_in_progress_on_a_connection_that_grew_old_finishes_while_others_go_to_a_new_one()
    {
        var clock = new FakeTimeProvider();
        await using var receiver = await StartAsync(new ConnectionConfiguration { MaxConnectionAge = TimeSpan.FromMinutes(10), ReadTimeout = null }, clock);
        var frame = SampleTelemetry.Frame(SampleTelemetry.Traces());
        var content = new PausedContent(frame[..7], frame[7..]);
        var slow = receiver.CallAsync(SampleTelemetry.TraceExport, content);
        await Eventually.HoldsAsync(() => receiver.Admission.Reserved > 0, Minute, "a call in progress", TestContext.Current.CancellationToken);

        clock.Advance(TimeSpan.FromMinutes(10));

        await Eventually.HoldsAsync(
            async () =>
            {
                Assert.Equal("0", await StatusAsync(await receiver.CallAsync(SampleTelemetry.TraceExport, frame)));
                return receiver.Connections == 2;
            },
            Minute,
            "a second connection",
            TestContext.Current.CancellationToken);
        Assert.False(slow.IsCompleted);
        content.Release();
        Assert.Equal("0", await StatusAsync(await slow));
    }

    [Theory(Timeout = 60_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_connection_of_HTTP_1_is_closed_after_the_answer_when_it_grew_old_or_its_receiver_is_retired(bool retired)
    {
        var clock = new FakeTimeProvider();
        await using var receiver = await StartAsync(new ConnectionConfiguration { MaxConnectionAge = TimeSpan.FromMinutes(10) }, clock);
        await PostAsync();
        clock.Advance(TimeSpan.FromMinutes(9));
        await PostAsync();
        Assert.Equal(1, receiver.Connections);

        if (retired)
        {
            receiver.Receiver.Retire();
        }
        else
        {
            clock.Advance(TimeSpan.FromMinutes(1));
        }

        await Eventually.HoldsAsync(
            async () =>
            {
                await PostAsync();
                return receiver.Connections >= 2;
            },
            Minute,
            "a second connection",
            TestContext.Current.CancellationToken);

        async Task PostAsync() => Assert.Equal(HttpStatusCode.OK, (await receiver.PostAsync("/v1/traces", SampleTelemetry.Traces())).StatusCode);
    }

    [Theory(Timeout = 60_000)]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task A_request_that_ends_in_nothing_is_never_taken_for_one_that_was_taken(bool grpc, bool cancelled)
    {
        await using var receiver = await RunningReceiver.StartAsync();
        receiver.Pipeline.Fault = cancelled ? new OperationCanceledException() : new IOException("A fault of the test's own.");

        await Assert.ThrowsAsync<HttpRequestException>(() => grpc
            ? receiver.CallAsync(SampleTelemetry.TraceExport, SampleTelemetry.Frame(SampleTelemetry.Traces()))
            : receiver.PostAsync("/v1/traces", SampleTelemetry.Traces()));

        Assert.NotEmpty(receiver.Pipeline.Requests);
        Assert.True(receiver.Receiver.Refusals[RefusalReason.Aborted] > 0);
    }

    private static async Task<string> StatusAsync(HttpResponseMessage response)
    {
        await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        return response.TrailingHeaders.GetValues("grpc-status").Single();
    }

    private static Task<RunningReceiver> StartAsync(ConnectionConfiguration connections, TimeProvider? clock = null) => RunningReceiver.StartAsync(
        options: new ReceiverOptions { TimeProvider = clock ?? TimeProvider.System }, configure: protocol => protocol with { Connections = connections });
}
