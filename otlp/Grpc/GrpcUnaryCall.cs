using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using SentryOtel.Otlp.Bodies;
using SentryOtel.Otlp.Responses;

namespace SentryOtel.Otlp.Grpc;

/// <summary>
/// One unary gRPC call on an <see cref="HttpContext"/>: one message in, one message and a status out
/// (gRPC over HTTP/2 specification). The request is read straight into the caller's buffer.
/// </summary>
public sealed class GrpcUnaryCall
{
    private const int PrefixBytes = 5;

    private static readonly RpcStatus TimeoutMalformed = new(GrpcStatusCode.InvalidArgument, "The grpc-timeout header is malformed.");

    private static readonly RpcStatus? DeadlinePassed = new(GrpcStatusCode.DeadlineExceeded, "The call's deadline passed while its message was read.");

    private readonly HttpContext _context;

    private GrpcUnaryCall(HttpContext context) => _context = context;

    /// <summary>
    /// Starts a call when the request is gRPC. Otherwise answers it (415 for another content type, 405 for another
    /// method, 426 for HTTP/1.1) and returns null.
    /// </summary>
    public static GrpcUnaryCall? Accept(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var refused = !GrpcContentType.IsGrpc(context.Request.ContentType) ? StatusCodes.Status415UnsupportedMediaType
            : !HttpMethods.IsPost(context.Request.Method) ? StatusCodes.Status405MethodNotAllowed
            : HttpProtocol.IsHttp2(context.Request.Protocol) || HttpProtocol.IsHttp3(context.Request.Protocol) ? 0
            : StatusCodes.Status426UpgradeRequired;
        if (refused == 0)
        {
            context.Response.ContentType = GrpcContentType.Value;
            return new GrpcUnaryCall(context);
        }

        context.Response.StatusCode = refused;
        if (refused == StatusCodes.Status426UpgradeRequired)
        {
            context.Response.Headers.Upgrade = "h2c";
            context.Response.Headers.Connection = "Upgrade";
        }

        return null;
    }

    /// <summary>
    /// Reads the call's message, decompressed, into <paramref name="buffer"/>. Returns null, or the status to fail the call with.
    /// </summary>
    /// <param name="limits">How large the message may be.</param>
    /// <param name="buffer">Receives the message; asked for room before anything but the five bytes of prefix is read.</param>
    /// <param name="retryAfter">When a client should come back that finds no room.</param>
    /// <param name="timeProvider">The clock of <c>grpc-timeout</c>.</param>
    /// <exception cref="IOException">The client's connection broke.</exception>
    /// <exception cref="OperationCanceledException">The client went away.</exception>
    public ValueTask<RpcStatus?> ReadMessageAsync(
        BodyLimits limits, IBodyBuffer buffer, TimeSpan retryAfter, TimeProvider timeProvider)
    {
        ArgumentNullException.ThrowIfNull(buffer);
        return GrpcTimeout.TryParse(_context.Request.Headers["grpc-timeout"], out var timeout)
            ? ReadDeadline.WaitAsync(ReadFrameAsync(limits, buffer, retryAfter, _context.RequestAborted), DeadlinePassed, _context, timeout, timeProvider)
            : new ValueTask<RpcStatus?>(TimeoutMalformed);
    }

    /// <summary>Ends the call with this message and status OK.</summary>
    public async Task ReplyAsync(ReadOnlyMemory<byte> message)
    {
        var response = _context.Response;
        var frame = response.BodyWriter.GetMemory(PrefixBytes);
        frame.Span[0] = 0;
        BinaryPrimitives.WriteInt32BigEndian(frame.Span[1..], message.Length);
        response.BodyWriter.Advance(PrefixBytes);
        await response.BodyWriter.WriteAsync(message, _context.RequestAborted).ConfigureAwait(false);
        response.AppendTrailer("grpc-status", "0");
    }

