using System.Buffers.Binary;
using System.Net;
using System.Net.Http.Headers;
using SentryOtel.Gateway.Queueing;

namespace SentryOtel.Gateway.Forwarding;

/// <summary>An Export request as a body of known length: bare for OTLP/HTTP, as one length-prefixed message for gRPC.</summary>
internal sealed class ForwardContent : HttpContent
{
    private const int GrpcPrefixBytes = 5;

    private readonly ChunkedBody _body;
    private readonly byte[] _prefix;

    public ForwardContent(ChunkedBody body, bool isGzip, bool isGrpc)
    {
        _body = body;
        _prefix = isGrpc ? Prefix(body, isGzip) : [];
        Headers.ContentType = new MediaTypeHeaderValue(isGrpc ? "application/grpc" : "application/x-protobuf");
        if (isGzip && !isGrpc)
        {
            Headers.ContentEncoding.Add("gzip");
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = _prefix.Length + _body.Length;
        return true;
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        if (_prefix.Length > 0)
        {
            await stream.WriteAsync(_prefix, cancellationToken);
        }

        await _body.SendToAsync(stream, cancellationToken);
    }

    // gRPC over HTTP/2: a compressed flag and the length, big-endian.
    private static byte[] Prefix(ChunkedBody body, bool isGzip)
    {
        var prefix = new byte[GrpcPrefixBytes];
        prefix[0] = isGzip ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteUInt32BigEndian(prefix.AsSpan(1), (uint)body.Length);
        return prefix;
    }
}
