using System.Buffers;
using Microsoft.AspNetCore.Connections;

namespace SentryOtel.Gateway.Receiving.Transport;

/// <summary>
/// The memory into which sockets are read. Kestrel asks for blocks of 4 KiB and takes larger ones: a request of 50 KiB then is two calls into the kernel instead of thirteen.
/// </summary>
/// <param name="pool">Where the blocks come from.</param>
internal sealed class ReceiveBlocks(ArrayPool<byte> pool) : MemoryPool<byte>, IMemoryPoolFactory<byte>
{
    /// <summary>Bytes of a block. A connection that is in the middle of a request holds one at least.</summary>
    public const int BlockBytes = 32 * 1024;

    /// <inheritdoc/>
    public override int MaxBufferSize => BlockBytes;

    /// <inheritdoc/>
    public MemoryPool<byte> Create(MemoryPoolOptions? options = null) => this;

    /// <inheritdoc/>
    public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(minBufferSize, BlockBytes);
        return new Block(pool);
    }

    // One pool serves all listeners, and its memory is the process's.
    protected override void Dispose(bool disposing)
    {
    }

    private sealed class Block(ArrayPool<byte> pool) : IMemoryOwner<byte>
    {
        private byte[]? _array = pool.Rent(BlockBytes);

        public Memory<byte> Memory => _array ?? throw new ObjectDisposedException(nameof(Block));

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _array, null) is { } array)
            {
                pool.Return(array);
            }
        }
    }
}