    /// <summary>
    /// Ends the call with an error: status and message as headers, with no body (Trailers-Only). One that asks for a delay has them as trailers: there alone, and with padding,
    /// OpenTelemetry .NET looks for it, and every client must take these forms as well.
    /// </summary>
    public async Task FailAsync(RpcStatus status)
    {
        ArgumentNullException.ThrowIfNull(status);
        var response = _context.Response;
        var code = ((int)status.Code).ToString(CultureInfo.InvariantCulture);
        var message = GrpcMessageEncoding.Encode(ResponseText.Shorten(status.Message));
        if (status.RetryAfter is null)
        {
            response.Headers["grpc-status"] = code;
            response.Headers["grpc-message"] = message;
        }
        else
        {
            response.AppendTrailer("grpc-status", code);
            response.AppendTrailer("grpc-message", message);
            response.AppendTrailer("grpc-status-details-bin", Convert.ToBase64String(status.ToProtobuf()));
        }

        await response.CompleteAsync().ConfigureAwait(false);
    }

    private async ValueTask<RpcStatus?> ReadFrameAsync(
        BodyLimits limits, IBodyBuffer buffer, TimeSpan retryAfter, CancellationToken cancellationToken)
    {
        var body = _context.Request.BodyReader;
        var start = await body.ReadAtLeastAsync(PrefixBytes, cancellationToken).ConfigureAwait(false);
        var (flag, length) = TakePrefix(body, start);
        if (length is not { } announced)
        {
            return Internal(start.Buffer.IsEmpty ? "The call carries no message." : "The message ends inside its prefix.");
        }

        if (ReadCoding(flag, out var coding) is { } unreadable)
        {
            return unreadable;
        }

        var fault = await BodyReader.ReadAsync(body, announced, coding, limits, buffer, cancellationToken).ConfigureAwait(false);
        if (fault != BodyFault.None)
        {
            return Describe(fault, limits, retryAfter);
        }

        var rest = await body.ReadAsync(cancellationToken).ConfigureAwait(false);
        ThrowIfCancelled(rest);
        var isEnd = rest.Buffer.IsEmpty;
        body.AdvanceTo(rest.Buffer.End);
        return isEnd ? null : Internal("A unary call carries one message; more follows.");
    }

    // The length is null when the body ends before it.
    private static (byte Flag, uint? Length) TakePrefix(PipeReader body, in ReadResult start)
    {
        ThrowIfCancelled(start);
        if (start.Buffer.Length < PrefixBytes)
        {
            return (0, null);
        }

        Span<byte> prefix = stackalloc byte[PrefixBytes];
        var bytes = start.Buffer.Slice(0, PrefixBytes);
        bytes.CopyTo(prefix);
        body.AdvanceTo(bytes.End);
        return (prefix[0], BinaryPrimitives.ReadUInt32BigEndian(prefix[1..]));
    }

    private static void ThrowIfCancelled(in ReadResult read)
    {
        if (read.IsCanceled)
        {
            throw new OperationCanceledException("The read was cancelled.");
        }
    }

    private RpcStatus? ReadCoding(byte flag, out ContentCoding coding)
    {
        coding = ContentCoding.Identity;
        if (flag == 0)
        {
            return null;
        }

        string? name = _context.Request.Headers["grpc-encoding"];
        if (flag > 1)
        {
            return Internal("The message's compressed flag is neither 0 nor 1.");
        }

        if (!ContentCodings.TryParse(name, out coding))
        {
            _context.Response.Headers["grpc-accept-encoding"] = ContentCodings.Supported;
            return new RpcStatus(GrpcStatusCode.Unimplemented, $"This grpc-encoding is not supported; use one of {ContentCodings.Supported}.");
        }

        return coding == ContentCoding.Identity ? Internal("The message is marked compressed, but no grpc-encoding says how.") : null;
    }

    private static RpcStatus Describe(BodyFault fault, BodyLimits limits, TimeSpan retryAfter) => fault switch
    {
        BodyFault.TooLarge => new RpcStatus(
            GrpcStatusCode.ResourceExhausted,
            $"The message is above the limit of {limits.MaxEncodedBytes} bytes, or of {limits.MaxDecodedBytes} decompressed: send smaller batches."),
        BodyFault.NoRoom => new RpcStatus(GrpcStatusCode.ResourceExhausted, "The server has no memory to spare now.", retryAfter),
        BodyFault.Truncated => Internal("The message ends before its announced length."),
        _ => new RpcStatus(GrpcStatusCode.InvalidArgument, "The message can not be decompressed."),
    };

    private static RpcStatus Internal(string message) => new(GrpcStatusCode.Internal, message);
}
