using System.Net;
using System.Net.Http.Headers;
using SentryOtel.Gateway.Queueing;

namespace SentryOtel.Gateway.Sending;

/// <summary>A sealed batch as a request body of known length, so that it is sent without chunking and can be sent again.</summary>
internal sealed class BatchContent : HttpContent
{
    private readonly ChunkedBody _body;

    public BatchContent(SealedBatch batch)
    {
        _body = batch.Body;

        // Relay compares the whole string: a parameter such as charset gives 415.
        Headers.ContentType = new MediaTypeHeaderValue("application/x-protobuf");
        if (batch.IsGzip)
        {
            Headers.ContentEncoding.Add("gzip");
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = _body.Length;
        return true;
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        _body.SendToAsync(stream, CancellationToken.None);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken) =>
        _body.SendToAsync(stream, cancellationToken);
}
