using System.Net;

namespace SentryOtel.Otlp.Tests.Grpc;

/// <summary>A body of unknown length that leaves byte after byte, each in a frame of its own.</summary>
internal sealed class ByteByByte(byte[] bytes) : HttpContent
{
    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        foreach (var each in bytes)
        {
            await stream.WriteAsync(new[] { each });
            await stream.FlushAsync();
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}
