using System.Buffers;
using System.Numerics;

namespace SentryOtel.Gateway.Receiving;

/// <summary>
/// Memory of request bodies and sealed batches. The pool of .NET keeps a few dozen arrays of a size, while a batch holds hundreds of requests at a time, so that
/// most would be garbage; this one keeps as many as were in use, up to a bound, and lets go what was not needed for a while.
/// </summary>
internal sealed class BodyPool : ArrayPool<byte>
{
    // Below, arrays come in powers of two; above, in four sizes from one power to the next, since half empty ones would cost most there.
    private const int CoarseBytes = 4096;
    private const int Smallest = 1024;
    private const int SizesPerPower = 4;

    private static readonly TimeSpan TrimInterval = TimeSpan.FromSeconds(10);

    private readonly Shelf[] _shelves = [.. Enumerable.Range(0, 31 * SizesPerPower).Select(_ => new Shelf())];
    private readonly long _maxIdleBytes;
    private readonly ITimer _timer;
    private long _idleBytes;

    /// <param name="timeProvider">The clock of trimming.</param>
    /// <param name="maxIdleBytes">Most bytes that wait to be rented.</param>
    public BodyPool(TimeProvider timeProvider, long maxIdleBytes)
    {
        _maxIdleBytes = maxIdleBytes;
        _timer = timeProvider.CreateTimer(static state => ((BodyPool)state!).Trim(), this, TrimInterval, TrimInterval);
    }

    /// <summary>The pool of the process.</summary>
    public static BodyPool Process { get; } = new(TimeProvider.System, 64L * 1024 * 1024);

    /// <summary>Bytes that wait to be rented.</summary>
    public long IdleBytes => Interlocked.Read(ref _idleBytes);

    /// <summary>The size of the array that is rented for so many bytes.</summary>
    public static int SizeFor(int bytes)
    {
        if (bytes <= CoarseBytes)
        {
            return (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(bytes, Smallest));
        }

        var step = (long)BitOperations.RoundUpToPowerOf2((uint)bytes) / 2 / SizesPerPower;
        return (int)Math.Min(Array.MaxLength, (bytes + step - 1) / step * step);
    }

    public override byte[] Rent(int minimumLength)
    {
        var size = SizeFor(minimumLength);
        if (ShelfOf(size).TryTake() is { } array)
        {
            Interlocked.Add(ref _idleBytes, -size);
            return array;
        }

        return GC.AllocateUninitializedArray<byte>(size);
    }

    public override void Return(byte[] array, bool clearArray = false)
    {
        ArgumentNullException.ThrowIfNull(array);
        if (array.Length != SizeFor(array.Length))
        {
            throw new ArgumentException("The array is not of this pool.", nameof(array));
        }

        if (clearArray)
        {
            Array.Clear(array);
        }

        if (Interlocked.Add(ref _idleBytes, array.Length) <= _maxIdleBytes)
        {
            ShelfOf(array.Length).Put(array);
        }
        else
        {
            Interlocked.Add(ref _idleBytes, -array.Length);
        }
    }

    /// <summary>Lets go of what lay here unused since the last time.</summary>
    private void Trim()
    {
        foreach (var shelf in _shelves)
        {
            Interlocked.Add(ref _idleBytes, -shelf.Trim());
        }
    }

    // Sizes of one power of two are told apart by the two bits below the highest.
    private Shelf ShelfOf(int size)
    {
        var power = BitOperations.Log2((uint)size);
        return _shelves[(power * SizesPerPower) + ((size >> (power - 2)) & (SizesPerPower - 1))];
    }

    private sealed class Shelf
    {
        private readonly Stack<byte[]> _arrays = new();
        private readonly Lock _gate = new();
        private int _fewest;

        public byte[]? TryTake()
        {
            lock (_gate)
            {
                if (!_arrays.TryPop(out var array))
                {
                    return null;
                }

                _fewest = Math.Min(_fewest, _arrays.Count);
                return array;
            }
        }

        public void Put(byte[] array)
        {
            lock (_gate)
            {
                _arrays.Push(array);
            }
        }

        /// <summary>Bytes let go.</summary>
        public long Trim()
        {
            lock (_gate)
            {
                long bytes = 0;
                for (; _fewest > 0; _fewest--)
                {
                    bytes += _arrays.Pop().Length;
                }

                _fewest = _arrays.Count;
                return bytes;
            }
        }
    }
}
