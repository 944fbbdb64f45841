namespace SentryOtel.Gateway.Receiving;

/// <summary>Bytes taken from an <see cref="Admission"/>. Disposing gives them back, once.</summary>
internal sealed class AdmissionReservation : IDisposable
{
    private readonly Admission _admission;
    private readonly Lock _gate = new();
    private bool _released;

    internal AdmissionReservation(Admission admission, long bytes)
    {
        _admission = admission;
        Bytes = bytes;
    }

    /// <summary>Bytes held.</summary>
    public long Bytes { get; private set; }

    /// <summary>Changes the reservation to <paramref name="bytes"/>, as a body grows while it is read or inflated; false when there is no room.</summary>
    public bool TryResize(long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_released, this);
            var more = bytes - Bytes;
            if (more > 0 && !_admission.TryAdd(more))
            {
                return false;
            }

            if (more < 0)
            {
                _admission.Return(-more);
            }

            Bytes = bytes;
            return true;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            if (!_released)
            {
                _released = true;
                _admission.Return(Bytes);
            }
        }
    }
}
