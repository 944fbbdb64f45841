using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using System.Net;
using System.Text;
using Google.Rpc;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using SentryOtel.Otlp.Bodies;
using SentryOtel.Otlp.Grpc;
using SentryOtel.Otlp.Responses;
using SentryOtel.Otlp.Tests.Support;
using SentryOtel.Testing;

namespace SentryOtel.Otlp.Tests.Grpc;

public sealed class GrpcUnaryCallTests
{
    private const int MaxBytes = 1 << 20;

    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(2.5);

    private readonly FakeTimeProvider _clock = new();

    private int _memory = int.MaxValue;

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    [InlineData(900_000)]
    public async Task A_message_is_answered_with_a_message_and_status_ok(int size)
    {
        await using var server = await GrpcServer.StartAsync(EchoAsync);
        var message = new byte[size];
        new Random(size).NextBytes(message);

        var response = await server.SendAsync(Frame(message));

        Assert.Equal(Frame(message), await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
        Assert.Equal("application/grpc", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal(["0"], response.TrailingHeaders.GetValues("grpc-status"));
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("deflate")]
    [InlineData("br")]
    public async Task A_compressed_message_is_decompressed(string encoding)
    {
        await using var server = await GrpcServer.StartAsync(EchoAsync);
        var message = Encoding.UTF8.GetBytes(new string('x', 500_000));
        var compressed = encoding switch
        {
            "gzip" => Compression.Gzip(message),
            "deflate" => Compression.Deflate(message),
            _ => Compression.Brotli(message),
        };

        var response = await server.SendAsync(Frame(compressed, flag: 1), request => request.Headers.Add("grpc-encoding", encoding));

        Assert.Equal(Frame(message), await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_plain_message_may_name_an_encoding_it_does_not_use()
    {
        await using var server = await GrpcServer.StartAsync(EchoAsync);

        var response = await server.SendAsync(Frame([1, 2, 3]), request => request.Headers.Add("grpc-encoding", "zstd"));

        Assert.Equal(Frame([1, 2, 3]), await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_message_in_many_pieces_is_put_together()
    {
        await using var server = await GrpcServer.StartAsync(EchoAsync);
        var frame = Frame([1, 2, 3, 4, 5, 6]);

        var response = await server.SendAsync(new ByteByByte(frame));

        Assert.Equal(frame, await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task An_unknown_encoding_is_unimplemented_and_says_which_are_known()
    {
        await using var server = await GrpcServer.StartAsync(EchoAsync);

        var response = await server.SendAsync(Frame([1], flag: 1), request => request.Headers.Add("grpc-encoding", "snappy"));

        AssertStatus(GrpcStatusCode.Unimplemented, response);
        Assert.Equal("identity, gzip, deflate, br", string.Join(", ", response.Headers.GetValues("grpc-accept-encoding")));
    }

    [Theory]
    [InlineData(GrpcStatusCode.Internal, "")]
    [InlineData(GrpcStatusCode.Internal, "00 00 00")]
    [InlineData(GrpcStatusCode.Internal, "00 00 00 00 05 01 02")]
    [InlineData(GrpcStatusCode.Internal, "02 00 00 00 01 01")]
    [InlineData(GrpcStatusCode.Internal, "01 00 00 00 01 01")]
    [InlineData(GrpcStatusCode.Internal, "00 00 00 00 01 01 00 00 00 00 00")]
    [InlineData(GrpcStatusCode.ResourceExhausted, "00 00 10 00 01 01")]
    [InlineData(GrpcStatusCode.ResourceExhausted, "00 FF FF FF FF 01")]
    public async Task A_malformed_or_too_large_frame_is_an_error_without_retry_info(GrpcStatusCode expected, string hex)
    {
        await using var server = await GrpcServer.StartAsync(EchoAsync);

        var response = await server.SendAsync(Convert.FromHexString(hex.Replace(" ", string.Empty, StringComparison.Ordinal)));

        AssertStatus(expected, response);
        Assert.False(response.Headers.Contains("grpc-status-details-bin"));
    }

    [Fact]
    public async Task A_message_that_inflates_beyond_the_limit_is_too_large()
    {
        await using var server = await GrpcServer.StartAsync(EchoAsync);
        var bomb = Compression.Gzip(new byte[MaxBytes + 1]);

        var response = await server.SendAsync(Frame(bomb, flag: 1), request => request.Headers.Add("grpc-encoding", "gzip"));

        AssertStatus(GrpcStatusCode.ResourceExhausted, response);
        Assert.False(response.Headers.Contains("grpc-status-details-bin"));
    }

    [Fact]
    public async Task A_message_that_can_not_be_inflated_is_invalid()
    {
        await using var server = await GrpcServer.StartAsync(EchoAsync);

        var response = await server.SendAsync(Frame([1, 2, 3], flag: 1), request => request.Headers.Add("grpc-encoding", "gzip"));

        AssertStatus(GrpcStatusCode.InvalidArgument, response);
    }

    [Fact]
    public async Task A_message_for_which_there_is_no_memory_is_refused_with_retry_info()
    {
        _memory = 10;
        await using var server = await GrpcServer.StartAsync(EchoAsync);

        var response = await server.SendAsync(Frame(new byte[11]));

        // Among the trailers, and as it stands: OpenTelemetry .NET looks nowhere else, and adds no padding that is missing.
        Assert.Equal(["8"], response.TrailingHeaders.GetValues("grpc-status"));
        Assert.NotEmpty(response.TrailingHeaders.GetValues("grpc-message").Single());
        var details = response.TrailingHeaders.GetValues("grpc-status-details-bin").Single();
        var status = Status.Parser.ParseFrom(Convert.FromBase64String(details));
        Assert.Equal(RetryAfter, status.Details.Single().Unpack<RetryInfo>().RetryDelay.ToTimeSpan());
    }

    [Fact]
    public async Task Error_messages_are_percent_encoded()
    {
        await using var server = await GrpcServer.StartAsync(context => GrpcUnaryCall.Accept(context)!
            .FailAsync(new RpcStatus(GrpcStatusCode.InvalidArgument, "100% of søk\nfailed")));

        var response = await server.SendAsync(Frame([]));

        Assert.Equal("100%25 of s%C3%B8k%0Afailed", response.Headers.GetValues("grpc-message").Single());
    }

    [Theory]
    [InlineData("application/grpc-web")]
    [InlineData("application/grpc-web+proto")]
    [InlineData("application/grpc+json")]
    [InlineData("application/x-protobuf")]
    [InlineData("application/json")]
    public async Task Other_content_types_are_unsupported(string contentType)
    {
        await using var server = await GrpcServer.StartAsync(EchoAsync);

        var response = await server.SendAsync(Frame([]), contentType: contentType);

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, response.StatusCode);
    }

    [Theory]
    [InlineData("application/grpc+proto")]
    [InlineData("application/grpc; charset=utf-8")]
    [InlineData("Application/GRPC")]
    public async Task Other_spellings_of_grpc_are_accepted(string contentType)
    {
        await using var server = await GrpcServer.StartAsync(EchoAsync);

        var response = await server.SendAsync(Frame([7]), contentType: contentType);

        Assert.Equal(Frame([7]), await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Another_method_is_not_allowed()
    {
        await using var server = await GrpcServer.StartAsync(EchoAsync);

        var response = await server.SendAsync(Frame([]), request => request.Method = HttpMethod.Put);

        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
    }

    [Fact]
    public async Task Http_1_is_told_to_upgrade()
    {
        await using var server = await GrpcServer.StartAsync(EchoAsync, HttpProtocols.Http1);

        var response = await server.SendAsync(Frame([]), request => request.Version = HttpVersion.Version11);

        Assert.Equal(HttpStatusCode.UpgradeRequired, response.StatusCode);
    }

    [Fact]
    public async Task A_malformed_timeout_is_invalid()
    {
        await using var server = await GrpcServer.StartAsync(EchoAsync);

        var response = await server.SendAsync(Frame([]), request => request.Headers.Add("grpc-timeout", "soon"));

        AssertStatus(GrpcStatusCode.InvalidArgument, response);
    }

    [Fact]
    public async Task A_call_whose_deadline_passes_while_it_is_read_says_so()
    {
        await using var server = await GrpcServer.StartAsync(EchoAsync);
        var stalled = new Stalled([0, 0, 0, 0, 9, 1]);

        var responding = server.SendAsync(stalled, request => request.Headers.Add("grpc-timeout", "5S"));
        await Eventually.HoldsAsync(
            () => _clock.PendingTimers > 0, TimeSpan.FromSeconds(30), "the call's deadline", TestContext.Current.CancellationToken);
        _clock.Advance(TimeSpan.FromSeconds(5));
        var response = await responding;
        stalled.Release();

        AssertStatus(GrpcStatusCode.DeadlineExceeded, response);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("10S")]
    public async Task A_message_that_is_there_costs_no_memory_but_its_own(string? timeout)
    {
        var message = new byte[100_000];
        // A debug build makes an object of each state machine.
        Assert.InRange(await Allocations.UsualAsync(MeasureAsync), 0, 1000);
        Assert.Equal(0, _clock.PendingTimers);

        async Task<long> MeasureAsync()
        {
            var context = new DefaultHttpContext { Request = { Method = "POST", Protocol = "HTTP/2", ContentType = "application/grpc" } };
            context.Request.Headers["grpc-timeout"] = timeout;
            context.Features.Set<IRequestBodyPipeFeature>(new PipeBody(PipeReader.Create(new ReadOnlySequence<byte>(Frame(message)))));
            var buffer = new GrowingBuffer();
            buffer.TryReserve(message.Length);
            var call = GrpcUnaryCall.Accept(context)!;
            _ = context.Request.BodyReader;
            var before = GC.GetAllocatedBytesForCurrentThread();
            var reading = call.ReadMessageAsync(new BodyLimits(MaxBytes), buffer, RetryAfter, _clock);
            var bytes = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(reading.IsCompleted);
            Assert.Null(await reading);
            Assert.Equal(message.Length, buffer.Length);
            return bytes;
        }
    }

    private static void AssertStatus(GrpcStatusCode expected, HttpResponseMessage response)
    {
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal($"{(int)expected}", response.Headers.GetValues("grpc-status").Single());
        Assert.NotEmpty(response.Headers.GetValues("grpc-message").Single());
        Assert.Equal("application/grpc", response.Content.Headers.ContentType?.MediaType);
    }

    private static byte[] Frame(byte[] message, byte flag = 0)
    {
        var frame = new byte[5 + message.Length];
        frame[0] = flag;
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), message.Length);
        message.CopyTo(frame, 5);
        return frame;
    }

    private async Task EchoAsync(HttpContext context)
    {
        if (GrpcUnaryCall.Accept(context) is not { } call)
        {
            return;
        }

        var buffer = new GrowingBuffer(_memory);
        var failure = await call.ReadMessageAsync(new BodyLimits(MaxBytes), buffer, RetryAfter, _clock);
        await (failure is null ? call.ReplyAsync(buffer.Written) : call.FailAsync(failure));
    }

    private sealed record PipeBody(PipeReader Reader) : IRequestBodyPipeFeature;
}
