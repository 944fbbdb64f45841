using SentryOtel.Gateway.Queueing;
using SentryOtel.Gateway.Receiving;
using SentryOtel.Testing;

namespace SentryOtel.Gateway.Tests.Queueing;

public sealed class ChunkedBodyTests
{
    private readonly BodyPool _pool = new(new FakeTimeProvider(), 1 << 20);

    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    [InlineData(65_536)]
    [InlineData(200_001)]
    public async Task What_was_written_is_sent_and_read_back(int length)
    {
        byte[] bytes = [.. Enumerable.Range(0, length).Select(number => (byte)(number % 251))];
        using var body = new ChunkedBody(_pool);
        body.Write(bytes);
        body.Trim();
        using var destination = new MemoryStream();

        await body.SendToAsync(destination, TestContext.Current.CancellationToken);

        Assert.Equal(bytes, destination.ToArray());
        Assert.Equal(bytes, body.ToArray());
    }

    [Fact]
    public async Task Memory_stays_with_a_transfer_that_still_runs()
    {
        var body = new ChunkedBody(_pool);
        body.Write(new byte[1000]);
        using var connection = new HangingStream();
        var transfer = body.SendToAsync(connection, TestContext.Current.CancellationToken);

        body.Dispose();
        body.Dispose();
        var idleWhileItRuns = _pool.IdleBytes;
        connection.Finish();
        await transfer;

        Assert.Equal(0, idleWhileItRuns);
        Assert.True(body.IsReleased);
        Assert.Equal(64 * 1024, _pool.IdleBytes);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => body.SendToAsync(connection, TestContext.Current.CancellationToken));
    }

    private sealed class HangingStream : MemoryStream
    {
        private readonly TaskCompletionSource _finished = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Finish() => _finished.SetResult();

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => new(_finished.Task);
    }
}
