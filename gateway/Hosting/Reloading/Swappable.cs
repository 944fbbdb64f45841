namespace SentryOtel.Gateway.Hosting.Reloading;

/// <summary>
/// Something that a reload may replace while it is in use. Whoever uses it enters and leaves; what was replaced is disposed when the last user has left. No locks.
/// </summary>
/// <param name="value">In force at first.</param>
/// <param name="owned">Disposed with it.</param>
internal sealed class Swappable<T>(T value, params IReadOnlyList<IDisposable> owned) : IDisposable
    where T : class
{
    private volatile Generation _current = new(value, owned);

    /// <summary>What is in force.</summary>
    public T Current => _current.Value;

    /// <summary>Puts another value in force.</summary>
    public void Swap(T value, params IReadOnlyList<IDisposable> owned) => Interlocked.Exchange(ref _current, new Generation(value, owned)).Leave();

    /// <summary>Uses what is in force until the generation is left.</summary>
    public Generation Enter()
    {
        while (true)
        {
            var generation = _current;
            if (generation.TryEnter())
            {
                return generation;
            }

            // Left by its last user after a swap: another is in force by now.
            ObjectDisposedException.ThrowIf(ReferenceEquals(generation, _current), this);
        }
    }

    public void Dispose() => _current.Leave();

    /// <summary>A value from the time that it is put in force until nobody uses it any more.</summary>
    internal sealed class Generation(T value, IReadOnlyList<IDisposable> owned)
    {
        // One for being in force, one for each user.
        private int _holders = 1;

        public T Value { get; } = value;

        public void Leave()
        {
            if (Interlocked.Decrement(ref _holders) == 0)
            {
                foreach (var disposable in owned)
                {
                    disposable.Dispose();
                }
            }
        }

        internal bool TryEnter()
        {
            while (Volatile.Read(ref _holders) is > 0 and var holders)
            {
                if (Interlocked.CompareExchange(ref _holders, holders + 1, holders) == holders)
                {
                    return true;
                }
            }

            return false;
        }
    }
}
