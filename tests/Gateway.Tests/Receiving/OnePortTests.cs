using System.Net;
using SentryOtel.Gateway.Configuration;
using SentryOtel.Gateway.Receiving;
using SentryOtel.Otlp;
using SentryOtel.Testing;

namespace SentryOtel.Gateway.Tests.Receiving;

public sealed class OnePortTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Both_protocols_and_both_versions_of_HTTP_are_served_on_one_port(bool secure)
    {
        using var authority = new TestCertificates();
        var (certificate, key, _) = authority.Server();
        var tls = new ServerTlsConfiguration { Certificate = new PemSource(null, new(certificate)), Key = new PemSource(null, new(key)) };
        await using var receiver = await RunningReceiver.StartAsync(onePort: true, configure: protocol => protocol with { Tls = secure ? tls : null });

        for (var round = 0; round < 3; round++)
        {
            var call = await receiver.CallAsync(SampleTelemetry.TraceExport, SampleTelemetry.Frame(SampleTelemetry.Traces()));
            await call.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
            Assert.Equal(["0"], call.TrailingHeaders.GetValues("grpc-status"));
            foreach (var version in new[] { HttpVersion.Version11, HttpVersion.Version20 })
            {
                var post = await receiver.PostAsync(
                    "/v1/logs", SampleTelemetry.Traces(), change: message => (message.Version, message.VersionPolicy) = (version, HttpVersionPolicy.RequestVersionExact));
                Assert.Equal((HttpStatusCode.OK, version), (post.StatusCode, post.Version));
            }
        }

        Assert.Equal(receiver.Receiver.Grpc, receiver.Receiver.Http);
        Assert.Equal(3, receiver.Pipeline.Requests.Count(request => request.Signal == OtlpSignal.Traces));
        Assert.Equal(6, receiver.Pipeline.Requests.Count(request => request.Signal == OtlpSignal.Logs));
    }

    [Fact]
    public async Task What_a_connection_is_may_come_byte_by_byte()
    {
        await using var receiver = await RunningReceiver.StartAsync(onePort: true);
        await using var http1 = await receiver.ConnectAsync(receiver.Receiver.Http!);
        await using var http2 = await receiver.ConnectAsync(receiver.Receiver.Http!);

        var request = "PUT /v1/traces HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"u8.ToArray();
        foreach (var value in request)
        {
            await http1.WriteAsync(new[] { value }, TestContext.Current.CancellationToken);
        }

        byte[] preface = [.. "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8, 0, 0, 0, 4, 0, 0, 0, 0, 0];
        foreach (var value in preface)
        {
            await http2.WriteAsync(new[] { value }, TestContext.Current.CancellationToken);
        }

        Assert.StartsWith("HTTP/1.1 405", await new StreamReader(http1).ReadLineAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        var frame = new byte[9];
        await http2.ReadExactlyAsync(frame, TestContext.Current.CancellationToken);
        Assert.Equal(4, frame[3]);
    }

    [Fact]
    public async Task A_connection_that_does_not_say_what_it_is_in_time_is_closed()
    {
        var clock = new FakeTimeProvider();
        await using var receiver = await RunningReceiver.StartAsync(
            options: new ReceiverOptions { TimeProvider = clock },
            configure: protocol => protocol with { Connections = new ConnectionConfiguration { HeadersTimeout = TimeSpan.FromSeconds(30) } },
            onePort: true);
        await using var silent = await receiver.ConnectAsync(receiver.Receiver.Http!);
        await silent.WriteAsync("PRI"u8.ToArray(), TestContext.Current.CancellationToken);
        await clock.WaitForTimersAsync(1, TestContext.Current.CancellationToken);

        clock.Advance(TimeSpan.FromSeconds(30));

        Assert.True(await IsClosedAsync(silent));
        Assert.Equal(HttpStatusCode.OK, (await receiver.PostAsync("/v1/traces", [])).StatusCode);
    }

    [Fact]
    public async Task A_stop_closes_the_port_and_lets_the_request_that_is_under_way_finish()
    {
        var receiver = await RunningReceiver.StartAsync(onePort: true);
        await using var connection = await receiver.ConnectAsync(receiver.Receiver.Http!);
        await connection.WriteAsync("POST /v1/traces HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-protobuf\r\nContent-Length: 2\r\n\r\n\n"u8.ToArray(), TestContext.Current.CancellationToken);
        await Eventually.HoldsAsync(() => receiver.Admission.Reserved > 0, TimeSpan.FromSeconds(30), "a body being read", TestContext.Current.CancellationToken);

        var stop = receiver.Receiver.StopAsync(TestContext.Current.CancellationToken);
        await connection.WriteAsync(new byte[1], TestContext.Current.CancellationToken);

        Assert.StartsWith("HTTP/1.1 200", await new StreamReader(connection).ReadLineAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        await stop;
        await Assert.ThrowsAsync<HttpRequestException>(() => receiver.PostAsync("/v1/traces", []));
        await receiver.DisposeAsync();
    }

    private static async Task<bool> IsClosedAsync(Stream stream)
    {
        try
        {
            return await stream.ReadAsync(new byte[1], TestContext.Current.CancellationToken) == 0;
        }
        catch (IOException)
        {
            return true;
        }
    }
}
