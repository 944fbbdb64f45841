using System.Net;
using System.Text;
using SentryOtel.Operator.Traffic;
using SentryOtel.Testing;

namespace SentryOtel.Operator.Tests.Traffic;

public sealed class GatewayReaderTests
{
    private static readonly Uri Address = GatewayReader.AddressOf(IPAddress.Parse("10.1.2.3"), 8888);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("10.1.2.3", "http://10.1.2.3:8888/routes")]
    [InlineData("fd00::12", "http://[fd00::12]:8888/routes")]
    public void Pods_have_addresses_of_both_families(string pod, string address) =>
        Assert.Equal(address, GatewayReader.AddressOf(IPAddress.Parse(pod), 8888).AbsoluteUri);

    [Fact]
    public async Task A_gateways_document_is_read()
    {
        var answer = await ReadAsync(_ => Json("""
            {"version":"1","at":"2026-01-02T03:04:05Z","startedAt":"2026-01-02T03:00:00Z","notReady":null,"unheardOf":[{}],
             "exporters":[{"exporter":"sentry","routes":[
               {"queue":"orders","project":"orders","projectId":"7","signal":"logs","hold":"rate_limited","heldForSeconds":12.5,
                "limit":{"category":"log_item","scope":"key","reason":"quota"},"accepted":5,"sent":3,"dropped":{"expired":1},"lastSeen":"2026-01-02T03:04:00Z","countsShared":true}]}]}
            """));

        Assert.Equal(new DateTimeOffset(2026, 1, 2, 3, 0, 0, TimeSpan.Zero), answer.Document!.StartedAt);
        var queue = answer.Document.Exporters!.Single().Routes!.Single();
        Assert.Equal(("orders", "7", "logs", "rate_limited", 12.5, 5L, 3L, true), (queue.Project, queue.ProjectId, queue.Signal, queue.Hold, queue.HeldForSeconds, queue.Accepted, queue.Sent, queue.CountsShared));
        Assert.Equal(("log_item", "key"), (queue.Limit!.Category, queue.Limit.Scope));
        Assert.Equal(1, queue.Dropped!["expired"]);
    }

    [Theory]
    [InlineData("{}", "malformed")]
    [InlineData("null", "malformed")]
    [InlineData("<html>", "malformed")]
    [InlineData("""{"exporters":[{"routes":[{"accepted":"many"}]}]}""", "malformed")]
    [InlineData("""{"exporters":[""", "malformed")]
    public async Task An_answer_that_is_none_is_said_to_be_none(string body, string failure) =>
        Assert.Equal(failure, (await ReadAsync(_ => Json(body))).Failure.Name());

    [Fact]
    public async Task A_status_that_is_not_200_is_a_refusal_and_no_redirect_is_followed()
    {
        var answer = await ReadAsync(_ => new HttpResponseMessage(HttpStatusCode.Found) { Headers = { Location = new Uri("http://elsewhere/") } });

        Assert.Equal((ReadFailure.Refused, "status 302"), (answer.Failure, answer.Message));
        using var handler = GatewayReader.CreateHandler();
        Assert.False(handler.AllowAutoRedirect);
        Assert.False(handler.UseProxy);
    }

    [Fact]
    public async Task A_pod_that_can_not_be_reached_is_an_answer_too() =>
        Assert.Equal(ReadFailure.Unreachable, (await ReadAsync(_ => throw new HttpRequestException("refused"))).Failure);

    [Fact]
    public async Task A_body_beyond_all_bounds_is_not_read_on()
    {
        var endless = new Endless();

        var answer = await ReadAsync(_ => new HttpResponseMessage { Content = new StreamContent(endless) });

        Assert.Equal(ReadFailure.TooLarge, answer.Failure);
        Assert.InRange(endless.Given, GatewayReader.MaxBytes, GatewayReader.MaxBytes * 1.5);
    }

    [Fact]
    public async Task A_pod_that_never_answers_is_given_up_in_time()
    {
        var time = new FakeTimeProvider();
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var reader = new GatewayReader(
            new Answering(async (_, token) =>
            {
                asked.SetResult();
                await Task.Delay(Timeout.Infinite, token);
                return new HttpResponseMessage();
            }),
            TimeSpan.FromSeconds(5),
            time);
        var reading = reader.ReadAsync(Address, Cancellation);
        await asked.Task.WaitAsync(Cancellation);

        time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(ReadFailure.TimedOut, (await reading).Failure);
    }

    [Fact]
    public async Task A_stop_is_no_answer()
    {
        using var stop = new CancellationTokenSource();
        using var reader = new GatewayReader(
            new Answering(async (_, token) =>
            {
                await stop.CancelAsync();
                token.ThrowIfCancellationRequested();
                return new HttpResponseMessage();
            }),
            TimeSpan.FromSeconds(5),
            TimeProvider.System);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reader.ReadAsync(Address, stop.Token));
    }

    private static async Task<GatewayAnswer> ReadAsync(Func<HttpRequestMessage, HttpResponseMessage> answer)
    {
        using var reader = new GatewayReader(new Answering((request, _) => Task.FromResult(answer(request))), TimeSpan.FromSeconds(30), TimeProvider.System);
        return await reader.ReadAsync(Address, Cancellation);
    }

    private static HttpResponseMessage Json(string body) => new() { Content = new StringContent(body, Encoding.UTF8, "application/json") };

    // An array that does not end.
    private sealed class Endless : MemoryStream
    {
        public long Given { get; private set; }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            buffer.Span.Fill((byte)' ');
            if (Given == 0)
            {
                buffer.Span[0] = (byte)'{';
            }

            Given += buffer.Length;
            return ValueTask.FromResult(buffer.Length);
        }
    }
}
