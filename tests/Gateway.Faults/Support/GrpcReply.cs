using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using Google.Rpc;

namespace SentryOtel.Gateway.Faults.Support;

/// <summary>What a unary gRPC call came to.</summary>
/// <param name="Status">The gRPC code; 0 is OK, 8 is RESOURCE_EXHAUSTED, 14 is UNAVAILABLE.</param>
/// <param name="RetryDelay">The <c>RetryInfo</c> of its details.</param>
internal sealed record GrpcReply(int Status, TimeSpan? RetryDelay)
{
    private const int FrameHead = 5;

    /// <summary>The reply's message; empty when there is none.</summary>
    public byte[] Message { get; private init; } = [];

    /// <summary>Makes the call with one uncompressed message.</summary>
    public static async Task<GrpcReply> CallAsync(HttpClient client, Uri method, byte[] message)
    {
        var frame = new byte[FrameHead + message.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), message.Length);
        message.CopyTo(frame, FrameHead);
        using var request = new HttpRequestMessage(HttpMethod.Post, method)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(frame),
        };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        request.Headers.TE.ParseAdd("trailers");
        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var body = await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);

        // An error without a message has its status among the headers.
        var head = Find(response.Headers, "grpc-status") is null ? response.TrailingHeaders : response.Headers;
        return new GrpcReply(int.Parse(Find(head, "grpc-status")!, CultureInfo.InvariantCulture), Delay(Find(head, "grpc-status-details-bin")))
        {
            Message = body.Length > FrameHead ? body[FrameHead..] : [],
        };
    }

    private static string? Find(HttpResponseHeaders headers, string name) => headers.TryGetValues(name, out var values) ? values.Single() : null;

    private static TimeSpan? Delay(string? details)
    {
        if (details is null)
        {
            return null;
        }

        var padded = details.PadRight((details.Length + 3) / 4 * 4, '=');
        return Google.Rpc.Status.Parser.ParseFrom(Convert.FromBase64String(padded)).Details.Single().Unpack<RetryInfo>().RetryDelay.ToTimeSpan();
    }
}
