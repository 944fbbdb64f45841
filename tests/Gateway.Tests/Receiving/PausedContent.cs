using System.Net;

namespace SentryOtel.Gateway.Tests.Receiving;

/// <summary>A body that stops in its middle until it is released.</summary>
internal sealed class PausedContent : HttpContent
{
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly byte[] _start;
    private readonly byte[] _rest;

    public PausedContent(byte[] start, byte[]? rest = null, string contentType = "application/grpc")
    {
        (_start, _rest) = (start, rest ?? []);
        Headers.TryAddWithoutValidation("Content-Type", contentType);
    }

    public void Release() => _released.TrySetResult();

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        await stream.WriteAsync(_start);
        await stream.FlushAsync();
        await _released.Task;
        await stream.WriteAsync(_rest);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}
